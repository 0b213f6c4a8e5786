package main

import (
	"math"
	"testing"
)

// Two writers whose signatures lie on an arc, the second's five times as far apart: by the distance to the closest reference alone
// the second's genuine ones are taken for the first's forgeries, less their own distance they are not.
func TestEnrolments(t *testing.T) {
	v := vectors{dim: 2}
	var test []signature
	add := func(angle float64, writer int, forged bool) {
		v.at = append(v.at, float32(math.Cos(angle)), float32(math.Sin(angle)))
		test = append(test, signature{writer: writer, forged: forged})
	}
	for k := range 12 {
		add(.02*float64(k), 35, false)
		add(.1*float64(k), 36, false)
	}
	for k := range 4 {
		add(-.19-.02*float64(k), 35, true)
		add(-.5-.1*float64(k), 36, true)
	}
	e := enrolments(v, test, 10)
	if want := 2 * enrolDraws * (2 + 4); len(e.genuine) != want || len(e.nearest) != want || e.entities.N != 2 {
		t.Fatalf("%d questions of %d writers, want %d of 2", len(e.genuine), e.entities.N, want)
	}
	r := enrol(v, []int{0, 2, 6}) // angles 0, .02, .06
	if want := (2*(1-math.Cos(.02)) + 1 - math.Cos(.04)) / 3; math.Abs(r.own-want) > 1e-6 {
		t.Errorf("own distance %v, want %v", r.own, want)
	}
	worst := func(score []float64) (genuine, forged float64) {
		genuine, forged = math.Inf(1), math.Inf(-1)
		for i, s := range score {
			if e.genuine[i] {
				genuine = min(genuine, s)
			} else {
				forged = max(forged, s)
			}
		}
		return genuine, forged
	}
	if genuine, forged := worst(e.nearest); genuine > forged {
		t.Errorf("plain distances part them: %v, %v", genuine, forged)
	}
	if genuine, forged := worst(e.normalised); genuine <= forged {
		t.Errorf("normalised ones do not: %v, %v", genuine, forged)
	}
}
