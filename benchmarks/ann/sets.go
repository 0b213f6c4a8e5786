package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/internal/datasets"
	"github.com/doppeldb/doppel/internal/f32"
	"github.com/doppeldb/doppel/internal/synth"
	"github.com/doppeldb/doppel/record"
)

// set is vectors to index and vectors to ask for, of unit length.
type set struct {
	name, what    string
	dim           int
	base, queries []float32 // (n, dim), (nq, dim)
}

func (s *set) n() int  { return len(s.base) / s.dim }
func (s *set) nq() int { return len(s.queries) / s.dim }

const (
	titles  = 100_000
	queries = 1000
	seed    = 20260101
)

// makeSet makes the set of a letter.
func makeSet(name string) (*set, error) {
	rng := rand.New(rand.NewPCG(seed, 0))
	switch name {
	case "a":
		return gaussians(rng), nil
	case "b", "c":
		base, err := titleVariants(rng)
		if err != nil {
			return nil, err
		}
		s := &set{name: name, what: fmt.Sprintf("%d product titles, doppel's encoder", len(base))}
		asked := edits(rng, base, queries)
		if name == "c" {
			for range titles / 5 {
				base = append(base, base[rng.IntN(titles)])
			}
			base = append(base, edits(rng, base[:titles], titles/5)...)
			rng.Shuffle(len(base), func(i, j int) { base[i], base[j] = base[j], base[i] })
			s.what += ", 20 % of them once more and 20 % slightly edited"
		}
		return s, s.encode(base, asked)
	case "d":
		base := make([]string, 0, 1_000_000)
		for _, row := range synth.Rows(synth.Options{Seed: seed, Rows: 1_000_000}) {
			base = append(base, row[1])
		}
		s := &set{name: name, what: "1,000,000 generated product titles, doppel's encoder"}
		return s, s.encode(base, edits(rng, base, queries))
	}
	return nil, fmt.Errorf("no set %q: use a, b, c or d", name)
}

// gaussians is a mixture of 500 in a latent space of 24 dimensions, projected to
// 128, with a little noise on all of them.
func gaussians(rng *rand.Rand) *set {
	const latent, dim, clusters = 24, 128, 500
	normal := func(n int) []float32 {
		out := make([]float32, n)
		for i := range out {
			out[i] = float32(rng.NormFloat64())
		}
		return out
	}
	projection, centres := normal(latent*dim), normal(clusters*latent)
	draw := func(n int) []float32 {
		out := make([]float32, n*dim)
		for i := range n {
			v := out[i*dim:][:dim]
			c := rng.IntN(clusters)
			for j := range latent {
				f32.Axpy(centres[c*latent+j]+0.5*float32(rng.NormFloat64()), projection[j*dim:][:dim], v)
			}
			for j := range v {
				v[j] += 0.1 * float32(rng.NormFloat64())
			}
			f32.Normalize(v)
		}
		return out
	}
	return &set{name: "a", what: "100,000 of 500 Gaussians in 24 dimensions, projected", dim: dim,
		base: draw(100_000), queries: draw(queries)}
}

// titleVariants gives the real titles of the catalog set, filled up with edits of them.
func titleVariants(rng *rand.Rand) ([]string, error) {
	real, err := datasets.LoadTitles()
	if err != nil {
		return nil, err
	}
	real = real[:min(len(real), titles)]
	all := append(slices.Clone(real), edits(rng, real, titles-len(real))...)
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all, nil
}

// edits gives n of the titles as another merchant may write them: a word left out,
// two exchanged, or one letter lost.
func edits(rng *rand.Rand, from []string, n int) []string {
	out := make([]string, n)
	for i := range out {
		words := strings.Fields(from[rng.IntN(len(from))])
		switch at := rng.IntN(len(words)); {
		case len(words) < 3 || rng.IntN(3) == 0:
			if w := words[at]; len(w) > 3 {
				words[at] = w[:1] + w[2:]
			} else {
				words = append(words, "new")
			}
		case rng.IntN(2) == 0:
			words = slices.Delete(words, at, at+1)
		default:
			to := rng.IntN(len(words))
			words[at], words[to] = words[to], words[at]
			words[rng.IntN(len(words))] += "s"
		}
		out[i] = strings.Join(words, " ")
	}
	return out
}

// encode fits an encoder on the titles and makes the vectors.
func (s *set) encode(base, asked []string) error {
	ctx := context.Background()
	schema := record.Schema{{Name: "title", Kind: record.Text}}
	rowsOf := func(titles []string) encoder.Rows {
		return func(i int) []string { return titles[i : i+1] }
	}
	e, err := encoder.Fit(ctx, schema, len(base), rowsOf(base), encoder.Options{})
	if err != nil {
		return err
	}
	s.dim = e.Dim()
	s.base, s.queries = make([]float32, len(base)*s.dim), make([]float32, len(asked)*s.dim)
	if err := e.EncodeAll(ctx, len(base), rowsOf(base), s.base, 0); err != nil {
		return err
	}
	return e.EncodeAll(ctx, len(asked), rowsOf(asked), s.queries, 0)
}
