package vision

// layout says where the places of n pictures of w x h lie, with a border of r places of zeros
// that neighbours share: the border right of a row is the one left of the next, the one below a
// picture is above the next. A window of a convolution around any place then is
// 2r+1 pieces that lie side by side, and all windows of a batch are the overlapping rows of a matrix.
type layout struct {
	n, w, h, r int
}

// row is the place of the first of row y of picture b.
func (l layout) row(b, y int) int {
	return (b*(l.h+l.r)+l.r+y)*(l.w+l.r) + l.r
}

// span is the first place of pictures from to to and how many there are up to the last, borders between included.
func (l layout) span(from, to int) (first, count int) {
	first = l.row(from, 0)
	return first, l.row(to-1, l.h-1) + l.w - first
}

// places is how many places there are, borders included.
func (l layout) places() int {
	return (l.n*(l.h+l.r)+l.r)*(l.w+l.r) + l.r
}

// window is where the piece dy rows below the windows of place first begins.
func (l layout) window(first, dy int) int {
	return first + dy*(l.w+l.r) - l.r
}

// each calls f for every row of every picture with its place.
func (l layout) each(f func(b, y, at int)) { l.between(0, l.n, f) }

// between is each, of pictures from to to.
func (l layout) between(from, to int, f func(b, y, at int)) {
	for b := from; b < to; b++ {
		for y := range l.h {
			f(b, y, l.row(b, y))
		}
	}
}

// cached is about how many numbers of a pass over memory stay in the second cache.
const cached = 1 << 17

// parts calls f for ranges of pictures, so many at a time that out channels of them stay in the cache.
func (l layout) parts(out int, f func(from, to int)) {
	each := max(1, cached/((l.w+l.r)*(l.h+l.r)*out))
	for from := 0; from < l.n; from += each {
		f(from, min(from+each, l.n))
	}
}
