// Package shell is what one types into: statements of the query language and dot
// commands, from a terminal, a script or the command line, and answers in the
// mode that was asked for.
//
//	statements   shell.go, script.go
//	at a terminal interactive.go, complete.go, history.go, pager.go
//	modes        mode.go, tablemode.go and one file for each other
//	dot commands dot.go, and a file for each group of them
package shell

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/query"
	"github.com/doppeldb/doppel/query/syntax"
)

// Options says what a shell works on. All but File, In, Out and Err may be left out.
type Options struct {
	File     *db.DB
	In       io.Reader
	Out, Err io.Writer
	// Session runs the statements; its DB is File.
	Session *query.Session
	// Mode of the answers at the start.
	Mode Mode
	// Width of the terminal that Out is, in columns; 0 if it is none: nothing is cut then.
	Width func() int
	// Height of it, in lines; 0 if Out is no terminal: then nothing is paged.
	Height func() int
	// Colour says that Out may have colours.
	Colour bool
	// ProgressEnd, if set, takes away what Session.Progress has drawn.
	ProgressEnd func()
	// History is the file that keeps what was typed; "" for none.
	History string
}

// Shell runs statements and dot commands one after the other.
type Shell struct {
	Options
	timer  bool
	output *os.File // of .output, nil for Out
	depth  int      // of .read inside .read
	quit   bool     // .quit was said
}

// New makes a shell.
func New(o Options) *Shell {
	if o.Session == nil {
		o.Session = &query.Session{}
	}
	o.Session.DB = o.File
	if o.Width == nil {
		o.Width = func() int { return 0 }
	}
	if o.Height == nil {
		o.Height = func() int { return 0 }
	}
	return &Shell{Options: o}
}

// Close closes the file of .output.
func (sh *Shell) Close() error {
	if sh.output == nil {
		return nil
	}
	err := sh.output.Close()
	sh.output = nil
	return err
}

// out is where answers go.
func (sh *Shell) out() io.Writer {
	if sh.output != nil {
		return sh.output
	}
	return sh.Out
}

// Execute runs the statements of text and prints their answers; the first error ends it.
func (sh *Shell) Execute(ctx context.Context, text string) error {
	for parsed, err := range syntax.Script(text) {
		if err != nil {
			return err
		}
		if err := sh.statement(ctx, parsed); err != nil {
			return err
		}
	}
	return nil
}

// statement runs one statement.
func (sh *Shell) statement(ctx context.Context, parsed *syntax.Parsed) error {
	if parsed.Questions > 0 || len(parsed.Names) > 0 {
		return errors.New("the statement has parameters, which only a program can give values; write the values here")
	}
	start := time.Now()
	rows, err := sh.Session.RunParsed(ctx, parsed)
	if sh.ProgressEnd != nil {
		sh.ProgressEnd()
	}
	if err != nil {
		return err
	}
	if err := sh.print(rows); err != nil {
		return err
	}
	for _, n := range rows.Notes() {
		fmt.Fprintln(sh.Err, "note: "+n)
	}
	if rows.Done != "" {
		fmt.Fprintln(sh.Err, rows.Done)
	}
	if sh.timer {
		fmt.Fprintf(sh.Err, "%.3f s\n", time.Since(start).Seconds())
	}
	return nil
}

// print writes the rows of an answer in the mode of the shell, through a pager where they
// are more than the terminal shows.
func (sh *Shell) print(rows *query.Rows) (err error) {
	if len(rows.Columns()) == 0 {
		for _, err := range rows.All() { // there are none, but the work may be in them
			if err != nil {
				return err
			}
		}
		return nil
	}
	w := sh.pager()
	defer func() {
		if closeErr := w.Close(); err == nil {
			err = closeErr
		}
	}()
	p := sh.Mode.printer(w, rows.Columns(), look{width: sh.width(), colour: sh.colour()})
	for row, err := range rows.All() {
		if err != nil {
			return errors.Join(p.end(), err)
		}
		if err := p.row(row); err != nil {
			return gone(err)
		}
	}
	return gone(p.end())
}

// width of what Out is; a file has none.
func (sh *Shell) width() int {
	if sh.output != nil {
		return 0
	}
	return sh.Width()
}

func (sh *Shell) colour() bool { return sh.Colour && sh.output == nil }

// Error writes an error for a reader, with the place in the text where there is one; name and
// line are those of a script, "" for what was typed.
func (sh *Shell) Error(err error, name string, line int) {
	fmt.Fprint(sh.Err, FormatError(err, name, line))
}

// FormatError writes an error with its place: of a script's text that begins in a line of a file.
func FormatError(err error, name string, line int) string {
	var b bytes.Buffer
	var at *syntax.Error
	if !errors.As(err, &at) {
		if name != "" {
			fmt.Fprintf(&b, "%s:%d: ", name, line)
		}
		fmt.Fprintf(&b, "%v\n", err)
		return b.String()
	}
	if name != "" {
		fmt.Fprintf(&b, "%s:%d:%d: %s\n", name, line+at.Line-1, at.Column, at.Text)
	} else {
		fmt.Fprintf(&b, "%v\n", at)
	}
	for l := range strings.Lines(at.Excerpt()) {
		b.WriteString("  " + l)
	}
	b.WriteByte('\n')
	return b.String()
}
