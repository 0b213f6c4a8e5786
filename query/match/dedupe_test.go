package match

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/doppeldb/doppel/internal/synth"
)

func TestDedupeSmall(t *testing.T) {
	long := []string{"sony bravia kdl-40v3000 lcd tv", "1000"}
	for _, c := range []struct {
		name, schema string
		rows         [][]string
		want         [][]uint32
	}{
		{"no record", "title:text price:number", nil, nil},
		{"one record", "title:text price:number", [][]string{long}, nil},
		{"two equal records", "title:text price:number", [][]string{long, long}, [][]uint32{{0, 1}}},
		{"two different records", "title:text price:number", [][]string{long, {"coffee beans arabica", "7"}}, nil},
		{"a copy with other separators", "title:text",
			append(titles("panasonic kx-tg6700b phone", "Panasonic KXTG6700B, phone"), background...), [][]uint32{{0, 1}}},
		{"equal rows are one thing", "title:text price:number",
			[][]string{long, {"x", "1"}, long, {"y", "2"}, {"x", "1"}, long}, [][]uint32{{0, 2, 5}, {1, 4}}},
		{"no text, no merge", "title:text price:number", [][]string{{"", ""}, {"", ""}, {" ", ""}, {" ", ""}, {"\t", " "}, {"\t", " "}}, nil},
		{"numbers only", "a:number b:number", [][]string{{"1", "2"}, {"3", "4.5"}, {"1", "2"}}, [][]uint32{{0, 2}}},
		{"ignored fields do not part copies", "title:text note:ignore", [][]string{{"sony tv", "a"}, {"sony tv", "b"}}, [][]uint32{{0, 1}}},
		{"nor make them", "title:text note:ignore", [][]string{{"", "a"}, {"", "a"}}, nil},
		{"nothing but ignored fields", "note:ignore", [][]string{{"a"}, {"a"}}, nil},
	} {
		r := dedupeRows(t, schemaOf(t, c.schema), c.rows, Options{})
		if !slices.EqualFunc(r.Clusters, c.want, slices.Equal) || r.Clusters == nil {
			t.Errorf("%s: %v, want %v", c.name, r.Clusters, c.want)
		}
	}
}

func TestDistinctKeysAreExact(t *testing.T) {
	_, copies := distinct(snapshotOf(schemaOf(t, "a:text b:text"), [][]string{{"x\x00", "y"}, {"x", "\x00y"}, {"x\x00", "y"}}))
	if got := fmt.Sprint(copies); got != "[[0 2] [1]]" {
		t.Error(got)
	}
}

func TestDedupeAllEqual(t *testing.T) {
	rows := slices.Repeat([][]string{{"sony bravia kdl-40v3000 lcd tv"}}, 1000)
	start := time.Now()
	r := dedupeRows(t, schemaOf(t, "title:text"), rows, Options{})
	if len(r.Clusters) != 1 || len(r.Clusters[0]) != 1000 || len(r.Matches) != 999 {
		t.Errorf("%d clusters, %d matches", len(r.Clusters), len(r.Matches))
	}
	for _, p := range r.Matches {
		if p.Score != 1 {
			t.Fatalf("equal records score %v", p.Score)
		}
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
	if x := r.Explain(Pair{Left: 3, Right: 700}); len(x.Evidence) != 1 || x.Evidence[0].Name != "record.equal" {
		t.Errorf("explained by %+v", x)
	}
}

// Hundreds of near copies of one listing: the work of the linkage must not run away.
func TestDedupeOneClump(t *testing.T) {
	rng := rand.New(rand.NewPCG(17, 1))
	var rows [][]string
	for range 250 {
		w := []byte("panasonic cordless telephone answering machine")
		for range 3 {
			w[rng.IntN(len(w))] = byte('a' + rng.IntN(26))
		}
		rows = append(rows, []string{string(w)})
	}
	start := time.Now()
	dedupeRows(t, schemaOf(t, "title:text"), rows, Options{})
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}

// outcome leaves out what may differ between runs: times and functions.
type outcome struct {
	Matches   []Pair
	Rejected  []Rejected
	Clusters  [][]uint32
	ClusterOf []uint32
	Threshold float64
	Histogram [50]int
	Warnings  []string
	Explained []Explanation
}

func outcomeOf(r *Result) outcome {
	c := outcome{r.Matches, r.Rejected, r.Clusters, r.ClusterOf, r.Threshold, r.Histogram, r.Warnings, nil}
	for _, p := range r.Matches {
		c.Explained = append(c.Explained, r.Explain(p))
	}
	for _, p := range r.Rejected {
		c.Explained = append(c.Explained, r.Explain(p.Pair))
	}
	return c
}

func TestDedupeDoesNotDependOnThreads(t *testing.T) {
	schema, rows, _ := catalogue(t, synth.Options{Seed: 4, Rows: 300})
	want := outcomeOf(dedupeRows(t, schema, rows, Options{Threads: 1}))
	if len(want.Matches) < 20 || len(want.Rejected) < 100 {
		t.Fatalf("%d matches, %d rejected", len(want.Matches), len(want.Rejected))
	}
	for _, threads := range []int{2, 4} {
		if got := outcomeOf(dedupeRows(t, schema, rows, Options{Threads: threads})); !reflect.DeepEqual(got, want) {
			t.Errorf("%d threads give another result", threads)
		}
	}
}

func TestDedupeThreshold(t *testing.T) {
	schema, rows, _ := catalogue(t, synth.Options{Seed: 5, Rows: 120})
	cs := store(t, schema, rows)
	merged := len(rows)
	for _, threshold := range []float64{.05, .5, .8, 1} {
		r, err := Dedupe(t.Context(), cs[0], Options{Threshold: threshold})
		if err != nil {
			t.Fatal(err)
		}
		checkDedupe(t, r)
		if r.Threshold != threshold || r.AutoThreshold {
			t.Errorf("threshold %v, not %v", r.Threshold, threshold)
		}
		n := 0
		for _, c := range r.Clusters {
			n += len(c) - 1
			best := 0.
			for _, p := range r.Matches {
				if slices.Contains(c, p.Left) {
					best = max(best, p.Score)
				}
			}
			if best < threshold-1e-9 {
				t.Errorf("threshold %v: cluster %v has nothing above %v", threshold, c, best)
			}
		}
		if n > merged {
			t.Errorf("threshold %v joins %d, a lower one %d", threshold, n, merged)
		}
		merged = n
	}
	if merged != 0 {
		t.Errorf("%d joined at 1, and no two rows are equal", merged)
	}
}

func TestDedupeExplains(t *testing.T) {
	schema, rows, _ := catalogue(t, synth.Options{Seed: 6, Rows: 300})
	rows = append(rows, slices.Clone(rows[7]))
	r := dedupeRows(t, schema, rows, Options{})
	for _, p := range r.Matches {
		checkExplanation(t, r, p)
	}
	for _, p := range r.Rejected {
		checkExplanation(t, r, p.Pair)
	}
	if x := r.Explain(Pair{Left: 7, Right: uint32(len(rows) - 1)}); len(x.Evidence) == 0 || x.Evidence[0].Name != "record.equal" {
		t.Errorf("an equal copy is explained by %+v", x.Evidence)
	}
}

// checkExplanation fails where an explanation says nothing, or shows other values.
func checkExplanation(t *testing.T, r *Result, p Pair) {
	t.Helper()
	x := r.Explain(p)
	if len(x.Fields) != len(r.Left.Schema) {
		t.Fatalf("%v: %d fields", p, len(x.Fields))
	}
	for f, c := range x.Fields {
		if c.Left != r.Left.Rows[p.Left][f] || c.Right != r.Right.Rows[p.Right][f] || c.Name != r.Left.Schema[f].Name {
			t.Errorf("%v: shows %+v", p, c)
		}
		if missing := strings.TrimSpace(c.Left) == "" || strings.TrimSpace(c.Right) == ""; missing && c.Similarity > 0 || c.Similarity > 1 {
			t.Errorf("%v: similarity %+v", p, c)
		}
	}
	if len(x.Evidence) == 0 {
		t.Errorf("%v: no evidence", p)
	}
	last := 1e300
	for _, e := range x.Evidence {
		w := max(e.Weight, -e.Weight)
		if !(w <= last) || e.Name == "" || e.Text == "" || e.Value != e.Value {
			t.Errorf("%v: evidence %+v", p, e)
		}
		last = w
	}
}

// A listing that fits two variants equally well is less surely a copy of either.
func TestRivals(t *testing.T) {
	score := func(i, j uint32) float64 { // 1 and 2 are one thing, 3 is another
		if min(i, j) == 1 && max(i, j) == 2 {
			return .9
		}
		return .1
	}
	candidates := []candidate{{1, .8}, {2, .78}, {3, .76}, {4, .7}}
	for _, c := range []struct {
		other uint32
		s     float32
		most  int
		want  int
	}{
		{1, .8, 4, 1},  // 3 is a rival, 2 is the same thing, 4 fits less
		{3, .76, 4, 2}, // 1 and 2 are rivals; 4 is too far off
		{3, .76, 1, 1},
		{4, .7, 4, 3},
		{4, .7, 0, 0},
	} {
		if got := countRivals(candidates, c.other, c.s, c.most, score); got != c.want {
			t.Errorf("rivals of %d at %v: %d, want %d", c.other, c.s, got, c.want)
		}
	}
	var rows [][]string
	for i := range 60 {
		rows = append(rows, []string{fmt.Sprintf("kespeth meteor glide trainers UK %d %s", 4+i%9, []string{"teal", "white", "mustard", "navy", "olive", "coral", "ivory"}[i%7])})
	}
	rows = append(rows, titles("drovett rocket drift trainers burgundy", "drovett rocket drift trainers UK 10 burgundy")...)
	likeness := func(rows [][]string) float64 {
		r := dedupeRows(t, schemaOf(t, "title:text"), rows, Options{Threshold: .5})
		for _, p := range r.Matches {
			if p.Left == 60 && p.Right == 61 {
				return p.Score
			}
		}
		return 0
	}
	alone, rival := likeness(rows), likeness(append(rows, []string{"drovett rocket drift trainers UK 11 burgundy"}))
	if alone == 0 || rival > alone*(rivalStep+.02) {
		t.Errorf("%v alike, %v beside a rival", alone, rival)
	}
}
