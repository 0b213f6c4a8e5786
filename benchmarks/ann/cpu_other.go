//go:build !unix

package main

import "time"

var began = time.Now()

// cpu is the time since the start: this system has no simple clock of the processor.
func cpu() time.Duration { return time.Since(began) }
