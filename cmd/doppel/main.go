// Command doppel finds the records that are the same thing: duplicates in one
// file, partners between two. Run "doppel help" or see the README.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// The exit codes of the program.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130 // 128 + SIGINT, as shells report it
	exitPipe        = 141 // 128 + SIGPIPE
)

func main() {
	ignoreSignals()
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole program with its surroundings as arguments.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program the hard way
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr}
	root := newRoot(a)
	root.SetArgs(args)
	command, err := root.ExecuteContextC(ctx)
	var usage *usageError
	var kept *keptError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &kept):
		fmt.Fprintf(stderr, "doppel: %v\n", kept)
		return exitInterrupted
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "doppel: interrupted; no output file was written")
		return exitInterrupted
	case errors.Is(err, syscall.EPIPE):
		return exitPipe // as with "| head": nobody is left to tell
	case errors.As(err, &usage) || !a.started:
		fmt.Fprintf(stderr, "doppel: %v\nRun '%s --help' for usage and examples.\n", err, command.CommandPath())
		return exitUsage
	}
	fmt.Fprintf(stderr, "doppel: %v\n", err)
	return exitFailed
}

// keptError is the end of an interrupted command that kept what it had.
type keptError struct{ text string }

func (e *keptError) Error() string { return e.text }

// app is what every command shares.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	quiet          bool
	warnings       []string // what warn said
	started        bool     // the command line was understood: later errors are not about usage
}

// say writes a line for the reader to stderr, unless --quiet.
func (a *app) say(format string, args ...any) {
	if !a.quiet {
		fmt.Fprintf(a.stderr, format+"\n", args...)
	}
}

// warn writes a line that even --quiet lets through.
func (a *app) warn(format string, args ...any) {
	w := fmt.Sprintf(format, args...)
	a.warnings = append(a.warnings, w)
	fmt.Fprintln(a.stderr, "warning: "+w)
}
