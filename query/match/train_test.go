package match

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/record"
)

var productSchema = record.Schema{{Name: "title", Kind: record.Text}, {Name: "maker", Kind: record.Text}, {Name: "price", Kind: record.Number}}

// variantShops makes two tables in which right product i is left product i in other
// words, and labels: each product with its partner and with two neighbours, which
// differ from it in a capacity or a code.
func variantShops(n int) (left, right [][]string, labels []Label) {
	rng := rand.New(rand.NewPCG(7, 7))
	makers := []string{"sony", "canon", "bose", "lenovo", "garmin"}
	things := []string{"camera", "headphones", "laptop stand", "usb stick", "router"}
	extra := []string{"wireless", "retail", "black", "new", "series", "with cable"}
	for i := range n {
		maker, thing := makers[i/4%len(makers)], things[i/4%len(things)]
		code := fmt.Sprintf("%c%c-%d", 'a'+i/4%26, 'k'+i/8%10, 100+i/4*7)
		size := []string{"8gb", "16gb", "32gb", "64gb"}[i%4]
		price := 10 + rng.Float64()*90
		left = append(left, []string{fmt.Sprintf("%s %s %s %s", maker, thing, code, size), maker, fmt.Sprintf("%.2f", price)})
		other := []string{fmt.Sprintf("%s %s %s (%s)", extra[rng.IntN(len(extra))], thing, strings.ReplaceAll(code, "-", ""), strings.Replace(size, "gb", " GB", 1)), "", ""}
		if rng.IntN(3) > 0 {
			other[1], other[2] = strings.ToUpper(maker), fmt.Sprintf("%.2f", price*1.05)
		}
		right = append(right, other)
	}
	for i := range n {
		labels = append(labels, Label{Left: uint32(i), Right: uint32(i), Match: true}, Label{Left: uint32(i), Right: uint32(i ^ 1), Match: false}, Label{Left: uint32(i), Right: uint32((i + 4) % n), Match: false})
	}
	return left, right, labels
}

func openShops(t testing.TB, n int) ([]*db.Collection, []Label) {
	left, right, labels := variantShops(n)
	return store(t, productSchema, left, right), labels
}

func mustTrain(t testing.TB, cs []*db.Collection, set TrainSet, o TrainOptions) *Model {
	t.Helper()
	var right *db.Collection
	if len(cs) > 1 {
		right = cs[1]
	}
	m, err := Train(context.Background(), cs[0], right, set, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func modelBytes(t testing.TB, m *Model) []byte {
	t.Helper()
	b, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTrainLearnsWhatTellsVariantsApart(t *testing.T) {
	cs, labels := openShops(t, 120)
	set := TrainSet{Train: labels[:180], Valid: labels[180:240]}
	m := mustTrain(t, cs, set, TrainOptions{Seed: 1})
	test := labels[240:]
	got, err := ScorePairs(context.Background(), cs[0], cs[1], test, m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	wrong := 0
	for k, l := range test {
		if p := got.Pairs[k]; p.Left != l.Left || p.Right != l.Right || math.IsNaN(p.Score) || p.Score < 0 || p.Score > 1 {
			t.Fatalf("pair %d is %v, asked for %v", k, p, l)
		}
		if got.Match(k) != l.Match {
			wrong++
		}
	}
	if wrong > 4 {
		t.Errorf("%d of %d held-out pairs are wrong", wrong, len(test))
	}
	// What is thought of a pair does not depend on the other pairs.
	alone, err := ScorePairs(context.Background(), cs[0], cs[1], test[5:6], m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if alone.Pairs[0] != got.Pairs[5] {
		t.Errorf("alone %v, among others %v", alone.Pairs[0], got.Pairs[5])
	}
	linked, err := Link(context.Background(), cs[0], cs[1], Options{Model: m})
	if err != nil {
		t.Fatal(err)
	}
	checkLink(t, linked, OneToOne)
	truth := map[[2]int]bool{}
	for i := range 120 {
		truth[[2]int{i, i}] = true
	}
	if q := PairQuality(linked.Matches, truth); q.F1() < .95 {
		t.Errorf("link with the model: %v", q)
	}
	if linked.Threshold != m.Scorer.Threshold() || !linked.AutoThreshold {
		t.Errorf("threshold %v, the model's is %v", linked.Threshold, m.Scorer.Threshold())
	}
	x := linked.Explain(linked.Matches[0])
	if len(x.Fields) != 3 || len(x.Evidence) == 0 || x.Evidence[0].Weight <= 0 {
		t.Errorf("a sure match is explained by %+v", x)
	}
}

func TestTrainOnOneCollection(t *testing.T) {
	left, right, labels := variantShops(100)
	cs := store(t, productSchema, append(left, right...))
	for k := range labels {
		labels[k].Right += 100
	}
	m := mustTrain(t, cs, TrainSet{Train: labels[:200]}, TrainOptions{})
	r, err := Dedupe(context.Background(), cs[0], Options{Model: m})
	if err != nil {
		t.Fatal(err)
	}
	checkDedupe(t, r)
	truth := make([]int, 200)
	for i := range truth {
		truth[i] = i % 100
	}
	if q := ClusterQuality(r.ClusterOf, truth); q.F1() < .9 {
		t.Errorf("dedupe with the model: %v", q)
	}
	turned := []Label{{Left: labels[0].Right, Right: labels[0].Left}, labels[0]}
	s, err := ScorePairs(context.Background(), cs[0], nil, turned, m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Pairs[0].Score != s.Pairs[1].Score {
		t.Errorf("a pair and its turned self score %v and %v", s.Pairs[0].Score, s.Pairs[1].Score)
	}
	if m.Summary.Valid != 0 || !math.IsNaN(m.Summary.F1) || !strings.Contains(m.Summary.String(), "cross-validation") {
		t.Errorf("summary without validation: %v", &m.Summary)
	}
}

func TestTrainIsTheSameForAnyNumberOfThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var want []byte
	var wantLink []Pair
	for _, procs := range []int{1, 2, 4} {
		if testing.Short() && procs == 2 {
			continue
		}
		runtime.GOMAXPROCS(procs)
		cs, labels := openShops(t, 60)
		m := mustTrain(t, cs, TrainSet{Train: labels[:120], Valid: labels[120:]}, TrainOptions{Seed: 3})
		got := modelBytes(t, m)
		r, err := Link(context.Background(), cs[0], cs[1], Options{Model: m})
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want, wantLink = got, r.Matches
		}
		if !bytes.Equal(got, want) {
			t.Errorf("GOMAXPROCS=%d gives another model", procs)
		}
		if fmt.Sprint(r.Matches) != fmt.Sprint(wantLink) {
			t.Errorf("GOMAXPROCS=%d gives another link", procs)
		}
	}
	cs, labels := openShops(t, 60)
	if other := mustTrain(t, cs, TrainSet{Train: labels[:120], Valid: labels[120:]}, TrainOptions{Seed: 4}); bytes.Equal(modelBytes(t, other), want) {
		t.Error("another seed gives the same model")
	}
}

func TestTrainRefuses(t *testing.T) {
	cs, labels := openShops(t, 20)
	class := func(match bool, n int) (out []Label) {
		for _, l := range labels {
			if l.Match == match && n > 0 {
				out = append(out, l)
				n--
			}
		}
		return out
	}
	mix := func(matches, others int) []Label { return append(class(true, matches), class(false, others)...) }
	for name, c := range map[string]struct {
		set  []Label
		o    TrainOptions
		want error
		says string
	}{
		"no labels":           {nil, TrainOptions{}, ErrLabels, "no pair to train on"},
		"matches alone":       {class(true, 20), TrainOptions{}, ErrLabels, "all 20 pairs are matches"},
		"no match":            {class(false, 20), TrainOptions{}, ErrLabels, "none of the 20 pairs is a match"},
		"three matches":       {mix(3, 20), TrainOptions{}, ErrLabels, "only 3 matches"},
		"three others":        {mix(20, 3), TrainOptions{}, ErrLabels, "only 3 are no match"},
		"left out of range":   {append(mix(9, 9), Label{Left: 20, Right: 0, Match: true}), TrainOptions{}, ErrLabels, "training pair 19 names left record 20, there are 20"},
		"right likewise":      {append(mix(9, 9), Label{Left: 0, Right: 1 << 31, Match: true}), TrainOptions{}, ErrLabels, "right record 2147483648"},
		"two targets":         {mix(9, 9), TrainOptions{TargetPrecision: .9, TargetRecall: .9}, ErrOptions, "one of them"},
		"target over 1":       {mix(9, 9), TrainOptions{TargetPrecision: 1.5}, ErrOptions, "1.5"},
		"target not a number": {mix(9, 9), TrainOptions{TargetRecall: math.NaN()}, ErrOptions, "NaN"},
		"threads":             {mix(9, 9), TrainOptions{Threads: -1}, ErrOptions, "threads"},
	} {
		_, err := Train(context.Background(), cs[0], cs[1], TrainSet{Train: c.set}, c.o)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Train(context.Background(), cs[0], nil, TrainSet{Train: append(mix(9, 9), Label{Left: 3, Right: 3, Match: true})}, TrainOptions{}); !errors.Is(err, ErrLabels) || !strings.Contains(err.Error(), "with itself") {
		t.Errorf("a record with itself: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Train(ctx, cs[0], cs[1], TrainSet{Train: mix(9, 9)}, TrainOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestTrainWarns(t *testing.T) {
	cs, labels := openShops(t, 30)
	set := TrainSet{Train: append([]Label{}, labels[:60]...), Valid: append([]Label{}, labels[60:]...)}
	set.Train = append(set.Train, labels[0], labels[0])                                                                                                   // twice more
	set.Train = append(set.Train, Label{Left: 1, Right: 20, Match: true}, Label{Left: 1, Right: 20, Match: false})                                        // both ways
	set.Train = append(set.Train, Label{Left: 5, Right: 12, Match: true}, Label{Left: 7, Right: 12, Match: true}, Label{Left: 7, Right: 5, Match: false}) // 5-12, 7-12, 5-5 match, 7-5 does not
	set.Valid = append(set.Valid, labels[3])                                                                                                              // in training too
	m := mustTrain(t, cs, set, TrainOptions{Epochs: -1})
	all := strings.Join(m.Summary.Warnings, "\n")
	for _, want := range []string{
		"training: 2 pairs are given again", "1 pair is labelled both as a match and as none (row1 and row20)",
		"although chains of matches tie the two records together", "row7 and row5", "validation: 1 pair is among the training pairs too",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no warning says %q:\n%s", want, all)
		}
	}
	again, err := UnmarshalModel(modelBytes(t, m))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(again.Summary.Warnings, "\n") != all {
		t.Error("warnings are not kept in the file")
	}
}

func TestNumbersThatAreNone(t *testing.T) {
	left, right, labels := variantShops(40)
	for i, v := range []string{"NaN", "inf", "-Inf", "1e400", "", "n/a", "0", "-5"} {
		left[i][2], right[(i+3)%8][2] = v, v
	}
	cs := store(t, productSchema, left, right)
	m := mustTrain(t, cs, TrainSet{Train: labels}, TrainOptions{Epochs: -1})
	s, err := ScorePairs(context.Background(), cs[0], cs[1], labels, m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for k, p := range s.Pairs {
		if !(p.Score >= 0 && p.Score <= 1) {
			t.Errorf("pair %d scores %v", k, p.Score)
		}
	}
}

func TestTargets(t *testing.T) {
	z := []float64{5, 4, 3, 2, 1, 0, -1, -2}
	y := []bool{true, true, false, true, true, false, true, false}
	for _, c := range []struct {
		precision, recall float64
		accepts           int
	}{{1, 0, 2}, {.75, 0, 5}, {0, .4, 2}, {0, .8, 5}, {0, 1, 7}, {0, 0, 7}} {
		at := cutoff(z, y, c.precision, c.recall)
		n := 0
		for _, v := range z {
			if v >= at {
				n++
			}
		}
		if n != c.accepts {
			t.Errorf("precision %v recall %v: %d accepted, want %d", c.precision, c.recall, n, c.accepts)
		}
	}
}

// Matches between equal records teach an encoder nothing; the scorer learns all the same.
func TestTrainOnCopies(t *testing.T) {
	left, _, labels := variantShops(40)
	cs := store(t, productSchema, left, left)
	m := mustTrain(t, cs, TrainSet{Train: labels}, TrainOptions{})
	s, err := ScorePairs(context.Background(), cs[0], cs[1], labels[:9], m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for k, l := range labels[:9] {
		if s.Match(k) != l.Match {
			t.Errorf("%v scores %v", l, s.Pairs[k].Score)
		}
	}
}
