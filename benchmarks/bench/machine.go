// Package bench is the frame of the benchmark programs: what machine they run on, the program
// that they measure, their parts, and what a process has used.
package bench

import (
	"fmt"
	"os"
	"path"
	"runtime"
	"strings"
	"time"
)

// Machine says on one line where, when and by which command the figures of a program under
// benchmarks were made, and how busy the machine was.
func Machine(program string) string {
	command := path.Join("go run ./benchmarks", program)
	if len(os.Args) > 1 {
		command += " " + strings.Join(os.Args[1:], " ")
	}
	return fmt.Sprintf("%s, %d cores, %s/%s, %s, %s, load %s at the start. Command: `%s`", Processor(), runtime.NumCPU(),
		runtime.GOOS, runtime.GOARCH, runtime.Version(), time.Now().Format(time.DateOnly), Load(), command)
}

// Processor is the model of the processor, where the system tells it.
func Processor() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}

// Load is the load average over the last minute, where the system tells it.
func Load() string {
	avg, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(avg), " ")
	return first
}
