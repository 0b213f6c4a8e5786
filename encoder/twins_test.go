package encoder

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/doppeldb/doppel/encoder/loss"
	"github.com/doppeldb/doppel/record"
)

// numbered gives n rows that all say something else, but for the copies listed.
func numbered(n int, same ...[2]int) Rows {
	rows := make([][]string, n)
	for i := range rows {
		rows[i] = []string{string(rune('a'+i)) + "x"}
	}
	for _, p := range same {
		rows[p[1]] = []string{" " + string(rune('A'+p[0])) + "X "} // folds to the same
	}
	return func(i int) []string { return rows[i] }
}

// TestRelations: rows 0-5 are left, 6-11 right. 0-6, 1-7, 2-8 and 4-10 match; 3 and 9 have no known
// partner, 5-11 neither; row 9 says the same as row 1.
func TestRelations(t *testing.T) {
	pairs := []Twin{{0, 6, true}, {1, 7, true}, {2, 8, true}, {4, 10, true}, {3, 9, false}, {2, 6, false}, {3, 11, false}}
	labels, err := newTwins(12, 6, pairs, numbered(12, [2]int{1, 9}))
	if err != nil {
		t.Fatal(err)
	}
	if !labels.exclusive || len(labels.groups) != 4 || labels.disputed != 0 {
		t.Fatalf("exclusive %v, groups %v, disputed %d", labels.exclusive, labels.groups, labels.disputed)
	}
	rows := []uint32{0, 1, 2, 3, 5, 6, 7, 9, 11}
	rel := make([]loss.Relation, 81)
	labels.relate(rows, rel)
	at := func(a, b uint32) loss.Relation { return rel[slices.Index(rows, a)*9+slices.Index(rows, b)] }
	for _, c := range []struct {
		a, b uint32
		want loss.Relation
		why  string
	}{
		{0, 6, loss.Match, "labelled"}, {0, 0, loss.Masked, "itself"}, {0, 1, loss.Masked, "one source"}, {6, 7, loss.Masked, "one source"},
		{0, 7, loss.Differ, "both have partners"}, {3, 6, loss.Differ, "6 has its partner"}, {3, 9, loss.Differ, "labelled"},
		{5, 9, loss.Masked, "nobody knows"}, {1, 9, loss.Masked, "they say the same"}, {0, 9, loss.Differ, "0 has its partner"}, {2, 6, loss.Differ, "labelled"},
	} {
		if at(c.a, c.b) != c.want || at(c.b, c.a) != c.want || labels.judge(c.a, c.b) != c.want {
			t.Errorf("%d and %d (%s): %v, mirrored %v, alone %v, want %v", c.a, c.b, c.why, at(c.a, c.b), at(c.b, c.a), labels.judge(c.a, c.b), c.want)
		}
	}
	labels.relateJudged(rows, rel)
	if at(0, 6) != loss.Match || at(0, 7) != loss.Masked || at(3, 9) != loss.Differ || at(11, 3) != loss.Differ {
		t.Error("relateJudged sees more or less than the labels")
	}
}

// Many partners: transitive closure matches, contradictions are masked, an unlabelled record is nobody's non-match.
func TestRelationsOfGroups(t *testing.T) {
	pairs := []Twin{{0, 1, true}, {1, 2, true}, {2, 3, true}, {0, 2, true}, {1, 3, true}, {4, 5, true}, {0, 3, false}, {0, 4, false}, {6, 7, false}}
	labels, err := newTwins(8, 8, pairs, numbered(8))
	if err != nil {
		t.Fatal(err)
	}
	if labels.exclusive || labels.disputed != 1 || len(labels.groups) != 2 {
		t.Errorf("exclusive %v, disputed %d, groups %v", labels.exclusive, labels.disputed, labels.groups)
	}
	rows := []uint32{0, 1, 2, 3, 4, 5, 6, 7}
	rel := make([]loss.Relation, 64)
	labels.relate(rows, rel)
	for _, c := range []struct {
		a, b int
		want loss.Relation
	}{{0, 3, loss.Masked}, {1, 2, loss.Match}, {0, 2, loss.Match}, {0, 4, loss.Differ}, {3, 5, loss.Differ}, {0, 6, loss.Masked}, {6, 7, loss.Differ}} {
		if rel[c.a*8+c.b] != c.want || rel[c.b*8+c.a] != c.want {
			t.Errorf("%d and %d: %v, want %v", c.a, c.b, rel[c.a*8+c.b], c.want)
		}
	}
}

// Every match is in a batch of its epoch, no row twice in a batch, and sizes are near each other.
func TestBatches(t *testing.T) {
	_, set := shops(200)
	labels, err := newTwins(400, 200, set.Train, numbered(400))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range Samplings() {
		b := &batcher{t: labels, size: 16, sampling: s, perGroup: 2}
		batches := b.epoch(rand.New(rand.NewPCG(1, uint64(s))))
		if len(batches) != b.count() || len(batches) < 2 {
			t.Errorf("%v: %d batches, announced %d", s, len(batches), b.count())
		}
		seen := map[uint32]bool{}
		for _, rows := range batches {
			sorted := slices.Clone(rows)
			slices.Sort(sorted)
			if len(slices.Compact(sorted)) != len(rows) {
				t.Errorf("%v: a row is in a batch twice", s)
			}
			for _, row := range rows {
				seen[row] = true
			}
		}
		for _, m := range labels.matches {
			if !seen[m.Left] || !seen[m.Right] {
				t.Errorf("%v: %+v is in no batch", s, m)
			}
		}
	}
}

func TestRetrieval(t *testing.T) {
	// Vectors are read off the rows by a plain encoder of single words.
	rows := [][]string{{"alpha"}, {"beta"}, {"gamma"}, {"beta alpha"}, {"beta"}, {"delta"}, {"gamma delta"}}
	schema := record.Schema{{Name: "t"}}
	e := mustFit(t, schema, rows, Options{})
	row := func(i int) []string { return rows[i] }
	ask := func(left int, pairs []Twin) found {
		got, err := newRetrieval(len(rows), left, pairs, row, 0).ask(context.Background(), e, 1)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	// 0 finds 3 first; 1 finds 4 first and 3 second; 2 finds 6 first.
	if got := ask(3, []Twin{{0, 3, true}, {1, 4, true}, {2, 6, true}, {0, 5, false}}); got.mrr != 1 || got.recall != 1 {
		t.Errorf("%+v", got)
	}
	if got := ask(3, []Twin{{1, 3, true}}); got.mrr != .5 {
		t.Errorf("second place: %+v", got)
	}
	if got := ask(3, []Twin{{1, 3, true}, {1, 4, true}, {1, 4, true}}); got.mrr != 1 {
		t.Errorf("another match of the query is in the way: %+v", got)
	}
	// Without sides both records ask, and none finds itself.
	if got := ask(7, []Twin{{1, 4, true}}); got.mrr != 1 {
		t.Errorf("one collection: %+v", got)
	}
}

// A mined row is near, not known to match, and not suspiciously near.
func TestMining(t *testing.T) {
	start, rows, set := shopStart(t, 90)
	tn, err := newTuning(start, len(rows), func(i int) []string { return rows[i] }, set, TuneOptions{Sampling: MinedNeighbours}.withDefaults(32))
	if err != nil {
		t.Fatal(err)
	}
	if err := tn.mine(context.Background(), epochsBeforeMining); err != nil || tn.batches.mined != nil {
		t.Fatalf("mined too early: %v", err)
	}
	asked := 0
	tn.opts.Neighbours = func(ctx context.Context, q, p []float32, dim, k int) ([][]int, error) {
		asked = k
		return scan(0)(ctx, q, p, dim, k)
	}
	if err := tn.mine(context.Background(), epochsBeforeMining+1); err != nil || asked != minedDepth {
		t.Fatalf("%v, asked for %d", err, asked)
	}
	v, found := encodeAll(t, tn.net.encoder(), rows, 1), 0
	at := func(i uint32) []float32 { return v[i*32 : (i+1)*32] }
	for m, list := range tn.batches.mined {
		match := tn.twins.matches[m]
		for _, row := range list {
			found++
			if r := tn.twins.judge(match.Left, row); r != loss.Differ {
				t.Errorf("%d was mined for %+v: relation %v", row, match, r)
			}
			if dot(at(match.Left), at(row)) > suspicious*dot(at(match.Left), at(match.Right))+1e-5 {
				t.Errorf("%d is suspiciously near to %d", row, match.Left)
			}
		}
	}
	if found < len(tn.twins.matches) {
		t.Errorf("%d rows mined for %d matches", found, len(tn.twins.matches))
	}
}

func TestMiningRefusesNonsense(t *testing.T) {
	start, rows, set := shopStart(t, 60)
	for name, answer := range map[string]func(n int) [][]int{
		"too few": func(n int) [][]int { return make([][]int, n-1) },
		"no row":  func(n int) [][]int { out := make([][]int, n); out[0] = []int{1 << 30}; return out },
		"below 0": func(n int) [][]int { out := make([][]int, n); out[0] = []int{-1}; return out },
	} {
		opts := TuneOptions{Sampling: MinedNeighbours, Patience: 20, Neighbours: func(_ context.Context, q, _ []float32, dim, _ int) ([][]int, error) {
			return answer(len(q) / dim), nil
		}}
		if _, _, err := tune(context.Background(), start, rows, set, opts); !errors.Is(err, ErrOptions) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A vector that is not finite must not be found.
func TestRetrievalOfNaN(t *testing.T) {
	r := &retrieval{queries: []uint32{0}, wanted: [][]uint32{{2}}, pool: []uint32{1, 2, 3}, at: map[uint32]int{1: 0, 2: 1, 3: 2}}
	nan := float32(math.NaN())
	for _, sims := range [][]float32{{nan, nan, nan}, {.5, nan, .1}, {nan, .5, nan}} {
		if got := r.rank(0, sims); got[0] != 3 {
			t.Errorf("%v: rank %v", sims, got)
		}
	}
}

func TestNearestOf(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 200 {
		sims := make([]float32, r.IntN(30))
		order := make([]int, len(sims))
		for i := range sims {
			sims[i], order[i] = float32(r.IntN(8)), i
		}
		slices.SortStableFunc(order, func(a, b int) int { return int(sims[b]) - int(sims[a]) })
		k := 1 + r.IntN(10)
		if got := nearestOf(sims, k); !slices.Equal(got, order[:min(k, len(order))]) {
			t.Fatalf("%v, k %d: %v, want %v", sims, k, got, order)
		}
	}
}
