//go:build !unix

package main

import "os"

// peakMB and processorSeconds are not known on this system.
func peakMB(*os.ProcessState) float64 { return 0 }

func processorSeconds() float64 { return 0 }
