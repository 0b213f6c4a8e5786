package f32

// lines is an operand of a product: the rows of a, or the columns of b. alongK
// says that the elements of one line lie side by side, and then ld is from line
// to line; otherwise the lines lie side by side and ld is from step to step of k.
type lines struct {
	data   []float32
	ld     int
	alongK bool
}

// pack copies steps elements from step at on of count lines from first on into
// panels of width lines each: dst[(i/width*steps+p)*width+i%width] is element p of
// line i. The last panel is filled up with zeros.
func (l lines) pack(dst []float32, width, first, count, at, steps int) {
	for i := 0; i < count; i += width {
		panel := dst[i*steps:][:width*steps]
		w := min(width, count-i)
		if !l.alongK {
			packSide(panel, width, l.data[at*l.ld+first+i:], l.ld, w, steps)
			continue
		}
		if w < width {
			clear(panel)
		}
		from := l.data[(first+i)*l.ld+at:]
		done := 0
		if w == width {
			done = packPanel(panel, width, from, l.ld, steps)
		}
		packGeneric(panel, width, from, l.ld, w, done, steps)
	}
}

// packGeneric copies elements lo to hi of w lines that begin ld apart.
func packGeneric(panel []float32, width int, from []float32, ld, w, lo, hi int) {
	for i := range w {
		line := from[i*ld:][:hi]
		for p := lo; p < hi; p++ {
			panel[p*width+i] = line[p]
		}
	}
}

// packSideGeneric copies steps groups of w elements that begin ld apart.
func packSideGeneric(panel []float32, width int, from []float32, ld, w, steps int) {
	for p := range steps {
		group := panel[p*width:][:width]
		clear(group[copy(group, from[p*ld:][:w]):])
	}
}
