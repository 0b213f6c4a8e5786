//go:build unix

package bench

import (
	"os"
	"runtime"
	"syscall"
	"time"
)

// PeakMB is the largest memory that a finished process had, in MB; 0 where the system does not tell. On Linux it is never
// less than what its parent had when it was started.
func PeakMB(s *os.ProcessState) float64 {
	u, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" { // bytes there, kilobytes elsewhere
		return float64(u.Maxrss) / 1e6
	}
	return float64(u.Maxrss) / 1e3
}

// CPU is the processor time that this process has used. On a shared machine it
// says more than the clock on the wall.
func CPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
