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
// first seen, so it is known only at the end of the file: all rows are buffered,
// each no wider than the keys known when it was read.
type jsonRows struct {
	name    string
	maxCell int
	header  []string
	at      map[string]int // key to column
	rows    []Row
	pos     int
	pairs   []jsonPair // of the line being read; its memory is reused
}

// newJSONRows reads the whole source. bad is called with each skippable error;
// what it returns, if not nil, ends the reading.
func newJSONRows(s *source, opts Options, bad func(error) error) (*jsonRows, error) {
	text, err := s.text()
	if err != nil {
		return nil, err
	}
	j := &jsonRows{name: s.name, maxCell: opts.MaxCell, at: map[string]int{}}
	win := window{r: text}
	objects, blank := 0, true
	for number := 1; ; number++ {
		line, err := j.line(&win, number)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		blank = false
		values, err := j.object(line, number)
		if err != nil {
			if !skippable(err) {
				return nil, err
			}
			if err := bad(err); err != nil {
				return nil, err
			}
			continue
		}
		objects++
		j.rows = append(j.rows, Row{Values: values, Line: number})
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
	return j, nil
}

// line consumes the next line. It is valid until the next call.
func (j *jsonRows) line(win *window, number int) ([]byte, error) {
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
			return nil, &Error{Path: j.name, Line: number, Err: ErrCellTooLarge,
				Msg: fmt.Sprintf("the line is larger than %d times %s; is this one object per line?", maxLineCells, byteSize(j.maxCell))}
		}
		seen = len(b)
		if err := win.more(); err != nil {
			return nil, err
		}
	}
}

// object gives the values of one line in column order. Keys that are new are
// added to the header only once the whole line has proved good.
func (j *jsonRows) object(line []byte, number int) ([]string, error) {
	if line[0] == 0xef {
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	}
	pairs, err := splitObject(j.pairs[:0], line)
	if err != nil {
		return nil, j.syntaxError(err, number)
	}
	j.pairs = pairs
	for i, p := range pairs {
		e := &Error{Path: j.name, Line: number, Field: i + 1, Name: p.key}
		switch {
		case strings.IndexByte(p.key, 0) >= 0 || strings.IndexByte(p.value, 0) >= 0:
			e.Err, e.Msg = ErrNUL, "the value holds a NUL byte (\\u0000); remove it, or use --bad-rows skip"
			return nil, e
		case len(p.value) > j.maxCell:
			e.Err, e.Msg = ErrCellTooLarge, "the value is larger than "+byteSize(j.maxCell)
			return nil, e
		}
	}
	for _, p := range pairs {
		if _, known := j.at[p.key]; !known {
			j.at[p.key] = len(j.header)
			j.header = append(j.header, p.key)
		}
	}
	values := make([]string, len(j.header))
	for _, p := range pairs {
		values[j.at[p.key]] = p.value
	}
	return values, nil
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

// next gives the next buffered row, padded to the whole header.
func (j *jsonRows) next() (Row, error) {
	if j.pos == len(j.rows) {
		return Row{}, io.EOF
	}
	row := j.rows[j.pos]
	j.rows[j.pos] = Row{} // the caller's now
	j.pos++
	if n := len(j.header); len(row.Values) < n {
		row.Values = append(make([]string, 0, n), row.Values...)[:n]
	}
	return row, nil
}

func (j *jsonRows) warnings() []string { return nil }
