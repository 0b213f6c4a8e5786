package match

import (
	"math"
	"testing"

	"github.com/doppeldb/doppel/internal/synth"
)

func TestSteadiness(t *testing.T) {
	for _, c := range []struct {
		name                                 string
		agreeIn, clashIn, agreeOut, clashOut uint32
		low, high                            float64
	}{
		{"nothing seen", 0, 0, 0, 0, 0, 0},
		{"never agrees, as prices do", 0, 400, 0, 900, 0, 0},
		{"copies do not differ", 3000, 7, 5900, 6900, 1, 1},
		{"copies differ now and then", 3000, 60, 5900, 6900, .4, .6},
		{"copies differ", 3000, 120, 5900, 6900, 0, 0},
		{"no crowd", 6400, 9, 100, 30, 0, 0},
		{"too few pairs to say so", 20, 0, 10, 40, 0, 0},
	} {
		if got := (outcomes{c.agreeIn, c.clashIn, c.agreeOut, c.clashOut}).steadiness(); got < c.low || got > c.high {
			t.Errorf("%s: %v, want %v to %v", c.name, got, c.low, c.high)
		}
	}
}

// Nothing in common in a steady field takes a pair down, by alignment and by outline alike.
func TestApart(t *testing.T) {
	rows := [][]string{{"lapland dome tent", "kespello"}, {"lapland dome tent sand", "gribbarde"}, {"lapland dome tent", "kespello ltd"}, {"lapland dome tent", ""}}
	rows = append(rows, backgroundOf(2)...)
	c := corpusOf(t, schemaOf(t, "title:text maker:category"), rows, nil)
	l := newLikeness(piecesOf(t, c), c)
	pairs := []pairIDs{{0, 1}, {0, 2}, {0, 3}}
	before, o, err := l.first(t.Context(), pairs, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	l.apart[1] = variantScale
	after := make([]float32, len(pairs))
	if err := l.scores(t.Context(), pairs, o, after, 1); err != nil {
		t.Fatal(err)
	}
	a, f := newAligner(l.t, l.tells, c.name), newFacts(len(c.schema))
	for p, ids := range pairs {
		want := float64(before[p])
		if p == 0 {
			want *= math.Exp(-1)
		}
		if aligned := l.of(a, f, int(ids.left), int(ids.right)); math.Abs(float64(after[p])-want) > 1e-4 || math.Abs(aligned-want) > 1e-4 {
			t.Errorf("%v and %v: %v by outline, %v aligned, want %v", rows[ids.left], rows[ids.right], after[p], aligned, want)
		}
	}
}

// Five times as many products are five times as many that look alike: the groups must not be worse for it.
func TestDedupeQualityHolds(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("quality at scale")
	}
	f1 := func(rows int) float64 {
		schema, values, products := catalogue(t, synth.Options{Seed: 7, Rows: rows})
		r := dedupeRows(t, schema, values, Options{})
		return ClusterQuality(r.ClusterOf, products).F1()
	}
	if few, many := f1(2000), f1(10000); many < few-.01 {
		t.Errorf("F1 %.4f of 10,000 products, %.4f of 2,000", many, few)
	} else {
		t.Logf("F1 %.4f of 10,000 products, %.4f of 2,000", many, few)
	}
}
