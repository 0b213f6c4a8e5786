package main

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

const clockName = "the CPU time of the thread, which leaves out the time that other programs had the CPU"

// timed measures a function that computes on its own thread alone.
func timed(f func()) contender {
	return func() time.Duration {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		start := used(unix.CLOCK_THREAD_CPUTIME_ID)
		f()
		return used(unix.CLOCK_THREAD_CPUTIME_ID) - start
	}
}

// processTime measures the CPU time of all threads.
func processTime(f func()) contender {
	return func() time.Duration {
		start := used(unix.CLOCK_PROCESS_CPUTIME_ID)
		f()
		return used(unix.CLOCK_PROCESS_CPUTIME_ID) - start
	}
}

func used(clock int32) time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(clock, &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}
