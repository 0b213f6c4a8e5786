package match

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/synth"
)

// shops are two that share some products, and the true pairs.
func shops(t testing.TB, seed uint64, products int) (cs []*db.Collection, truth map[[2]int]bool) {
	t.Helper()
	a, b, pairs := synth.Shops(synth.Options{Seed: seed, Products: products})
	schema, left, _ := withoutID(a)
	_, right, _ := withoutID(b)
	truth = map[[2]int]bool{}
	for _, p := range pairs {
		truth[p] = true
	}
	return store(t, schema, left, right), truth
}

func TestLinkSmall(t *testing.T) {
	left := [][]string{{"sony bravia kdl-40v3000 lcd tv"}, {"canon powershot sd750 camera"}, {"bose quietcomfort headphones 2"},
		{"linksys wrt54g wireless router"}, {"hp laserjet p1005 printer"}}
	right := [][]string{{"Canon SD750 PowerShot"}, {"coffee beans arabica 1kg"}, {"HP LaserJet P1005 b/w printer"}, {"Sony KDL40V3000 40in LCD TV"},
		{"Linksys WRT54G Router"}, {"bose quiet comfort 2 headphones"}}
	for _, c := range []struct {
		name        string
		left, right [][]string
		want        string
	}{
		{"both empty", nil, nil, "[]"},
		{"left empty", nil, right, "[]"},
		{"right empty", left, nil, "[]"},
		{"one and one, alike", left[:1], right[3:4], "[[0 0]]"},
		{"one and one, not alike", left[:1], right[1:2], "[]"},
		{"two and two", left[:2], [][]string{right[3], right[0]}, "[[0 0] [1 1]]"},
		{"shops", left, right, "[[0 3] [1 0] [2 5] [3 4] [4 2]]"},
		{"no text on one side", left, [][]string{{""}, {""}}, "[]"},
		{"no text at all", [][]string{{""}, {""}}, [][]string{{""}, {""}, {""}, {""}}, "[]"},
	} {
		r := linkRows(t, schemaOf(t, "title:text"), c.left, c.right, Options{})
		var got [][2]uint32
		for _, p := range r.Matches {
			got = append(got, [2]uint32{p.Left, p.Right})
		}
		slices.SortFunc(got, func(a, b [2]uint32) int { return slices.Compare(a[:], b[:]) })
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s: %v, want %v; rejected %v, warnings %v", c.name, got, c.want, r.Rejected, r.Warnings)
		}
		if len(got) == 0 && len(r.Warnings) == 0 {
			t.Errorf("%s: nothing found, and no word why", c.name)
		}
	}
}

func TestLinkNumbersOnly(t *testing.T) {
	rows := func(add float64) (out [][]string) {
		for i := range 30 {
			out = append(out, []string{fmt.Sprint(float64(i*i)*1.25 + add), fmt.Sprint(i * 7)})
		}
		return out
	}
	linkRows(t, schemaOf(t, "a:number b:number"), rows(0), rows(.5), Options{})
	linkRows(t, schemaOf(t, "a:ignore"), [][]string{{"x"}, {"y"}}, [][]string{{"x"}, {"y"}}, Options{})
}

func TestLinkCardinalities(t *testing.T) {
	cs, truth := shops(t, 1, 250)
	count := map[Cardinality]int{}
	for card := OneToOne; card <= ManyToMany; card++ {
		r, err := Link(t.Context(), cs[0], cs[1], Options{Cardinality: card, KeepRejected: 1 << 30})
		if err != nil {
			t.Fatal(err)
		}
		checkLink(t, r, card)
		count[card] = len(r.Matches)
		if len(r.Matches)+len(r.Rejected) != r.Stats.Candidates {
			t.Errorf("%v: %d matches and %d rejected of %d", card, len(r.Matches), len(r.Rejected), r.Stats.Candidates)
		}
		if card == OneToOne {
			if q := PairQuality(r.Matches, truth); q.F1() < .7 {
				t.Errorf("quality %v", q)
			}
		}
		if card == ManyToMany {
			for _, x := range r.Rejected {
				if x.Score > r.Threshold {
					t.Fatalf("%v is above the threshold %v", x, r.Threshold)
				}
			}
		}
	}
	if !(count[OneToOne] > 0 && count[OneToOne] <= count[OneToMany] && count[OneToMany] <= count[ManyToMany] && count[OneToOne] < count[ManyToMany]) {
		t.Errorf("matches by cardinality: %v", count)
	}
}

func TestLinkThreshold(t *testing.T) {
	cs, _ := shops(t, 2, 250)
	last := 1 << 30
	for _, threshold := range []float64{.01, .2, .5, .8, .99, 1} {
		r, err := Link(t.Context(), cs[0], cs[1], Options{Threshold: threshold})
		if err != nil {
			t.Fatal(err)
		}
		checkLink(t, r, OneToOne)
		if r.Threshold != threshold || r.AutoThreshold || len(r.Matches) > last {
			t.Errorf("threshold %v: %v, %d matches after %d", threshold, r.Threshold, len(r.Matches), last)
		}
		last = len(r.Matches)
	}
}

func TestReasons(t *testing.T) {
	cs, _ := shops(t, 3, 250)
	seen := map[Reason]int{}
	r, err := Link(t.Context(), cs[0], cs[1], Options{KeepRejected: 5000})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range r.Rejected {
		seen[x.Reason]++
	}
	schema, rows, _ := catalogue(t, synth.Options{Seed: 7, Rows: 600})
	for _, x := range dedupeRows(t, schema, rows, Options{KeepRejected: 5000, Threshold: .5}).Rejected {
		seen[x.Reason]++
	}
	for reason := BelowThreshold; reason <= WouldChain; reason++ {
		if seen[reason] == 0 || reason.String() == "unknown" {
			t.Errorf("no pair is rejected because %v: %v", reason, seen)
		}
	}
	if Reason(9).String() != "unknown" {
		t.Error(Reason(9))
	}
}

func TestLinkDoesNotDependOnThreads(t *testing.T) {
	cs, _ := shops(t, 4, 250)
	var want outcome
	for _, threads := range []int{1, 2, 4} {
		r, err := Link(t.Context(), cs[0], cs[1], Options{Threads: threads})
		if err != nil {
			t.Fatal(err)
		}
		got := outcomeOf(r)
		if threads == 1 {
			want = got
		}
		if len(got.Matches) < 30 || !reflect.DeepEqual(got, want) {
			t.Errorf("%d threads give another result, or none", threads)
		}
	}
}

func TestLinkExplains(t *testing.T) {
	cs, _ := shops(t, 5, 250)
	r, err := Link(t.Context(), cs[0], cs[1], Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.Matches {
		checkExplanation(t, r, p)
	}
	for _, p := range r.Rejected {
		checkExplanation(t, r, p.Pair)
	}
	if l, rr := r.Keys(r.Matches[0]); !strings.HasPrefix(l, "row") || !strings.HasPrefix(rr, "row") {
		t.Errorf("keys %q and %q", l, rr)
	}
	if x := (&Result{}).Explain(Pair{}); x.Evidence != nil {
		t.Error(x)
	}
}

func TestErrors(t *testing.T) {
	a := store(t, schemaOf(t, "title:text"), titles("x"))[0]
	b := store(t, schemaOf(t, "title:text price:number"), [][]string{{"x", "1"}})[0]
	if _, err := Link(t.Context(), a, b, Options{}); !errors.Is(err, db.ErrSchema) {
		t.Errorf("other schema: %v", err)
	}
	if _, err := Candidates(t.Context(), a, b, Options{}); !errors.Is(err, db.ErrSchema) {
		t.Errorf("other schema: %v", err)
	}
	for _, o := range []Options{{Threshold: -.1}, {Threshold: 1.1}, {Threshold: math.NaN()}, {Cardinality: 3}, {TopK: -1}, {KeepRejected: -1}, {Threads: -1}} {
		_, err := Link(t.Context(), a, a, o)
		_, err2 := Dedupe(t.Context(), a, o)
		_, err3 := Candidates(t.Context(), a, a, o)
		for _, e := range []error{err, err2, err3} {
			if !errors.Is(e, ErrOptions) {
				t.Errorf("%+v: %v", o, e)
			}
		}
	}
	for card := OneToOne; card <= ManyToMany; card++ {
		if got, err := ParseCardinality(card.String()); err != nil || got != card {
			t.Errorf("%v: %v, %v", card, got, err)
		}
	}
	if _, err := ParseCardinality("some"); !errors.Is(err, ErrOptions) || Cardinality(7).String() == "" {
		t.Error(err)
	}
}

func TestCancelled(t *testing.T) {
	cs, _ := shops(t, 6, 100)
	stages := map[string]bool{}
	// Each run is cancelled at another of its reports; without, it would be done.
	for at := range 9 {
		for _, dedupe := range []bool{false, true} {
			ctx, cancel := context.WithCancel(t.Context())
			calls, stopped := 0, time.Time{}
			progress := func(stage string, done, total int) {
				if calls++; calls > at && stopped.IsZero() {
					stages[stage] = true
					stopped = time.Now()
					cancel()
				}
			}
			var r *Result
			var err error
			if dedupe {
				r, err = Dedupe(ctx, cs[0], Options{Progress: progress})
			} else {
				r, err = Link(ctx, cs[0], cs[1], Options{Progress: progress})
			}
			if stopped.IsZero() {
				if err != nil || r == nil {
					t.Errorf("not cancelled: %v", err)
				}
			} else if r != nil || !errors.Is(err, context.Canceled) || time.Since(stopped) > 5*time.Second {
				t.Errorf("cancelled at report %d: %v, %v later", at, err, time.Since(stopped))
			}
			cancel()
		}
	}
	if len(stages) < 2 {
		t.Errorf("cancelled in %v only", stages)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Candidates(ctx, cs[0], cs[1], Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestProgress(t *testing.T) {
	cs, _ := shops(t, 7, 250)
	last, stage, calls := 0, "", 0
	progress := func(s string, done, total int) {
		calls++
		if s != stage {
			stage, last = s, 0
		}
		if s == "" || done < last || done > total || total <= 0 {
			t.Errorf("%q: %d of %d after %d", s, done, total, last)
		}
		last = done
	}
	for _, run := range []func() (*Result, error){
		func() (*Result, error) { return Link(t.Context(), cs[0], cs[1], Options{Progress: progress}) },
		func() (*Result, error) { return Dedupe(t.Context(), cs[0], Options{Progress: progress}) },
	} {
		calls, stage = 0, ""
		r, err := run()
		if err != nil || calls < 3 {
			t.Errorf("%d reports, %v", calls, err)
		}
		var names []string
		for _, s := range r.Stats.Stages {
			names = append(names, s.Name)
			if s.Took < 0 {
				t.Errorf("%s took %v", s.Name, s.Took)
			}
		}
		if got := strings.Join(names, " "); got != "encode read candidates evidence decision" {
			t.Errorf("stages %s", got)
		}
	}
}

func TestSecondRunReusesTheEncoder(t *testing.T) {
	cs, _ := shops(t, 8, 120)
	first, err := Link(t.Context(), cs[0], cs[1], Options{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := Link(t.Context(), cs[0], cs[1], Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(outcomeOf(first), outcomeOf(again)) {
		t.Error("the second run differs")
	}
	d, err := Dedupe(t.Context(), cs[0], Options{})
	if err != nil {
		t.Fatal(err)
	}
	stored, err := cs[0].Encoder()
	if err != nil || stored.Fingerprint() != first.Left.Encoder.Fingerprint() || d.Left.Encoder.Fingerprint() != stored.Fingerprint() ||
		again.Right.Encoder.Fingerprint() != stored.Fingerprint() {
		t.Errorf("an encoder was fitted again: %v", err)
	}
}
