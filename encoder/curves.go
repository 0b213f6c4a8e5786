package encoder

import (
	"bytes"
	"fmt"
	"io"
)

// The figure, in pixels: two panels side by side.
const (
	panelWidth, panelHeight = 300, 180
	panelGap, panelEdge     = 70, 45
)

// WriteSVG draws the history: the loss of each epoch beside what validation found, the epoch
// that was kept marked. It is a few lines of SVG by hand because a program that
// embeds an encoder should not carry a plotting library.
func (r *TuneReport) WriteSVG(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="11">`+"\n",
		2*panelWidth+panelGap+2*panelEdge, panelHeight+2*panelEdge)
	fmt.Fprintln(&b, `<rect width="100%" height="100%" fill="#fff"/>`)
	var losses []float64
	mrr, recall, least := []float64{}, []float64{}, 1.
	for i, e := range r.Epochs {
		if i > 0 {
			losses = append(losses, e.Loss)
		}
		mrr, recall = append(mrr, e.MRR), append(recall, e.Recall)
		least = min(least, e.MRR, e.Recall)
	}
	most := 0.
	for _, x := range losses {
		most = max(most, x)
	}
	left := panel{x: panelEdge, epochs: len(r.Epochs) - 1, high: most, best: r.Best}
	left.frame(&b, "loss of an epoch")
	left.line(&b, losses, 1, "#d55e00", "")
	right := panel{x: panelEdge + panelWidth + panelGap, epochs: len(r.Epochs) - 1, low: least, high: 1, best: r.Best}
	right.frame(&b, "validation matches found")
	right.line(&b, mrr, 0, "#0072b2", "mean reciprocal rank")
	right.line(&b, recall, 0, "#009e73", "recall@10")
	fmt.Fprintln(&b, "</svg>")
	_, err := w.Write(b.Bytes())
	return err
}

// panel is a square with an axis of epochs and one of values.
type panel struct {
	x, epochs int
	low, high float64
	best      int
}

func (p panel) place(epoch int, value float64) (x, y float64) {
	x = float64(p.x) + panelWidth*float64(epoch)/float64(max(p.epochs, 1))
	y = panelEdge + panelHeight
	if p.high > p.low {
		y -= panelHeight * (value - p.low) / (p.high - p.low)
	}
	return x, y
}

// frame draws the axes, the title and the epoch that was kept.
func (p panel) frame(b *bytes.Buffer, title string) {
	bottom := panelEdge + panelHeight
	fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" fill="none" stroke="#999"/>`+"\n", p.x, panelEdge, panelWidth, panelHeight)
	fmt.Fprintf(b, `<text x="%d" y="%d" font-weight="bold">%s</text>`+"\n", p.x, panelEdge-24, title)
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end">%.3g</text>`+"\n", p.x-4, bottom, p.low)
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end">%.3g</text>`+"\n", p.x-4, panelEdge+8, p.high)
	fmt.Fprintf(b, `<text x="%d" y="%d">epoch 0</text>`+"\n", p.x, bottom+16)
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end">%d</text>`+"\n", p.x+panelWidth, bottom+16, p.epochs)
	x, _ := p.place(p.best, 0)
	fmt.Fprintf(b, `<line x1="%.1f" x2="%.1f" y1="%d" y2="%d" stroke="#999" stroke-dasharray="3 3"/>`+"\n", x, x, panelEdge, bottom)
	fmt.Fprintf(b, `<text x="%.1f" y="%d" text-anchor="middle">kept</text>`+"\n", x, bottom+30)
}

// line draws values from epoch from on; its name stands above the panel.
func (p panel) line(b *bytes.Buffer, values []float64, from int, colour, name string) {
	fmt.Fprintf(b, `<polyline fill="none" stroke="%s" stroke-width="2" points="`, colour)
	for i, v := range values {
		x, y := p.place(from+i, v)
		fmt.Fprintf(b, "%.1f,%.1f ", x, y)
	}
	fmt.Fprintln(b, `"/>`)
	if name != "" {
		at := p.x
		if colour == "#009e73" {
			at += panelWidth / 2
		}
		fmt.Fprintf(b, `<text x="%d" y="%d" fill="%s">%s</text>`+"\n", at, panelEdge-8, colour, name)
	}
}
