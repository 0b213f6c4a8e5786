package match

import (
	"errors"
	"math"
)

// What is wrong with a model that passed its checksum.
var (
	errShapes  = errors.New("the shapes of its parts do not fit")
	errNumbers = errors.New("it has numbers that are none, or too large")
	errTree    = errors.New("it has a tree that is none")
)

// hugest is the largest weight of a sane model.
const hugest = 1e6

func sane(x float64) bool { return x >= -hugest && x <= hugest } // NaN is neither

func saneAll(xs []float32) bool {
	for _, x := range xs {
		if !sane(float64(x)) {
			return false
		}
	}
	return true
}

// valid says whether a model makes sense: nothing that it is asked later panics or runs forever.
func (s *Scorer) valid() error {
	if !s.prior.valid() || !sane(s.slope) || !sane(s.offset) || !(s.threshold >= 0 && s.threshold <= 1) {
		return errNumbers
	}
	width := len(s.clues)
	if width == 0 || len(s.final) == 0 || (len(s.first) == 0) != (len(s.second) == 0) || len(s.usual) != width+len(s.second) {
		return errShapes
	}
	for _, b := range s.first {
		if err := b.valid(width); err != nil {
			return err
		}
	}
	for _, b := range s.final {
		if err := b.valid(width + len(s.second)); err != nil {
			return err
		}
	}
	return nil
}

func (b *blend) valid(width int) error {
	if b.m.width != width || len(b.nets) == 0 || b.linear == nil {
		return errShapes
	}
	for t, ks := range b.m.knots {
		if len(ks) != len(b.m.place[t]) {
			return errShapes
		}
		if !saneAll(b.m.place[t]) {
			return errNumbers
		}
		for k, v := range ks {
			if v != v || k > 0 && !(v > ks[k-1]) {
				return errNumbers
			}
		}
	}
	for _, t := range b.m.gap {
		if t < 0 || t >= width {
			return errShapes
		}
	}
	if len(b.linear.dense) != b.m.inputs() || len(b.linear.words) != 1<<lexiconBits {
		return errShapes
	}
	if !saneAll(b.linear.dense) || !saneAll(b.linear.words) || !sane(float64(b.linear.bias)) {
		return errNumbers
	}
	for _, n := range b.nets {
		if err := n.valid(b.m.inputs()); err != nil {
			return err
		}
	}
	if math.IsNaN(b.boosting.base) || !sane(b.boosting.base) {
		return errNumbers
	}
	for _, t := range b.boosting.trees {
		if err := t.valid(width); err != nil {
			return err
		}
	}
	return nil
}

func (n *network) valid(inputs int) error {
	if len(n.sizes) < 2 || len(n.sizes) > mostLayers || n.sizes[0] != inputs || n.sizes[len(n.sizes)-1] != 1 {
		return errShapes
	}
	for _, s := range n.sizes {
		if s < 1 || s > widestLayer {
			return errShapes
		}
	}
	if parameters(n.sizes) != len(n.params) {
		return errShapes
	}
	if !saneAll(n.params) {
		return errNumbers
	}
	return nil
}

// valid: children come after their parent, so that every walk ends.
func (t tree) valid(width int) error {
	if len(t) == 0 {
		return errTree
	}
	for k, n := range t {
		switch {
		case n.clue < 0:
			if !sane(float64(n.value)) {
				return errNumbers
			}
		case int(n.clue) >= width, int(n.left) <= k, int(n.right) <= k, int(n.left) >= len(t), int(n.right) >= len(t):
			return errTree
		case n.cut != n.cut:
			return errNumbers
		}
	}
	return nil
}
