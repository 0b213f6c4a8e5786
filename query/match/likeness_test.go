package match

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// phones is a collection of one kind of thing, with misspelt copies and variants of the first record.
func phones(more ...string) [][]string {
	rows := titles(more...)
	for i := range 40 {
		rows = append(rows, []string{fmt.Sprintf("%s %s phone %dgb %s unlocked",
			[]string{"nokia", "samsung", "motorola", "apple"}[i%4], []string{"galaxy", "lumia", "razor", "note", "mini"}[i%5],
			[]int{16, 32, 64, 128}[i/4%4], []string{"black", "white", "silver"}[i%3])})
	}
	return rows
}

func TestLikeness(t *testing.T) {
	rows := phones(
		"nokia galaxy phone 32gb black unlocked",  // 0
		"Nokia Galaxy Phone, 32 GB, Black",        // 1: a copy that says less
		"nokai galxy phone 32gb blk unlocked",     // 2: a misspelt one
		"nokia galaxy phone 64gb black unlocked",  // 3: a variant
		"nokia galaxy phone 32gb white unlocked",  // 4: a variant
		"nokia lumia phone 32gb black unlocked",   // 5: another model
		"coffee beans arabica",                    // 6: something else
		"",                                        // 7: nothing
		"unlocked phone nokia 32gb galaxy black",  // 8: reordered
		"nokia galaxy phone 32gb black unlocked!", // 9: equal but for a separator
	)
	c := corpusOf(t, schemaOf(t, "title:text"), rows, nil)
	p := piecesOf(t, c)
	l := newLikeness(p, c)
	a, f := newAligner(p, l.tells, c.name), newFacts(1)
	of := func(i, j int) float64 { return l.of(a, f, i, j) }
	for _, same := range []int{1, 2, 8, 9} {
		for _, other := range []int{3, 4, 5, 6, 7} {
			if x, y := of(0, same), of(0, other); x <= y+.1 {
				t.Errorf("%q is %.3f like the first, %q is %.3f", rows[same], x, rows[other], y)
			}
		}
	}
	for i := range 10 {
		for j := range 10 {
			x := of(i, j)
			if x < 0 || x >= 1 || math.Abs(x-of(j, i)) > 1e-6 {
				t.Errorf("%d and %d: %v one way, %v the other", i, j, x, of(j, i))
			}
		}
	}
	if x := of(7, 7); x != 0 {
		t.Errorf("records without text are %v alike", x)
	}
	if math.Abs(of(0, 8)-of(0, 0)) > 1e-6 || math.Abs(of(0, 9)-of(0, 0)) > 1e-6 {
		t.Error("order and separators count")
	}
}

func TestScoresDoNotDependOnThreads(t *testing.T) {
	c := corpusOf(t, schemaOf(t, "title:text"), phones("nokia", "samsung phone 16gb"), nil)
	l := newLikeness(piecesOf(t, c), c)
	var pairs []pairIDs
	for i := range uint32(c.len()) {
		for j := range i {
			pairs = append(pairs, pairIDs{j, i})
		}
	}
	first := func(least float64, threads int) ([]float32, *outlines) {
		s, o, err := l.first(context.Background(), pairs, least, threads)
		if err != nil {
			t.Fatal(err)
		}
		return s, o
	}
	one, can := first(lowestMerge, 1)
	four, can4 := first(lowestMerge, 4)
	if !slices.Equal(one, four) || !reflect.DeepEqual(can, can4) {
		t.Error("scores differ")
	}
	hopeful := map[int32]bool{}
	for _, b := range can.blocks {
		for _, h := range b.heads {
			hopeful[h.pair] = true
		}
	}
	if len(hopeful) != can.pairs || len(hopeful) == 0 || len(hopeful) == len(pairs) {
		t.Fatalf("%d of %d pairs can be accepted, %d are counted", len(hopeful), len(pairs), can.pairs)
	}
	// What an outline gives is what an alignment gives, whatever words tell.
	_, all := first(0, 1)
	rng := rand.New(rand.NewPCG(15, 1))
	for id := range l.tells {
		l.tells[id] = rng.Float32()
	}
	scores := func() []float32 {
		s := slices.Clone(one)
		if err := l.scores(context.Background(), pairs, all, s, 3); err != nil {
			t.Fatal(err)
		}
		return s
	}
	a, f := newAligner(l.t, l.tells, c.name), newFacts(1)
	for p, s := range scores() {
		if want := l.of(a, f, int(pairs[p].left), int(pairs[p].right)); math.Abs(float64(s)-want) > 1e-6 {
			t.Fatalf("pair %v: %v by its outline, %v by its alignment", pairs[p], s, want)
		}
	}
	// A pair that is given up can never be accepted, even if no word tells anything.
	clear(l.tells)
	for p, s := range scores() {
		if s < four[p] {
			t.Errorf("pair %v: %v with telling words, %v without", pairs[p], four[p], s)
		}
		if hopeful[int32(p)] != (s >= lowestMerge) {
			t.Errorf("pair %v can reach %v, hopeful: %v", pairs[p], s, hopeful[int32(p)])
		}
	}
}

// outlined gives the outlines of all pairs.
func outlined(t *testing.T, l *likeness, pairs []pairIDs) *outlines {
	t.Helper()
	_, o, err := l.first(context.Background(), pairs, 0, 2)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// In a collection whose copies carry changing decoration, and whose variants differ
// in a model, decoration ends with small tells, models and sizes with large ones.
func TestLearnTells(t *testing.T) {
	rng := rand.New(rand.NewPCG(14, 1))
	decoration := []string{"new", "sale", "original", "warranty", "shipping", "bestseller", "genuine", "boxed"}
	models := []string{"alpha", "bravo", "gamma", "delta", "epsilon", "zeta", "theta", "kappa"}
	var rows [][]string
	var group []uint32
	for _, model := range models {
		for size := range 5 {
			first := uint32(len(rows))
			for range 4 {
				rows = append(rows, []string{fmt.Sprintf("sony %s drive %dgb %s", model, 16<<size, decoration[rng.IntN(len(decoration))])})
				group = append(group, first)
			}
		}
	}
	c := corpusOf(t, schemaOf(t, "title:text"), rows, nil)
	l := newLikeness(piecesOf(t, c), c)
	var pairs []pairIDs
	for i := range uint32(len(rows)) {
		for j := range i {
			pairs = append(pairs, pairIDs{j, i})
		}
	}
	if err := l.learn(context.Background(), pairs, outlined(t, l, pairs), group, .05*float64(len(rows)), 2); err != nil {
		t.Fatal(err)
	}
	tell := func(w string) float32 { return l.tells[slices.Index(l.t.vocab, w)] }
	worst := float32(1)
	for _, w := range append(models, "16gb", "64gb", "256gb") {
		worst = min(worst, tell(w))
	}
	for _, w := range decoration {
		if tell(w) > worst-.3 {
			t.Errorf("%q tells %.2f, a model or a size %.2f", w, tell(w), worst)
		}
	}
	if worst < .5 {
		t.Errorf("a model or a size tells %.2f", worst)
	}
	again := newLikeness(l.t, c)
	if err := again.learn(context.Background(), pairs, outlined(t, l, pairs), group, .05*float64(len(rows)), 1); err != nil || !slices.Equal(again.tells, l.tells) {
		t.Error("what is learned depends on the threads")
	}
}

func TestTelling(t *testing.T) {
	slot := outcomes{agreeIn: 100, clashIn: 10, agreeOut: 50, clashOut: 500}
	identifying := telling(outcomes{agreeIn: 40, clashOut: 200}, slot, 5)
	decorating := telling(outcomes{agreeIn: 10, clashIn: 60, agreeOut: 100, clashOut: 100}, slot, 5)
	unseen := telling(outcomes{}, slot, 5)
	if !(decorating < unseen && unseen < identifying) || decorating < 0 || identifying > 1 {
		t.Errorf("decoration %v, unseen %v, identity %v", decorating, unseen, identifying)
	}
	if x := telling(outcomes{}, outcomes{}, 0); !(x >= 0 && x <= 1) {
		t.Errorf("nothing seen at all: %v", x)
	}
}
