package match

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/synth"
	"github.com/doppeldb/doppel/record"
)

func asLabels(pairs []Pair) (out []Label) {
	for _, p := range pairs {
		out = append(out, Label{Left: p.Left, Right: p.Right})
	}
	return out
}

// TestCompareAgrees: Compare says of every match what Link and Dedupe say of it, at their
// threshold, and the rejected are no matches.
func TestCompareAgrees(t *testing.T) {
	ctx := context.Background()
	cs, _ := shops(t, 3, 300)
	res, err := Link(ctx, cs[0], cs[1], Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Compare(ctx, cs[0], cs[1], asLabels(res.Matches), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got.Threshold != res.Threshold || len(res.Matches) < 50 {
		t.Errorf("threshold %v, of the link %v; %d matches", got.Threshold, res.Threshold, len(res.Matches))
	}
	for k, p := range res.Matches {
		if math.Abs(got.Pairs[k].Score-p.Score) > 1e-9 || !got.Match(k) {
			t.Errorf("pair %v: %v", p, got.Pairs[k])
		}
	}
	var lost []Label
	for _, r := range res.Rejected {
		lost = append(lost, Label{Left: r.Left, Right: r.Right})
	}
	if got, err = Compare(ctx, cs[0], cs[1], lost, Options{}); err != nil {
		t.Fatal(err)
	}
	for k, r := range res.Rejected {
		if got.Match(k) {
			t.Errorf("rejected, %v, but %v is at or above %v", r, got.Pairs[k], got.Threshold)
		}
	}

	schema, rows, _ := catalogue(t, synth.Options{Seed: 4, Products: 250})
	c := store(t, schema, rows)[0]
	dup, err := Dedupe(ctx, c, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, err = Compare(ctx, c, nil, asLabels(dup.Matches), Options{}); err != nil {
		t.Fatal(err)
	}
	for k, p := range dup.Matches {
		if got.Pairs[k].Score != p.Score {
			t.Errorf("pair %v: %v", p, got.Pairs[k])
		}
	}
	if got.Threshold != dup.Threshold || len(dup.Matches) < 20 {
		t.Errorf("threshold %v, of the dedupe %v; %d matches", got.Threshold, dup.Threshold, len(dup.Matches))
	}
}

// TestCompareAnyPair asks about pairs one by one and together, candidates or not.
func TestCompareAnyPair(t *testing.T) {
	ctx := context.Background()
	cs, truth := shops(t, 5, 120)
	var asked []Label
	for l := range uint32(12) {
		for r := range uint32(12) {
			asked = append(asked, Label{Left: l, Right: r})
		}
	}
	for _, right := range []*db.Collection{cs[1], nil} {
		pairs := asked
		if right == nil {
			pairs = asked[:0:0]
			for _, p := range asked {
				if p.Left < p.Right {
					pairs = append(pairs, p)
				}
			}
		}
		all, err := Compare(ctx, cs[0], right, pairs, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range []int{0, 7, len(pairs) - 1} {
			one, err := Compare(ctx, cs[0], right, pairs[k:k+1], Options{Threads: 1})
			if err != nil {
				t.Fatal(err)
			}
			if one.Pairs[0] != all.Pairs[k] {
				t.Errorf("alone %v, among others %v", one.Pairs[0], all.Pairs[k])
			}
		}
		for k, p := range all.Pairs {
			if p.Score < 0 || p.Score > 1 || math.IsNaN(p.Score) {
				t.Errorf("pair %v", p)
			}
			if right != nil && truth[[2]int{int(p.Left), int(p.Right)}] && p.Score < .3 {
				t.Errorf("a true pair has %v: %+v", p.Score, all.Explain(k))
			}
			if x := all.Explain(k); len(x.Fields) != len(cs[0].Schema()) {
				t.Errorf("pair %v: %d fields", p, len(x.Fields))
			}
		}
	}
	for _, bad := range []Label{{Left: 1 << 20}, {Right: 1 << 20}} {
		if _, err := Compare(ctx, cs[0], cs[1], []Label{bad}, Options{}); !errors.Is(err, ErrLabels) {
			t.Errorf("%v: %v", bad, err)
		}
		if _, err := Compare(ctx, cs[0], nil, []Label{bad}, Options{}); !errors.Is(err, ErrLabels) {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if _, err := Compare(ctx, cs[0], nil, []Label{{Left: 2, Right: 2}}, Options{}); !errors.Is(err, ErrLabels) {
		t.Errorf("a record and itself: %v", err)
	}
}

// TestCompareReadOnly needs vectors of one encoder, which a file that is open for reading only
// does not get: they are made for this once, and the answer is the same.
func TestCompareReadOnly(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "shops.doppel")
	a, b, _ := synth.Shops(synth.Options{Seed: 6, Products: 80})
	schema, left, _ := withoutID(a)
	_, right, _ := withoutID(b)
	file, err := db.Open(path, &db.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	for name, rows := range map[string][][]string{"left": left, "right": right} {
		c, err := file.Create(name, schema)
		if err != nil {
			t.Fatal(err)
		}
		for i, values := range rows {
			if err := c.Put(ctx, record.Record{Key: fmt.Sprint(i), Values: values}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	asked := []Label{{Left: 0, Right: 0}, {Left: 1, Right: 2}, {Left: 3, Right: 5}}
	compare := func(o *db.Options, between bool) []Pair {
		t.Helper()
		file, err := db.Open(path, o)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		l, err := file.Collection("left")
		if err != nil {
			t.Fatal(err)
		}
		r, err := file.Collection("right")
		if err != nil {
			t.Fatal(err)
		}
		pairs := asked
		if !between {
			r, pairs = nil, asked[1:]
		}
		got, err := Compare(ctx, l, r, pairs, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return got.Pairs
	}
	for _, between := range []bool{true, false} {
		first := compare(&db.Options{ReadOnly: true}, between)
		second := compare(&db.Options{NoSync: true}, between)
		third := compare(&db.Options{ReadOnly: true}, between)
		for k := range first {
			if first[k] != second[k] || second[k] != third[k] {
				t.Errorf("pair %d: %v for reading, %v for writing, then %v", k, first[k], second[k], third[k])
			}
		}
	}
}
