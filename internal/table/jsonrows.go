package table

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxLineCells bounds a JSON line: so many times the largest value.
const maxLineCells = 16

// jsonRows reads JSON lines. The header is the union of all keys in the order
// first seen, so it is known only at the end of the file, which is read once for it
// before the first row is given.
type jsonRows struct {
	name    string
	maxCell int
	header  []string
	at      map[string]int // key to column
	win     window
	number  int        // lines read
	pairs   []jsonPair // of the line being read; its memory is reused
}

// newJSONRows finds the header. Lines that [Options.BadRows] lets pass have no part in it.
func newJSONRows(s *source, opts Options) (*jsonRows, error) {
	j := &jsonRows{name: s.name, maxCell: opts.MaxCell, at: map[string]int{}}
	if err := j.rewind(s); err != nil {
		return nil, err
	}
	objects, blank := 0, true
	for {
		err := j.object()
		if err == io.EOF {
			break
		}
		blank = false
		if err != nil {
			if opts.BadRows != Skip || !skippable(err) {
				return nil, err
			}
			continue
		}
		objects++
		for _, p := range j.pairs {
			if _, known := j.at[p.key]; !known {
				j.at[p.key] = len(j.header)
				j.header = append(j.header, p.key)
			}
		}
	}
	switch {
	case blank:
		return nil, emptyError(s.name)
	case len(j.header) == 0 && objects > 0:
		return nil, &Error{Path: s.name, Err: ErrHeader, Msg: "the objects have no keys; each key names a column"}
	}
	if _, err := checkHeader(s.name, 0, append([]string(nil), j.header...)); err != nil {
		return nil, err
	}
	for i, h := range j.header {
		j.header[i] = strings.TrimSpace(h)
	}
	return j, j.rewind(s)
}

func (j *jsonRows) rewind(s *source) error {
	text, err := s.text()
	j.win, j.number = window{r: text, buf: j.win.buf}, 0
	return err
}

// line consumes the next line. It is valid until the next call.
func (j *jsonRows) line() ([]byte, error) {
	win := &j.win
	j.number++
	for seen := 0; ; {
		b := win.data()
		n := bytes.IndexByte(b[seen:], '\n')
		switch {
		case n >= 0:
			win.advance(seen + n + 1)
			return b[:seen+n], nil
		case win.eof && len(b) == 0:
			return nil, io.EOF
		case win.eof:
			win.advance(len(b))
			return b, nil
		case len(b)/maxLineCells > j.maxCell:
			return nil, &Error{Path: j.name, Line: j.number, Err: ErrCellTooLarge,
				Msg: fmt.Sprintf("the line is larger than %d times %s; is this one object per line?", maxLineCells, byteSize(j.maxCell))}
		}
		seen = len(b)
		if err := win.more(); err != nil {
			return nil, err
		}
	}
}

// object reads the next line that is not blank into j.pairs.
func (j *jsonRows) object() error {
	line, err := j.line()
	for err == nil && len(bytes.TrimSpace(line)) == 0 {
		line, err = j.line()
	}
	if err != nil {
		return err
	}
	if line[0] == 0xef {
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	}
	if j.pairs, err = splitObject(j.pairs[:0], line); err != nil {
		return j.syntaxError(err, j.number)
	}
	for i, p := range j.pairs {
		e := &Error{Path: j.name, Line: j.number, Field: i + 1, Name: p.key}
		switch {
		case strings.IndexByte(p.key, 0) >= 0 || strings.IndexByte(p.value, 0) >= 0:
			e.Err, e.Msg = ErrNUL, "the value holds a NUL byte (\\u0000); remove it, or use --bad-rows skip"
			return e
		case len(p.value) > j.maxCell:
			e.Err, e.Msg = ErrCellTooLarge, "the value is larger than "+byteSize(j.maxCell)
			return e
		}
	}
	return nil
}

func (j *jsonRows) syntaxError(err error, number int) error {
	msg := err.Error()
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		msg = fmt.Sprintf("column %d: %s", syntax.Offset, msg)
	}
	return &Error{Path: j.name, Line: number, Err: ErrJSON,
		Msg: msg + "; each line must be one JSON object, or use --bad-rows skip"}
}

// next gives the next row, with a value for every column of the header.
func (j *jsonRows) next() (Row, error) {
	if err := j.object(); err != nil {
		return Row{}, err
	}
	values := make([]string, len(j.header))
	for _, p := range j.pairs {
		at, known := j.at[p.key]
		if !known {
			return Row{}, &Error{Path: j.name, Line: j.number, Err: ErrHeader, Msg: "the file changed while it was read; start again"}
		}
		values[at] = p.value
	}
	return Row{Values: values, Line: j.number}, nil
}

func (j *jsonRows) warnings() []string { return nil }
