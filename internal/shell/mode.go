package shell

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/doppeldb/doppel/query"
)

// Mode is how answers are written.
type Mode uint8

// The modes.
const (
	Table    Mode = iota // aligned columns
	CSV                  // comma-separated, the names first
	JSON                 // one array of objects
	JSONL                // an object a line
	Markdown             // a table as Markdown writes it
	Vertical             // a line for each value
)

var modeNames = [...]string{"table", "csv", "json", "jsonl", "markdown", "vertical"}

// String gives the mode's name as .mode takes it.
func (m Mode) String() string {
	if int(m) < len(modeNames) {
		return modeNames[m]
	}
	return fmt.Sprintf("mode(%d)", uint8(m))
}

// ErrMode is returned for the name of no mode.
var ErrMode = errors.New("no such mode")

// ParseMode is the inverse of [Mode.String].
func ParseMode(s string) (Mode, error) {
	for i, name := range modeNames {
		if strings.EqualFold(s, name) {
			return Mode(i), nil
		}
	}
	return 0, fmt.Errorf("%w: %q; the modes are %s", ErrMode, s, strings.Join(modeNames[:], ", "))
}

// look is how an answer may look.
type look struct {
	width  int // columns of the terminal; 0: no bound
	colour bool
}

// printer writes an answer row by row.
type printer interface {
	row(values []query.Value) error
	end() error
}

// printer makes the mode's printer.
func (m Mode) printer(w io.Writer, columns []query.Column, l look) printer {
	switch m {
	case CSV:
		return newCSVPrinter(w, columns)
	case JSON:
		return newJSONPrinter(w, columns, false)
	case JSONL:
		return newJSONPrinter(w, columns, true)
	case Markdown:
		return newMarkdownPrinter(w, columns)
	case Vertical:
		return newVerticalPrinter(w, columns, l)
	}
	return newTablePrinter(w, columns, l)
}

// null is what stands for NULL where people read; it is no text that could be mistaken for one.
const null = "NULL"

// errGone says that nobody reads the output any more.
var errGone = errors.New("output is closed")
