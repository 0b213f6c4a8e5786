package shell

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"

	"github.com/doppeldb/doppel/query"
)

// jsonPrinter writes objects, with numbers as numbers and NULL as null: an array of
// them, or one a line.
type jsonPrinter struct {
	w     *bufio.Writer
	names [][]byte
	lines bool
	rows  int
}

func newJSONPrinter(w io.Writer, columns []query.Column, lines bool) *jsonPrinter {
	p := &jsonPrinter{w: bufio.NewWriter(w), lines: lines}
	for _, c := range columns {
		p.names = append(p.names, quoteJSON(c.Name))
	}
	return p
}

// quoteJSON writes a value; bytes that are no UTF-8 become U+FFFD.
func quoteJSON(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // nobody puts this into a page as it is
	if err := e.Encode(v); err != nil {
		panic(err) // strings, finite numbers, truths and nil only
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func (p *jsonPrinter) row(values []query.Value) error {
	switch {
	case p.lines:
	case p.rows == 0:
		p.w.WriteString("[\n")
	default:
		p.w.WriteString(",\n")
	}
	p.rows++
	p.w.WriteByte('{')
	for i, v := range values {
		if i > 0 {
			p.w.WriteByte(',')
		}
		p.w.Write(p.names[i])
		p.w.WriteByte(':')
		p.w.Write(quoteJSON(v.Any()))
	}
	err := p.w.WriteByte('}')
	if p.lines {
		err = p.w.WriteByte('\n')
	}
	return err // a bufio.Writer keeps the first error
}

func (p *jsonPrinter) end() error {
	switch {
	case p.lines:
	case p.rows == 0:
		p.w.WriteString("[]\n")
	default:
		p.w.WriteString("\n]\n")
	}
	return p.w.Flush()
}
