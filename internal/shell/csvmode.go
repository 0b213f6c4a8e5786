package shell

import (
	"encoding/csv"
	"io"

	"github.com/doppeldb/doppel/query"
)

// csvPrinter writes RFC 4180 but for the line ends, which are \n; NULL is an empty value.
type csvPrinter struct {
	w    *csv.Writer
	line []string
	err  error // of the names
}

func newCSVPrinter(w io.Writer, columns []query.Column) *csvPrinter {
	p := &csvPrinter{w: csv.NewWriter(w)}
	for _, c := range columns {
		p.line = append(p.line, c.Name)
	}
	p.err = p.w.Write(p.line)
	return p
}

func (p *csvPrinter) row(values []query.Value) error {
	if p.err != nil {
		return p.err
	}
	for i, v := range values {
		p.line[i] = v.String()
	}
	return p.w.Write(p.line)
}

func (p *csvPrinter) end() error {
	p.w.Flush()
	if p.err != nil {
		return p.err
	}
	return p.w.Error()
}
