package shell

import (
	"bufio"
	"io"
	"slices"
	"strings"

	"github.com/doppeldb/doppel/query"
)

// tableBlock is how many rows are kept to find the widths of their columns. Longer
// answers come block by block, and the columns never get narrower.
const tableBlock = 1000

// leastWidth is how narrow a column may get where the terminal has no room.
const leastWidth = 8

// tablePrinter writes aligned columns, numbers to the right. At a terminal the widest
// columns are cut until a line fits.
type tablePrinter struct {
	w       *bufio.Writer
	columns []query.Column
	look
	rows    [][]cell
	natural []int // the widest text of each column so far
	widths  []int // what it gets
	begun   bool
}

type cell struct {
	text   string
	isNull bool
}

func newTablePrinter(w io.Writer, columns []query.Column, l look) *tablePrinter {
	p := &tablePrinter{w: bufio.NewWriter(w), columns: columns, look: l}
	for _, c := range columns {
		p.natural = append(p.natural, width(printable(c.Name)))
	}
	return p
}

func (p *tablePrinter) row(values []query.Value) error {
	cells := make([]cell, len(values))
	for i, v := range values {
		c := cell{text: printable(v.String())}
		if v.IsNull() {
			c = cell{null, true}
		}
		cells[i] = c
		p.natural[i] = max(p.natural[i], width(c.text))
	}
	p.rows = append(p.rows, cells)
	if p.width > 0 && len(p.rows) == tableBlock {
		return p.flush()
	}
	return nil
}

// flush writes the rows that are kept.
func (p *tablePrinter) flush() error {
	p.fit()
	if !p.begun {
		p.begun = true
		p.head()
	}
	for _, cells := range p.rows {
		for i, c := range cells {
			if i > 0 {
				p.w.WriteString(" │ ")
			}
			text := cut(c.text, p.widths[i])
			right := p.columns[i].Kind == query.Number
			if i < len(cells)-1 || right { // no spaces at the end of a line
				text = pad(text, p.widths[i], right)
			}
			if c.isNull {
				text = p.dim(text)
			}
			p.w.WriteString(text)
		}
		p.w.WriteByte('\n')
	}
	p.rows = p.rows[:0]
	return p.w.Flush()
}

func (p *tablePrinter) head() {
	for i, c := range p.columns {
		if i > 0 {
			p.w.WriteString(" │ ")
		}
		name := cut(printable(c.Name), p.widths[i])
		if i < len(p.columns)-1 || c.Kind == query.Number {
			name = pad(name, p.widths[i], c.Kind == query.Number)
		}
		p.w.WriteString(p.bold(name))
	}
	p.w.WriteByte('\n')
	for i := range p.columns {
		if i > 0 {
			p.w.WriteString("─┼─")
		}
		p.w.WriteString(strings.Repeat("─", p.widths[i]))
	}
	p.w.WriteByte('\n')
}

// fit gives each column its width: the natural one, if all fit into the
// terminal; else the widest give way first, down to leastWidth.
func (p *tablePrinter) fit() {
	old := p.widths
	p.widths = append([]int{}, p.natural...)
	if p.width == 0 {
		return
	}
	const between = 3 // " │ "
	room := p.width - between*(len(p.widths)-1)
	most := max(leastWidth, min(slices.Max(p.widths), room))
	for most > leastWidth && sumUpTo(p.natural, most) > room {
		most--
	}
	for i := range p.widths {
		p.widths[i] = min(p.widths[i], most)
	}
	for i := range old {
		p.widths[i] = max(p.widths[i], old[i])
	}
}

// sumUpTo adds widths, none of which counts more than most.
func sumUpTo(widths []int, most int) (sum int) {
	for _, w := range widths {
		sum += min(w, most)
	}
	return sum
}

func (p *tablePrinter) end() error { return p.flush() }
