package main

import (
	"fmt"
	"math"
)

// figure writes a number for the table, and a dash for what was not measured.
func figure(format string, v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "-"
	}
	return fmt.Sprintf(format, v)
}

// verdict says whether a figure reaches its bar.
func verdict(v, bar float64, what string) string {
	switch {
	case math.IsNaN(v):
		return what + ": not measured"
	case v >= bar:
		return what + ": reached"
	}
	return what + ": **missed**"
}
