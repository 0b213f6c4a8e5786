//go:build unix && !solaris && !aix

package db

import (
	"os"

	"golang.org/x/sys/unix"
)

// lockFile takes the lock that bbolt takes to write, without waiting.
func lockFile(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) }
