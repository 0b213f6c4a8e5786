// Package optim changes the parameters of a network along their gradients: AdamW,
// row-wise Adagrad, warm-up and decay of the step, clipping.
//
// Parameters are one slice; a [Group] is a part of it with its own step. All parameters are
// deviations from the network that training starts from, so that weight decay
// pulls toward that network and not toward nothing.
package optim

import (
	"fmt"
	"math"
	"strings"
)

// Rule is how a gradient becomes a step. The zero value is the default.
type Rule uint8

// The rules.
const (
	AdamW   Rule = iota // Kingma and Ba 2015, with the decay of Loshchilov and Hutter 2019
	Adagrad             // Duchi et al. 2011, one accumulator per row; only rows with a gradient move
)

var ruleNames = [...]string{AdamW: "adamw", Adagrad: "adagrad"}

// String gives the name as the command line spells it.
func (r Rule) String() string {
	if int(r) < len(ruleNames) {
		return ruleNames[r]
	}
	return fmt.Sprintf("rule(%d)", uint8(r))
}

// Parse is the inverse of [Rule.String].
func Parse(s string) (Rule, error) {
	for r, name := range ruleNames {
		if strings.EqualFold(s, name) {
			return Rule(r), nil
		}
	}
	return 0, fmt.Errorf("optim: unknown rule %q; use one of %s", s, strings.Join(ruleNames[:], ", "))
}

// Group is parameters From to To of the slice.
type Group struct {
	Name     string
	From, To int
	Rule     Rule
	Rate     float64 // the step, before the schedule
	Decay    float64 // share of the step that goes back to 0, per unit of a parameter
	Row      int     // length of a row for Adagrad; 0 means 1
}

// Optimiser holds what the rules remember. State is all of it.
type Optimiser struct {
	groups []Group
	State  State
}

// State is what an optimiser remembers between steps, to be saved in a checkpoint.
type State struct {
	Step  uint64
	Mean  []float32 // (parameters), running mean of the gradient
	Power []float32 // (parameters), running mean of its square; Adagrad: the sum, at a row's first place
}

// New gives the optimiser of n parameters.
func New(n int, groups []Group) *Optimiser {
	return &Optimiser{groups: groups, State: State{Mean: make([]float32, n), Power: make([]float32, n)}}
}

// Adam's constants are those of its paper, the second one shortened: a run has some
// hundred steps, not millions.
const (
	beta1   = .9
	beta2   = .99
	epsilon = 1e-8
)

// Step moves p along grad; factor is the schedule's. len(p) and len(grad) are the optimiser's n.
func (o *Optimiser) Step(p, grad []float32, factor float64) {
	o.State.Step++
	for _, g := range o.groups {
		part := struct{ p, grad, mean, power []float32 }{
			p[g.From:g.To], grad[g.From:g.To], o.State.Mean[g.From:g.To], o.State.Power[g.From:g.To],
		}
		if g.Rule == Adagrad {
			adagrad(g, part.p, part.grad, part.power, g.Rate*factor)
		} else {
			adamW(g, part.p, part.grad, part.mean, part.power, g.Rate*factor, o.State.Step)
		}
	}
}

func adamW(g Group, p, grad, mean, power []float32, rate float64, step uint64) {
	fix1 := 1 / (1 - math.Pow(beta1, float64(step)))
	fix2 := 1 / (1 - math.Pow(beta2, float64(step)))
	keep := float32(1 - rate*g.Decay)
	scale := float32(rate * fix1)
	root := float32(math.Sqrt(fix2))
	for i, x := range grad {
		m := float32(beta1*mean[i]) + float32((1-beta1)*x)
		v := float32(beta2*power[i]) + float32((1-beta2)*float32(x*x))
		mean[i], power[i] = m, v
		p[i] = float32(keep*p[i]) - scale*m/(root*float32(math.Sqrt(float64(v)))+epsilon)
	}
}

func adagrad(g Group, p, grad, power []float32, rate float64) {
	width := max(g.Row, 1)
	for at := 0; at < len(p); at += width {
		to := min(at+width, len(p))
		var sq float64
		for _, x := range grad[at:to] {
			sq += float64(x) * float64(x)
		}
		if sq == 0 {
			continue
		}
		power[at] += float32(sq / float64(to-at))
		step := float32(rate / (math.Sqrt(float64(power[at])) + epsilon))
		keep := float32(1 - rate*g.Decay)
		for i := at; i < to; i++ {
			p[i] = float32(keep*p[i]) - float32(step*grad[i])
		}
	}
}

// Clip scales grad down to the given length if it is longer, and gives the length it
// had. A length that is not finite comes back and leaves grad as it is.
func Clip(grad []float32, length float64) float64 {
	var sq float64
	for _, x := range grad {
		sq += float64(x) * float64(x)
	}
	norm := math.Sqrt(sq)
	if length > 0 && norm > length && !math.IsInf(norm, 0) {
		c := float32(length / norm)
		for i := range grad {
			grad[i] *= c
		}
	}
	return norm
}

// Schedule is the factor of the step: it rises in a straight line over the first
// warm steps and falls as a half cosine to 0 at the last (Loshchilov and Hutter 2017).
func Schedule(step, warm, steps int) float64 {
	if step < warm {
		return float64(step+1) / float64(warm+1)
	}
	if steps <= warm {
		return 1
	}
	return .5 + .5*math.Cos(math.Pi*float64(step-warm)/float64(steps-warm))
}
