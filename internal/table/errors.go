package table

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
)

// Errors of reading. Each comes wrapped in an [*Error].
var (
	// ErrEmpty is returned when a file holds nothing but blank lines.
	ErrEmpty = errors.New("empty file")
	// ErrNoRows is returned when there is a header and not one good row.
	ErrNoRows = errors.New("no rows")
	// ErrNotTable is returned for archives, spreadsheets, other binary files and web pages.
	ErrNotTable = errors.New("not a table")
	// ErrHeader is returned when a column has no name or two have the same.
	ErrHeader = errors.New("bad header")
	// ErrRagged is returned when a row has more or fewer values than the header.
	ErrRagged = errors.New("wrong number of fields")
	// ErrQuote is returned when a quoted value is never closed; its line is where the quote opened.
	ErrQuote = errors.New("unterminated quote")
	// ErrNUL is returned when a value holds a NUL byte.
	ErrNUL = errors.New("NUL byte")
	// ErrJSON is returned when a line is not one JSON object.
	ErrJSON = errors.New("bad JSON")
	// ErrTruncated is returned when compressed data ends early.
	ErrTruncated = errors.New("truncated file")
	// ErrCellTooLarge is returned when a value is larger than [Options.MaxCell].
	ErrCellTooLarge = errors.New("value too large")
	// ErrOptions is returned when an option has a value that makes no sense.
	ErrOptions = errors.New("bad option")
)

// Errors of writing. Each comes wrapped in an [*Error].
var (
	// ErrNoSpace is returned when the disk is full. It is the system's own error.
	ErrNoSpace error = syscall.ENOSPC
	// ErrClosed is returned when something is written after Commit or Abort.
	ErrClosed = fs.ErrClosed
)

// Error says where something is wrong and what to do about it.
type Error struct {
	Path  string // as given; "stdin" or "stdout" for "-"
	Line  int    // physical line from 1; 0 where no line is meant
	Field int    // field of the row from 1; 0 where no field is meant
	Name  string // the field's column name, "" where unknown
	Msg   string // what is wrong; what to do
	Err   error  // a sentinel of this package or the system's error
}

// Error gives "path:line: field N (name): what is wrong; what to do".
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Path)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	b.WriteString(": ")
	if e.Field > 0 {
		fmt.Fprintf(&b, "field %d", e.Field)
		if e.Name != "" {
			fmt.Fprintf(&b, " (%s)", e.Name)
		}
		b.WriteString(": ")
	}
	b.WriteString(e.Msg)
	return b.String()
}

// Unwrap gives the cause, for errors.Is.
func (e *Error) Unwrap() error { return e.Err }

// systemError puts a path and a hint to what the operating system said.
func systemError(name string, err error) error {
	var known *Error
	if errors.As(err, &known) {
		return err
	}
	var path *fs.PathError
	cause := err
	if errors.As(err, &path) {
		cause = path.Err
	}
	msg := cause.Error()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		msg += "; check the name and the directory that you are in"
	case errors.Is(err, fs.ErrPermission):
		msg += "; ask for access to it or use another path"
	case errors.Is(err, ErrNoSpace):
		msg += "; free some space or write elsewhere"
	}
	return &Error{Path: name, Msg: msg, Err: err}
}
