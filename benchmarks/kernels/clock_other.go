//go:build !linux

package main

import "time"

const clockName = "the clock on the wall"

// timed measures a function by the clock.
func timed(f func()) contender { return walled(f) }

// processTime is not known here.
func processTime(func()) contender { return func() time.Duration { return 0 } }
