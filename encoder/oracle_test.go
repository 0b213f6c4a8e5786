package encoder

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/internal/text"
	"github.com/doppeldb/doppel/record"
)

// naiveFeatures is what a value is made of, said as plainly as possible: words and
// the n-grams of " word ", each with its number of occurrences.
func naiveFeatures(value string) map[string]int {
	counts := map[string]int{}
	var s text.Splitter
	for _, t := range s.Split(value) {
		if t.Role&text.IsWord != 0 {
			counts["w"+string(t.Text)]++
		}
		if t.Role&text.IsGrams == 0 {
			continue
		}
		padded := []rune(" " + string(t.Text) + " ")
		for n := minGram; n <= maxGram; n++ {
			for i := 0; i+n <= len(padded); i++ {
				counts["g"+string(padded[i:i+n])]++
			}
		}
	}
	return counts
}

func naiveHash(feature string) uint64 {
	if feature[0] == 'w' {
		return hashRunes(seedWord, []rune(feature[1:]))
	}
	return hashRunes(seedGram, []rune(feature[1:]))
}

// naiveIDF counts records with maps.
func naiveIDF(schema record.Schema, rows [][]string, logBuckets int) []float64 {
	df := make([]int, 1<<logBuckets)
	for _, row := range rows {
		seen := map[uint64]bool{}
		for f, v := range row {
			if schema[f].Kind == record.Number || schema[f].Kind == record.Ignore {
				continue
			}
			for feature := range naiveFeatures(v) {
				seen[naiveHash(feature)>>(64-logBuckets)] = true
			}
		}
		for b := range seen {
			df[b]++
		}
	}
	idf := make([]float64, len(df))
	for b, n := range df {
		idf[b] = math.Log(float64(1+len(rows))/float64(1+n)) + 1
	}
	return idf
}

func naiveEncode(schema record.Schema, idf []float64, logBuckets, dim int, row []string) []float64 {
	v := make([]float64, dim)
	for f, value := range row {
		if schema[f].Kind == record.Number || schema[f].Kind == record.Ignore {
			continue
		}
		for feature, count := range naiveFeatures(value) {
			h := naiveHash(feature)
			// The position is h's low 40 bits as a fraction of their range, times dim.
			at := new(big.Int).SetUint64(h & (1<<40 - 1))
			at.Rsh(at.Mul(at, big.NewInt(int64(dim))), 40)
			w := (1 + math.Log(float64(count))) * idf[h>>(64-logBuckets)]
			if h&1 == 1 {
				w = -w
			}
			v[at.Int64()] += w
		}
	}
	var sum float64
	for _, x := range v {
		sum += x * x
	}
	for i := range v {
		if sum > 0 {
			v[i] /= math.Sqrt(sum)
		}
	}
	return v
}

func TestAgainstNaive(t *testing.T) {
	rows := shopRows(400)
	rows = append(rows,
		[]string{`aaaa aaaa aaaa kdl-40v3000 40" 500 gb 1,299.00`, "Łódź", "5", "(310)246-1501", "x"},
		[]string{strings.Repeat("na ", 200), "", "", "", ""}, // counts beyond the table of logarithms
		[]string{madeUpLong(20000), "", "", "", ""},
		[]string{"", "", "", "", ""}, []string{"索尼 电视", "한국", "", "é", ""},
	)
	for _, opts := range []Options{{Dim: 256, LogBuckets: 18}, {Dim: 100, LogBuckets: 8}, {Dim: 1000, LogBuckets: 12}} {
		e := mustFit(t, shopSchema, rows, opts)
		idf := naiveIDF(shopSchema, rows, opts.LogBuckets)
		for b, want := range idf {
			if math.Abs(float64(e.idf[b])-want) > 1e-5 {
				t.Fatalf("%+v: idf[%d] = %v, want %v", opts, b, e.idf[b], want)
			}
		}
		s, got := e.NewSession(), make([]float32, opts.Dim)
		for _, row := range rows {
			s.Encode(row, got)
			for i, want := range naiveEncode(shopSchema, idf, opts.LogBuckets, opts.Dim, row) {
				if math.Abs(float64(got[i])-want) > 1e-5 {
					t.Fatalf("%+v: %.60q: number %d is %v, want %v", opts, row, i, got[i], want)
				}
			}
		}
	}
}

// The bag grows from any size and counts the same.
func TestBagGrows(t *testing.T) {
	value := madeUpLong(1 << 17)
	b := newBag(18)
	b.fill(record.Text, value)
	want := naiveFeatures(value)
	if len(b.feats) != len(want) || len(b.table) <= len(b.feats) {
		t.Fatalf("%d features in a table of %d, want %d", len(b.feats), len(b.table), len(want))
	}
	counts := make(map[uint64]int, len(want))
	for f, n := range want {
		counts[naiveHash(f)] = n
	}
	for _, f := range b.feats {
		if counts[f.hash] != int(f.count) {
			t.Fatalf("hash %x counted %d, want %d", f.hash, f.count, counts[f.hash])
		}
	}
}

// Positions, signs and buckets of many words are evenly spread: chi-square within
// five standard deviations of its mean.
func TestHashSpreads(t *testing.T) {
	const words, dim = 100000, 256
	pos, sign, bucket := make([]int, dim), make([]int, 2), make([]int, 1<<8)
	for i := range words {
		h := naiveHash("w" + strings.Repeat("x", i%3) + string(rune('a'+i%26)) + string(rune(0x4e00+i/26)))
		v := make([]float32, dim)
		(&bag{shift: 0, feats: []feature{{h, 1}}}).sketchAt(v)
		for p, x := range v {
			if x != 0 {
				pos[p]++
			}
		}
		sign[h&1]++
		bucket[h>>56]++
	}
	for name, counts := range map[string][]int{"position": pos, "sign": sign, "bucket": bucket} {
		want, chi := float64(words)/float64(len(counts)), 0.
		for _, n := range counts {
			chi += (float64(n) - want) * (float64(n) - want) / want
		}
		free := float64(len(counts) - 1)
		if chi > free+5*math.Sqrt(2*free) {
			t.Errorf("%s: chi-square %.0f for %.0f degrees of freedom", name, chi, free)
		}
	}
}

// sketchAt writes the features of b with weight 1.
func (b *bag) sketchAt(v []float32) {
	for _, f := range b.feats {
		one := bag{shift: 63, feats: []feature{f}}
		one.sketch(v, []float32{1, 1}, 1)
	}
}

// The sketch keeps the tf-idf cosine of titles: no bias, and an error that
// falls with the root of Dim.
func TestSketchKeepsCosine(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	var rows [][]string
	for range 200 {
		a := madeUpTitle(r)
		rows = append(rows, []string{a}, []string{madeUpWord(r, 100) + a[10:] + " " + madeUpWord(r, 100)})
	}
	for _, c := range []struct {
		dim   int
		bound float64 // 1.2 times what was measured
	}{{256, .045}, {1024, .023}} {
		e := mustFit(t, record.Schema{{Name: "title", Kind: record.Text}}, rows, Options{Dim: c.dim})
		v := encodeAll(t, e, rows, 1)
		var abs, signed float64
		n := 0
		for i := range rows {
			for _, j := range []int{i ^ 1, (i + 7) % len(rows), (i + 20) % len(rows)} {
				d := dot(v[i*c.dim:(i+1)*c.dim], v[j*c.dim:(j+1)*c.dim]) - exactCosine(e, rows[i][0], rows[j][0])
				abs, signed, n = abs+math.Abs(d), signed+d, n+1
			}
		}
		abs, signed = abs/float64(n), signed/float64(n)
		t.Logf("dim %d: mean error %.4f, mean absolute error %.4f", c.dim, signed, abs)
		if abs > c.bound || math.Abs(signed) > .01 {
			t.Errorf("dim %d: mean error %.4f, mean absolute error %.4f, want under %v", c.dim, signed, abs, c.bound)
		}
	}
}

// exactCosine is tf-idf over the features themselves, without a sketch.
func exactCosine(e *Encoder, a, b string) float64 {
	weigh := func(value string) (w map[string]float64, norm float64) {
		w = map[string]float64{}
		for f, n := range naiveFeatures(value) {
			w[f] = (1 + math.Log(float64(n))) * float64(e.idf[naiveHash(f)>>(64-e.logBuckets)])
			norm += w[f] * w[f]
		}
		return w, math.Sqrt(norm)
	}
	wa, na := weigh(a)
	wb, nb := weigh(b)
	var sum float64
	for f, x := range wa {
		sum += x * wb[f]
	}
	return sum / na / nb
}

func dot(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}
