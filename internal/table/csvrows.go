package table

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// csvRows makes rows of the records of a CSV or TSV file and judges them.
type csvRows struct {
	name     string
	scan     *csvScanner
	maxCell  int
	delim    byte // 0 until it is known
	prefer   byte // delimiter that wins when the header has it, 0 for none
	header   []string
	strays   tally // rows with a quote that encloses nothing
	straddle tally // TSV rows whose quoted value spans lines and holds a tab
}

// tally counts something and remembers where it was first seen.
type tally struct{ count, line, field int }

func (t *tally) add(line, field int) {
	if t.count++; t.count == 1 {
		t.line, t.field = line, field
	}
}

// newCSVRows reads the header.
func newCSVRows(s *source, f format, opts Options) (*csvRows, error) {
	c := &csvRows{name: s.name, maxCell: opts.MaxCell, delim: opts.Delimiter}
	if f == tsvFormat {
		c.prefer = '\t'
	}
	return c, c.rewind(s)
}

// rewind reads the header from the start of the file.
func (c *csvRows) rewind(s *source) error {
	c.strays, c.straddle = tally{}, tally{}
	text, err := s.text()
	if err != nil {
		return err
	}
	c.scan = newCSVScanner(text, c.maxCell)
	if err := c.scan.win.more(); err != nil {
		return err
	}
	if c.delim == 0 {
		c.delim = sniffDelimiter(c.scan.win.data(), c.prefer)
	}
	c.scan.setDelimiter(c.delim)

	c.header = nil // any number of fields will do
	rec, err := c.record()
	for err == nil && onlySpace(rec) {
		rec, err = c.record()
	}
	if err == io.EOF {
		return emptyError(s.name)
	}
	if err != nil {
		return err
	}
	if i := bytes.IndexByte(rec.data, 0); i >= 0 {
		return c.nulError(rec, i)
	}
	c.header, err = checkHeader(s.name, rec.line, rec.values())
	return err
}

func emptyError(name string) error {
	return &Error{Path: name, Err: ErrEmpty, Msg: "the file is empty; a table starts with a line of column names"}
}

// checkHeader trims the column names and returns an [ErrHeader] for an empty or repeated one.
func checkHeader(name string, line int, header []string) ([]string, error) {
	seen := make(map[string]int, len(header))
	for i := range header {
		h := strings.TrimSpace(header[i])
		header[i] = h
		e := &Error{Path: name, Line: line, Field: i + 1, Err: ErrHeader}
		if h == "" {
			e.Msg = "the column has no name; the first line must name every column"
			if i > 0 && i+1 == len(header) {
				e.Msg += "; is there a delimiter too many at its end?"
			}
			return nil, e
		}
		if first, twice := seen[h]; twice {
			e.Name, e.Msg = h, fmt.Sprintf("field %d has the same column name; rename one of them", first)
			return nil, e
		}
		seen[h] = i + 1
	}
	return header, nil
}

// onlySpace says whether a record is a line of white space without a delimiter.
func onlySpace(r *record) bool {
	return len(r.ends) == 1 && !r.quoted && len(bytes.TrimSpace(r.data)) == 0
}

// next gives the next row, io.EOF, or an *Error; after one that is skippable
// the following row can be read.
func (c *csvRows) next() (Row, error) {
	rec, err := c.record()
	for err == nil && len(c.header) > 1 && onlySpace(rec) {
		rec, err = c.record()
	}
	if err != nil {
		return Row{}, err
	}
	if i := bytes.IndexByte(rec.data, 0); i >= 0 {
		return Row{}, c.nulError(rec, i)
	}
	if len(rec.ends) != len(c.header) {
		return Row{}, c.raggedError(rec)
	}
	if rec.odd > 0 {
		c.strays.add(rec.line, rec.odd)
	}
	if c.scan.delim == '\t' && rec.breaks > 0 && bytes.IndexByte(rec.data, '\t') >= 0 {
		c.straddle.add(rec.line, 0)
	}
	return Row{Values: rec.values(), Line: rec.line}, nil
}

// record gives the next record that could be read to its end.
func (c *csvRows) record() (*record, error) {
	rec, v, err := c.scan.next(len(c.header))
	if err != nil || v == done {
		return rec, err
	}
	e := &Error{Path: c.name, Line: rec.line + rec.opened, Field: len(rec.ends) + 1}
	e.Name = c.column(e.Field)
	if v == unterminated {
		e.Err, e.Msg = ErrQuote, "the quote that opens here is never closed; close it, or double it if it is part of the value"
		return nil, e
	}
	e.Err, e.Msg = ErrCellTooLarge, fmt.Sprintf(
		"the value that starts here is larger than %s; is a closing quote missing?", byteSize(c.scan.maxCell))
	return nil, e
}

func (c *csvRows) nulError(rec *record, offset int) error {
	field := rec.fieldAt(offset)
	return &Error{Path: c.name, Line: rec.line, Field: field, Name: c.column(field), Err: ErrNUL,
		Msg: "the value holds a NUL byte; remove it (tr -d '\\000' < IN > OUT), or use --bad-rows skip"}
}

func (c *csvRows) raggedError(rec *record) error {
	got, want := len(rec.ends), len(c.header)
	hint := "a missing value still needs its delimiter"
	if got > want {
		hint = "a " + delimiterName(c.scan.delim) + " inside a value must be quoted"
	}
	if rec.breaks > 0 {
		hint = fmt.Sprintf("its quoted value runs to line %d: is a closing quote missing?", rec.line+rec.breaks)
	}
	return &Error{Path: c.name, Line: rec.line, Err: ErrRagged, Msg: fmt.Sprintf(
		"row has %s, the header has %d (%s); %s, or use --bad-rows skip",
		plural(got, "field"), want, nameList(c.header), hint)}
}

// column names the field, from 1, as far as the header is known.
func (c *csvRows) column(field int) string {
	if field <= len(c.header) {
		return c.header[field-1]
	}
	return ""
}

func (c *csvRows) warnings() []string {
	var out []string
	if t := c.strays; t.count > 0 {
		out = append(out, fmt.Sprintf(
			"%s:%d: field %d (%s): a quote inside the value is not doubled and was read as data (%s like this)",
			c.name, t.line, t.field, c.column(t.field), plural(t.count, "row")))
	}
	if t := c.straddle; t.count > 0 {
		out = append(out, fmt.Sprintf(
			"%s:%d: a quoted value runs over several lines and holds a tab (%s like this); if that quote is not meant to enclose anything, remove it",
			c.name, t.line, plural(t.count, "row")))
	}
	return out
}

func delimiterName(d byte) string {
	switch d {
	case ',':
		return "comma"
	case '\t':
		return "tab"
	case ';':
		return "semicolon"
	}
	return fmt.Sprintf("%q", string(rune(d)))
}

// nameList lists column names for a message, shortened when there are many.
func nameList(names []string) string {
	const most = 8
	if len(names) > most {
		return strings.Join(names[:most], ", ") + ", ..."
	}
	return strings.Join(names, ", ")
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func byteSize(n int) string {
	if n >= 1<<20 && n%(1<<20) == 0 {
		return fmt.Sprintf("%d MB", n>>20)
	}
	return plural(n, "byte")
}
