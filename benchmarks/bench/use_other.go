//go:build !unix

package bench

import (
	"os"
	"time"
)

// PeakMB is the largest memory that a finished process had, in MB; 0 where the system does not tell.
func PeakMB(*os.ProcessState) float64 { return 0 }

var start = time.Now()

// CPU is the time since the start: this system does not tell what a process has used.
func CPU() time.Duration { return time.Since(start) }
