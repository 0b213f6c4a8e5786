package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/reeflective/readline"

	"github.com/doppeldb/doppel/query/syntax"
)

// Prompts; the second is for the lines of a statement after its first.
const (
	prompt     = "doppel> "
	promptMore = "   ...> "
)

// Interactive reads statements from a terminal until Ctrl-D or .quit. Ctrl-C ends
// the statement that runs, or throws away what is typed. Errors are printed, and the next line is read.
func (sh *Shell) Interactive(ctx context.Context, greeting string) error {
	fmt.Fprintln(sh.Err, greeting)
	// As long as this is there, Ctrl-C ends no program, whoever else listens.
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	line := sh.editor()
	for !sh.quit {
		text, err := line.Readline()
		switch {
		case errors.Is(err, readline.ErrInterrupt):
			continue
		case errors.Is(err, io.EOF):
			fmt.Fprintln(sh.Err)
			return nil
		case err != nil:
			return err
		}
		sh.typed(ctx, text, interrupts)
	}
	return nil
}

// editor makes the line editor.
func (sh *Shell) editor() *readline.Shell {
	line := readline.NewShell()
	line.Prompt.Primary(func() string { return prompt })
	line.Prompt.Secondary(func() string { return promptMore })
	line.AcceptMultiline = func(text []rune) bool { return entered(string(text)) }
	line.Completer = sh.completions
	_ = line.Config.Set("completion-ignore-case", true) // a keyword may be typed either way
	if sh.History != "" {
		line.History.Delete()
		line.History.AddFromFile("statements", sh.History)
	}
	return line
}

// entered says whether Enter ends what is typed: a dot command, a blank line, or a
// statement with its semicolon.
func entered(text string) bool {
	trimmed := strings.TrimSpace(text)
	return trimmed == "" || strings.HasPrefix(trimmed, ".") || syntax.Complete(text)
}

// typed runs what was typed, until it is done or Ctrl-C.
func (sh *Shell) typed(ctx context.Context, text string, interrupts <-chan os.Signal) {
	for len(interrupts) > 0 {
		<-interrupts // of before
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-interrupts:
			cancel()
		case <-done:
		}
	}()
	var err error
	if trimmed := strings.TrimSpace(text); strings.HasPrefix(trimmed, ".") {
		err = sh.Dot(ctx, trimmed)
	} else {
		err = sh.Execute(ctx, text)
	}
	switch {
	case err == nil:
	case errors.Is(err, context.Canceled):
		if sh.ProgressEnd != nil {
			sh.ProgressEnd()
		}
		fmt.Fprintln(sh.Err, "interrupted")
	default:
		sh.Error(err, "", 0)
	}
}
