package table

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// BadRows says what happens to a row that is ragged, holds a NUL byte or is bad JSON.
type BadRows uint8

// What to do with bad rows.
const (
	Fail BadRows = iota // stop with the row's error
	Skip                // leave the row out, count it, keep its error
)

var badRowsNames = [...]string{Fail: "fail", Skip: "skip"}

// String gives the name as the command line spells it.
func (b BadRows) String() string {
	if int(b) < len(badRowsNames) {
		return badRowsNames[b]
	}
	return fmt.Sprintf("badrows(%d)", uint8(b))
}

// ParseBadRows is the inverse of [BadRows.String].
func ParseBadRows(s string) (BadRows, error) {
	for i, name := range badRowsNames {
		if s == name {
			return BadRows(i), nil
		}
	}
	return 0, fmt.Errorf("%w: bad rows %q; use one of %s", ErrOptions, s, strings.Join(badRowsNames[:], ", "))
}

// defaultMaxCell lets a 10 MB value through and stops a forgotten quote from
// taking a whole file for one value.
const defaultMaxCell = 16 << 20

// Options tunes reading. Nil or the zero value is the default.
type Options struct {
	// Stdin is read for the path "-"; nil means os.Stdin.
	Stdin io.Reader
	// Delimiter separates values; 0 lets the header decide between comma, tab,
	// semicolon and bar. A delimiter makes any input but .jsonl a CSV.
	Delimiter byte
	// MaxCell is the largest value in bytes; 0 means 16 MB.
	MaxCell int
	// BadRows says what happens to bad rows.
	BadRows BadRows
	// Spool keeps what can be read once only, stdin and pipes, in a temporary file
	// instead of in memory.
	Spool bool
}

// Validate returns an [ErrOptions] for values that make no sense.
func (o Options) Validate() error {
	switch {
	case o.Delimiter == '"' || o.Delimiter == '\n' || o.Delimiter == '\r' || o.Delimiter >= 0x80:
		return fmt.Errorf("%w: delimiter %q; use one ASCII character that is no quote and no line end", ErrOptions, rune(o.Delimiter))
	case o.MaxCell < 0:
		return fmt.Errorf("%w: largest value %d is negative", ErrOptions, o.MaxCell)
	case int(o.BadRows) >= len(badRowsNames):
		return fmt.Errorf("%w: unknown %v", ErrOptions, o.BadRows)
	}
	return nil
}

// filled is o with its defaults in place.
func (o *Options) filled() Options {
	var out Options
	if o != nil {
		out = *o
	}
	if out.Stdin == nil {
		out.Stdin = os.Stdin
	}
	if out.MaxCell == 0 {
		out.MaxCell = defaultMaxCell
	}
	return out
}
