package f32

import (
	"testing"
)

// eachPath runs a test on every path that the machine has.
func eachPath(t *testing.T, test func(*testing.T)) {
	t.Helper()
	for _, p := range available() {
		t.Run(isaNames[p], func(t *testing.T) {
			before := active
			active = p
			defer func() { active = before }()
			test(t)
		})
	}
}

func TestChoosePath(t *testing.T) {
	old, now := []isa{generic, avx2}, []isa{generic, avx2, avx512}
	arm := []isa{generic, neon}
	for _, c := range []struct {
		wanted string
		have   []isa
		path   isa
	}{
		{"", now, avx512}, {"", old, avx2}, {"", arm, neon}, {"", []isa{generic}, generic},
		{"generic", now, generic}, {"avx2", now, avx2}, {"avx512", now, avx512},
		{"avx512", old, avx2}, {"neon", now, generic}, {"avx2", arm, neon}, {"avx2", []isa{generic}, generic},
		{"sse9", now, avx512}, {"AVX2", now, avx512},
	} {
		if got := choose(c.wanted, c.have); got != c.path {
			t.Errorf("DOPPEL_CPU=%q on %v: %s, want %s", c.wanted, c.have, isaNames[got], isaNames[c.path])
		}
	}
}
