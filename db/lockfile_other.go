//go:build solaris || aix

package db

import (
	"os"

	"golang.org/x/sys/unix"
)

// lockFile takes the lock that bbolt takes to write, without waiting.
func lockFile(f *os.File) error {
	return unix.FcntlFlock(f.Fd(), unix.F_SETLK, &unix.Flock_t{Type: unix.F_WRLCK})
}
