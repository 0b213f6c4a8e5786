package shell

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/doppeldb/doppel/query/syntax"
)

// ScriptError is the first error of a script: where it was, and what.
type ScriptError struct {
	Name string // of the script
	Line int    // of its beginning, counted from 1
	Err  error
}

// Error gives file, line and column, the text, and the place in the line.
func (e *ScriptError) Error() string {
	return strings.TrimSuffix(FormatError(e.Err, e.Name, e.Line), "\n")
}

// Unwrap gives the error itself.
func (e *ScriptError) Unwrap() error { return e.Err }

// Script runs statements and dot commands until the first error, which is a
// *[ScriptError]. name is for messages.
func (sh *Shell) Script(ctx context.Context, name string, r io.Reader) error {
	lines := bufio.NewReader(r)
	var text strings.Builder
	line, begin := 0, 0
	fail := func(err error) error {
		var inner *ScriptError
		if errors.As(err, &inner) || errors.Is(err, context.Canceled) || errors.Is(err, errGone) {
			return err
		}
		return &ScriptError{name, begin, err}
	}
	for !sh.quit {
		l, err := lines.ReadString('\n')
		if err != nil && err != io.EOF {
			return err
		}
		last := err == io.EOF
		line++
		if text.Len() == 0 {
			begin = line
			if trimmed := strings.TrimSpace(strings.TrimPrefix(l, "\ufeff")); strings.HasPrefix(trimmed, ".") {
				if err := sh.Dot(ctx, trimmed); err != nil {
					return fail(err)
				}
				if last {
					return nil
				}
				continue
			}
		}
		text.WriteString(l)
		// Only a line with a semicolon can end a statement; the whole text is looked at only then.
		if last || strings.Contains(l, ";") && syntax.Complete(text.String()) || blank(text.String()) {
			if err := sh.Execute(ctx, text.String()); err != nil {
				return fail(err)
			}
			text.Reset()
		}
		if last {
			return nil
		}
	}
	return nil
}

// blank says whether there is nothing to wait for the end of.
func blank(text string) bool { return len(text) < 4096 && strings.TrimSpace(text) == "" }

// maxRead is how deeply .read may be nested.
const maxRead = 16

// read runs a script file.
func (sh *Shell) read(ctx context.Context, path string) error {
	if sh.depth == maxRead {
		return fmt.Errorf("%s: .read inside .read, %d deep; does a script read itself?", path, maxRead)
	}
	f, err := os.Open(path)
	if err != nil {
		return plain(path, err, "check the name and the directory that you are in")
	}
	defer f.Close()
	sh.depth++
	defer func() { sh.depth-- }()
	return sh.Script(ctx, path, f)
}
