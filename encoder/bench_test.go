package encoder

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/internal/datasets"
	"github.com/doppeldb/doppel/record"
)

// benchTitles is more titles than fit the caches: with a handful the weight
// table stays in L1 and the figure is too good.
const (
	benchTitles = 20000
	titleLength = 70 // characters; what the bar on titles/s is about
)

// someTitles gives real titles when the data is there, else made-up ones, cut to titleLength.
func someTitles(b *testing.B) [][]string {
	b.Helper()
	real, err := datasets.LoadTitles()
	if err != nil {
		b.Logf("generated titles: %v", err)
	}
	var rows [][]string
	for _, t := range real {
		if len(t) >= titleLength && len(rows) < benchTitles {
			rows = append(rows, []string{strings.ToValidUTF8(t[:titleLength], "")})
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for len(rows) < benchTitles {
		rows = append(rows, []string{madeUpTitle(r)[:titleLength]})
	}
	return rows
}

// madeUpTitle has a maker, a model number, a size and words of a skewed vocabulary; over 70 bytes.
func madeUpTitle(r *rand.Rand) string {
	var t strings.Builder
	fmt.Fprintf(&t, "%s %s-%d%s %d inch", madeUpWord(r, 200), madeUpWord(r, 50), r.IntN(10000), madeUpWord(r, 30), r.IntN(70))
	for t.Len() < 80 {
		t.WriteByte(' ')
		t.WriteString(madeUpWord(r, 5000))
	}
	return t.String()
}

// madeUpWord is one of n words, the first ones far more often.
func madeUpWord(r *rand.Rand, n int) string {
	x := r.Float64()
	id := int(x * x * x * float64(n))
	w := rand.New(rand.NewPCG(uint64(id), 3))
	letters := make([]byte, 3+w.IntN(7))
	for i := range letters {
		letters[i] = "etaoinshrdlcumwfgypbvk"[w.IntN(22)]
	}
	return string(letters)
}

func BenchmarkEncodeTitle(b *testing.B) {
	rows := someTitles(b)
	e := mustFit(b, record.Schema{{Name: "title", Kind: record.Text}}, rows, Options{})
	s, v := e.NewSession(), make([]float32, e.Dim())
	for i := 0; b.Loop(); i++ {
		s.Encode(rows[i%len(rows)], v)
	}
	features := 0
	for _, row := range rows {
		s.bag.fill(record.Text, row[0])
		features += len(s.bag.feats)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "titles/s")
	b.ReportMetric(float64(features)/float64(len(rows)), "features/title")
}

func BenchmarkFit(b *testing.B) {
	rows := someTitles(b)
	schema := record.Schema{{Name: "title", Kind: record.Text}}
	for b.Loop() {
		mustFit(b, schema, rows, Options{Threads: 1})
	}
	b.ReportMetric(float64(b.N)*float64(len(rows))/b.Elapsed().Seconds(), "titles/s")
}

func mustFit(tb testing.TB, schema record.Schema, rows [][]string, opts Options) *Encoder {
	tb.Helper()
	e, err := Fit(context.Background(), schema, len(rows), func(i int) []string { return rows[i] }, opts)
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

// What a title costs, step by step: cutting it into words, hashing and counting their n-grams,
// adding them up by a table of weights that stays in the L1 cache, and by the real one of 1 MB.
func BenchmarkEncodeParts(b *testing.B) {
	rows := someTitles(b)
	schema := record.Schema{{Name: "title", Kind: record.Text}}
	whole, small := mustFit(b, schema, rows, Options{}), mustFit(b, schema, rows, Options{LogBuckets: 8})
	v := make([]float32, whole.Dim())
	bag := newBag(whole.logBuckets)
	inCache, real := small.NewSession(), whole.NewSession()
	for _, part := range []struct {
		name string
		run  func(title []string)
	}{
		{"words", func(t []string) { bag.split.Split(t[0]) }},
		{"words+hashes", func(t []string) { bag.fill(record.Text, t[0]) }},
		{"all,weights-in-L1", func(t []string) { inCache.Encode(t, v) }},
		{"all", func(t []string) { real.Encode(t, v) }},
	} {
		b.Run(part.name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				part.run(rows[i%len(rows)])
			}
		})
	}
}
