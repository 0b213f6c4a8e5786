package optim

import (
	"math"
	"testing"
)

func TestAdamWFirstStep(t *testing.T) {
	// The first step of Adam is the rate, whatever the size of the gradient.
	p, grad := []float32{1, 1, 1, 7}, []float32{2, -1e-3, 0, 3}
	o := New(4, []Group{{To: 3, Rate: .1, Decay: .5}})
	o.Step(p, grad, 1)
	for i, want := range []float64{.95 - .1, .95 + .1, .95, 7} {
		if math.Abs(float64(p[i])-want) > 1e-5 {
			t.Errorf("parameter %d is %v, want %v", i, p[i], want)
		}
	}
}

func TestAdagradIsSparse(t *testing.T) {
	p, grad := []float32{1, 1, 2, 2}, []float32{3, 4, 0, 0}
	o := New(4, []Group{{To: 4, Rule: Adagrad, Rate: .1, Row: 2, Decay: 1}})
	o.Step(p, grad, 1)
	root := math.Sqrt(12.5) // of the row's mean square
	for i, want := range []float64{.9 - .3/root, .9 - .4/root, 2, 2} {
		if math.Abs(float64(p[i])-want) > 1e-6 {
			t.Errorf("parameter %d is %v, want %v", i, p[i], want)
		}
	}
	o.Step(p, grad, 1)
	if got, want := float64(o.State.Power[0]), 25.; math.Abs(got-want) > 1e-5 {
		t.Errorf("power %v, want %v", got, want)
	}
}

// Both rules must find the bottom of a bowl.
func TestRulesDescend(t *testing.T) {
	for rule, rate := range map[Rule]float64{AdamW: .3, Adagrad: 1} {
		p, target := []float32{3, -2, 5}, []float32{1, 2, 3}
		o, grad := New(3, []Group{{To: 3, Rule: rule, Rate: rate, Row: 1}}), make([]float32, 3)
		const steps = 400
		for s := range steps {
			for i := range p {
				grad[i] = 2 * (p[i] - target[i])
			}
			o.Step(p, grad, Schedule(s, 10, steps))
		}
		for i := range p {
			if math.Abs(float64(p[i]-target[i])) > .01 {
				t.Errorf("%v: parameter %d is %v, want %v", rule, i, p[i], target[i])
			}
		}
	}
}

func TestClip(t *testing.T) {
	g := []float32{3, 4}
	if n := Clip(g, 10); n != 5 || g[0] != 3 {
		t.Errorf("length %v, %v", n, g)
	}
	if n := Clip(g, 1); n != 5 || math.Abs(float64(g[0])-.6) > 1e-6 || math.Abs(float64(g[1])-.8) > 1e-6 {
		t.Errorf("length %v, %v", n, g)
	}
	if n := Clip([]float32{float32(math.Inf(1)), 1}, 1); !math.IsInf(n, 1) {
		t.Errorf("length %v", n)
	}
	if n := Clip([]float32{float32(math.NaN())}, 1); !math.IsNaN(n) {
		t.Errorf("length %v", n)
	}
}

func TestSchedule(t *testing.T) {
	last := 0.
	for s := range 10 {
		if f := Schedule(s, 10, 100); f <= last || f > 1 {
			t.Errorf("step %d: %v after %v", s, f, last)
		} else {
			last = f
		}
	}
	if Schedule(10, 10, 100) != 1 {
		t.Errorf("top %v", Schedule(10, 10, 100))
	}
	for s := 11; s <= 100; s++ {
		if f := Schedule(s, 10, 100); f >= last && s > 11 || f < 0 {
			t.Errorf("step %d: %v after %v", s, f, last)
		} else {
			last = f
		}
	}
	if last > 1e-9 {
		t.Errorf("end %v", last)
	}
	if Schedule(3, 10, 5) > 1 || Schedule(12, 10, 10) != 1 {
		t.Error("fewer steps than the warm-up")
	}
}

func TestNames(t *testing.T) {
	for _, r := range []Rule{AdamW, Adagrad} {
		if got, err := Parse(r.String()); err != nil || got != r {
			t.Errorf("%v: %v, %v", r, got, err)
		}
	}
	if _, err := Parse("sgd"); err == nil {
		t.Error("sgd is no rule")
	}
}
