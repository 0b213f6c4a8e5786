//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// ignoreSignals lets Write give an error where the system would end the program
// with its temporary files left behind: the reader of a pipe went away, or a file
// would exceed the limit of "ulimit -f".
func ignoreSignals() { signal.Ignore(syscall.SIGPIPE, syscall.SIGXFSZ) }
