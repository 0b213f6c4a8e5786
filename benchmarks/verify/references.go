package main

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/doppeldb/doppel/internal/f32"
	"github.com/doppeldb/doppel/internal/measure"
)

// enrolDraws is how often the references of a writer are drawn anew.
const enrolDraws = 10

// references are genuine signatures that a writer has left, and what is known from them alone.
type references struct {
	v   vectors
	at  []int   // (references), rows of v
	own float64 // mean distance of a reference to the closest other one
}

func enrol(v vectors, at []int) references {
	r := references{v: v, at: at}
	for i, a := range at {
		others := slices.Delete(slices.Clone(at), i, i+1)
		r.own += references{v: v, at: others}.distance(a) / float64(len(at))
	}
	return r
}

// distance is that of a signature to the closest reference.
func (r references) distance(question int) float64 {
	d := math.Inf(1)
	for _, a := range r.at {
		d = min(d, 1-float64(f32.Dot(r.v.row(a), r.v.row(question))))
	}
	return d
}

// enrolled is what comes of asking about a signature by the references of the writer who it says it is of.
type enrolled struct {
	nearest    []float64 // negative distance to the closest reference
	normalised []float64 // the same, with the references' own distance added
	genuine    []bool
	entities   measure.Entities
}

// enrolments asks about all genuine signatures of each writer that are no references, and about all forgeries.
func enrolments(v vectors, test []signature, n int) (out enrolled) {
	genuine, forged := map[int][]int{}, map[int][]int{}
	first, last := test[0].writer, 0
	for i, s := range test {
		to := genuine
		if s.forged {
			to = forged
		}
		to[s.writer] = append(to[s.writer], i)
		last = max(last, s.writer)
	}
	out.entities.N = last - first + 1
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	for writer := first; writer <= last; writer++ {
		for range enrolDraws {
			own := slices.Clone(genuine[writer])
			rng.Shuffle(len(own), func(i, j int) { own[i], own[j] = own[j], own[i] })
			r := enrol(v, own[:n])
			for k, question := range slices.Concat(own[n:], forged[writer]) {
				d := r.distance(question)
				out.nearest, out.normalised = append(out.nearest, -d), append(out.normalised, r.own-d)
				out.genuine = append(out.genuine, k < len(own)-n)
				out.entities.Left, out.entities.Right = append(out.entities.Left, writer-first), append(out.entities.Right, writer-first)
			}
		}
	}
	return out
}

// referenceRows appends the rows of a way with 5 and with 10 references.
func referenceRows(w *bytes.Buffer, ink, way string, v vectors, test []signature) {
	for _, n := range []int{5, 10} {
		e := enrolments(v, test, n)
		plain := measure.Verify(e.nearest, e.genuine, e.entities, measure.VerifyOptions{})
		norm := measure.Verify(e.normalised, e.genuine, e.entities, measure.VerifyOptions{})
		fmt.Fprintf(w, "| %s | %s | %d | %s%s | %s%s, bar %.0f %%: %s | %s |\n", ink, way, n, percent(plain.EER), within(plain.EERBetween), percent(norm.EER), within(norm.EERBetween),
			100*signatureEER, bar(norm.EER <= signatureEER), percent(measure.Mean(measure.EERByEntity(e.nearest, e.genuine, e.entities))))
	}
}
