package table

import "io"

// windowSize is the first size of a window: a few thousand rows, well inside L2.
const windowSize = 256 << 10

// window is the part of a stream that is in memory. What is not yet consumed
// stays contiguous, so a scanner that runs off its end asks for more and starts
// its row again; doubling keeps the cost of that linear in the row.
type window struct {
	r      io.Reader
	buf    []byte
	lo, hi int
	eof    bool
}

// data is what is known and not yet consumed. It is valid until the next more.
func (w *window) data() []byte { return w.buf[w.lo:w.hi] }

// advance consumes n bytes.
func (w *window) advance(n int) { w.lo += n }

// more reads until the window is full or the stream ends, growing it when the
// unconsumed data fills half of it.
func (w *window) more() error {
	rest := w.hi - w.lo
	if size := max(windowSize, len(w.buf)); rest > size/2 || w.buf == nil {
		if w.buf != nil {
			size *= 2
		}
		grown := make([]byte, size)
		copy(grown, w.data())
		w.buf = grown
	} else {
		copy(w.buf, w.data())
	}
	w.lo, w.hi = 0, rest
	n, err := io.ReadFull(w.r, w.buf[rest:])
	w.hi += n
	// ReadFull's own signs of the end; a source reports a broken stream as *Error.
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		w.eof, err = true, nil
	}
	return err
}
