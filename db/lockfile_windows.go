package db

import (
	"os"

	"golang.org/x/sys/windows"
)

// lockFile takes the lock that bbolt takes to write, without waiting. It is on the
// last possible byte, which is never data.
func lockFile(f *os.File) error {
	const last = 1<<32 - 1
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
		0, 1, 0, &windows.Overlapped{Offset: last, OffsetHigh: last})
}
