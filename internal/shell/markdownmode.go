package shell

import (
	"bufio"
	"io"
	"strings"

	"github.com/doppeldb/doppel/query"
)

// markdownPrinter writes a table with pipes, numbers to the right.
type markdownPrinter struct{ w *bufio.Writer }

func newMarkdownPrinter(w io.Writer, columns []query.Column) *markdownPrinter {
	p := &markdownPrinter{bufio.NewWriter(w)}
	for _, c := range columns {
		p.w.WriteString("| " + markdownCell(c.Name) + " ")
	}
	p.w.WriteString("|\n")
	for _, c := range columns {
		if c.Kind == query.Number {
			p.w.WriteString("|---:")
		} else {
			p.w.WriteString("|---")
		}
	}
	p.w.WriteString("|\n")
	return p
}

// markdownCell keeps a text inside its cell.
var markdownEscapes = strings.NewReplacer("|", `\|`, `\`, `\\`, "\r\n", "<br>", "\n", "<br>", "\r", "<br>", "<", "&lt;", "&", "&amp;")

func markdownCell(s string) string { return markdownEscapes.Replace(s) }

func (p *markdownPrinter) row(values []query.Value) error {
	for _, v := range values {
		p.w.WriteString("| " + markdownCell(v.String()) + " ")
	}
	_, err := p.w.WriteString("|\n")
	return err
}

func (p *markdownPrinter) end() error { return p.w.Flush() }
