package shell

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/doppeldb/doppel/query"
)

// verticalPrinter writes a line for each value, names aligned.
type verticalPrinter struct {
	w     *bufio.Writer
	names []string
	look
	rows int
}

func newVerticalPrinter(w io.Writer, columns []query.Column, l look) *verticalPrinter {
	p := &verticalPrinter{w: bufio.NewWriter(w), look: l}
	widest := 0
	for _, c := range columns {
		p.names = append(p.names, printable(c.Name))
		widest = max(widest, width(p.names[len(p.names)-1]))
	}
	for i, n := range p.names {
		p.names[i] = strings.Repeat(" ", widest-width(n)) + n
	}
	return p
}

func (p *verticalPrinter) row(values []query.Value) error {
	p.rows++
	p.w.WriteString(p.dim(fmt.Sprintf("── %d ──", p.rows)) + "\n")
	for i, v := range values {
		text := printable(v.String())
		if v.IsNull() {
			text = p.dim(null)
		}
		p.w.WriteString(p.names[i] + ": " + text + "\n")
	}
	if p.rows%64 == 0 {
		return p.w.Flush()
	}
	return nil
}

func (p *verticalPrinter) end() error { return p.w.Flush() }
