package db_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/index"
	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/record"
)

// brute is every record that a search could find, closest first.
func brute(s *db.Snapshot, query []float32, keep func(record.Record) bool) []db.Hit {
	var hits []db.Hit
	for i, key := range s.Keys {
		dot, norm := 0.0, 0.0
		for j, x := range s.Vector(i) {
			dot += float64(x) * float64(query[j])
			norm += float64(x) * float64(x)
		}
		if r := (record.Record{Key: key, Values: s.Rows[i]}); norm > 0 && (keep == nil || keep(r)) {
			hits = append(hits, db.Hit{Record: r, Distance: float32(max(0, 1-dot))})
		}
	}
	slices.SortStableFunc(hits, func(a, b db.Hit) int {
		switch {
		case a.Distance < b.Distance:
			return -1
		case a.Distance > b.Distance:
			return 1
		}
		return 0
	})
	return hits
}

const rounding = 1e-5

// checkHits compares an answer with the n closest that there are; recall is how many of an
// approximate answer's hits must be as close as the true ones.
func checkHits(t *testing.T, what string, got, all []db.Hit, n int, recall float64) {
	t.Helper()
	n = min(n, len(all))
	if len(got) != n {
		t.Fatalf("%s: %d hits, want %d", what, len(got), n)
	}
	at := map[string]float32{}
	for _, h := range all {
		at[h.Key] = h.Distance
	}
	right := 0
	for i, h := range got {
		d, ok := at[h.Key]
		if !ok || math.Abs(float64(d-h.Distance)) > rounding {
			t.Fatalf("%s: hit %d, %q at %g, must not be there; its distance is %g, %t", what, i, h.Key, h.Distance, d, ok)
		}
		delete(at, h.Key) // twice is wrong, too
		if i > 0 && h.Distance < got[i-1].Distance {
			t.Fatalf("%s: hit %d is closer than the one before", what, i)
		}
		if h.Distance <= all[n-1].Distance+rounding {
			right++
		}
	}
	if float64(right) < recall*float64(n) {
		t.Fatalf("%s: %d of %d hits are right", what, right, n)
	}
}

// Every engine, filter and kind of question against a scan of the snapshot, while records
// come, change and go and the file is reopened.
func TestSearch(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.doppel")
	d := dbtest.OpenFile(t, path, nil)
	rs := someProducts(3000, 8)
	c := create(t, d, nil)
	if err := c.SetEncoder(background, fit(t, rs, 32)); err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 2))
	filters := map[string]plain{
		"all":  {nil, nil},
		"none": {db.Keys("nobody"), func(record.Record) bool { return false }},
	}
	for _, percent := range []float64{.1, 1, 5, 20, 50, 99} {
		filters[fmt.Sprint(percent, " %")] = plain{db.Between("price", 0, percent, db.Closed), func(x record.Record) bool {
			n, ok := number(x)
			return ok && n >= 0 && n <= percent
		}}
	}
	short := func(x record.Record) bool { return len(x.Values[0]) < 12 }
	filters["rows"] = plain{db.And(db.Not(db.Equal("brand", words[1])), db.Test("short", short)), func(x record.Record) bool {
		return x.Values[1] != words[1] && short(x)
	}}
	for round := range 4 {
		if err := c.Put(background, rs[round*500:round*500+1000]...); err != nil { // half of them again
			t.Fatal(err)
		}
		changed := slices.Clone(rs[round*500+400 : round*500+480])
		for i := range changed {
			changed[i].Values = product(r, "").Values
		}
		var gone []string
		for range 40 {
			gone = append(gone, rs[r.IntN(len(rs))].Key)
		}
		_, err := c.Delete(background, gone...)
		if err = errors.Join(err, c.Put(background, changed...)); err != nil {
			t.Fatal(err)
		}
		if round == 2 {
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			d = dbtest.OpenFile(t, path, nil)
			c = open(t, d)
		}
		s := load(t, c)
		for name, f := range filters {
			for _, engine := range []db.SearchEngine{db.SearchAuto, db.SearchExact, db.SearchHNSW} {
				searchBoth(t, c, s, fmt.Sprintf("round %d, %s, %v", round, name, engine), f, engine, rs[r.IntN(len(rs))].Values)
			}
		}
	}
}

// searchBoth asks by values and by a stored key.
func searchBoth(t *testing.T, c *db.Collection, s *db.Snapshot, what string, f plain, engine db.SearchEngine, values []string) {
	t.Helper()
	recall := 1.
	if engine == db.SearchHNSW {
		recall = .9
	}
	query := make([]float32, s.Dim)
	s.Encoder.Encode(values, query)
	all := brute(s, query, f.keeps)
	if isZero(query) {
		all = nil
	}
	for _, k := range []int{1, 10, 5000} {
		a, err := c.Search(background, db.Search{Values: values, K: k, Where: f.filter, Engine: engine})
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		checkHits(t, fmt.Sprintf("%s, %d of values (%+v)", what, k, a.Plan), a.Hits, all, k, recall)
		if engine == db.SearchHNSW && a.Plan.Unindexed != 0 {
			t.Fatalf("%s: %d are not in the graph", what, a.Plan.Unindexed)
		}
		if a.Plan.Why == "" || (f.filter == nil) != (a.Plan.Kept < 0) {
			t.Fatalf("%s: plan %+v", what, a.Plan)
		}
	}
	within := slices.IndexFunc(all, func(h db.Hit) bool { return h.Distance > .7 })
	if within < 0 {
		within = len(all)
	}
	a, err := c.Search(background, db.Search{Vector: query, Within: true, Radius: .7, K: 20, Where: f.filter, Engine: engine})
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	checkHits(t, what+", within", a.Hits, all[:within], 20, recall)
	key := s.Keys[len(s.Keys)/2]
	own := brute(s, s.Vector(len(s.Keys)/2), func(x record.Record) bool { return x.Key != key && (f.keeps == nil || f.keeps(x)) })
	if isZero(s.Vector(len(s.Keys) / 2)) {
		own = nil
	}
	if a, err = c.Search(background, db.Search{Key: key, K: 7, Where: f.filter, Engine: engine}); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	checkHits(t, what+", by key", a.Hits, own, 7, recall)
}

func isZero(v []float32) bool { return !slices.ContainsFunc(v, func(x float32) bool { return x != 0 }) }

func TestSearchErrors(t *testing.T) {
	c := create(t, dbtest.Open(t), someProducts(10, 1))
	some := []string{"drill", "", ""}
	if _, err := c.Search(background, db.Search{Values: some, K: 1}); !errors.Is(err, db.ErrNoEncoder) {
		t.Errorf("no encoder: %v", err)
	}
	if err := c.SetEncoder(background, fit(t, nil, 8)); err != nil {
		t.Fatal(err)
	}
	nan := float32(math.NaN())
	for name, test := range map[string]struct {
		q    db.Search
		want error
	}{
		"nothing":        {db.Search{K: 1}, db.ErrSearch},
		"two":            {db.Search{K: 1, Values: some, Key: "a"}, db.ErrSearch},
		"no k":           {db.Search{Values: some}, index.ErrK},
		"k < 0":          {db.Search{Values: some, K: -1, Within: true}, db.ErrSearch},
		"radius":         {db.Search{Values: some, Within: true, Radius: nan}, db.ErrSearch},
		"engine":         {db.Search{Values: some, K: 1, Engine: 9}, db.ErrSearch},
		"ef":             {db.Search{Values: some, K: 1, Ef: -1}, db.ErrSearch},
		"few values":     {db.Search{Values: some[:1], K: 1}, db.ErrSchema},
		"no such key":    {db.Search{Key: "nobody", K: 1}, db.ErrNotFound},
		"other vector":   {db.Search{Vector: []float32{1}, K: 1}, db.ErrSearch},
		"no such field":  {db.Search{Values: some, K: 1, Where: db.Missing("x")}, db.ErrFilter},
		"NaN":            {db.Search{Vector: []float32{nan, 0, 0, 0, 0, 0, 0, 1}, K: 1}, index.ErrNotFinite},
		"nothing to say": {db.Search{Vector: make([]float32, 8), K: 1}, nil},
		"far from unit":  {db.Search{Vector: []float32{0, 0, 0, 0, 0, 0, 0, 1e6}, K: 1}, nil},
	} {
		if _, err := c.Search(background, test.q); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	ended, cancel := context.WithCancel(background)
	cancel()
	if _, err := c.Search(ended, db.Search{Values: some, K: 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Answers are of one moment: writers turn every record from one brand to the other in one
// transaction, so a filter keeps all or none, and each hit is of its filter's brand.
func TestSearchIsOfOneMoment(t *testing.T) {
	d := dbtest.Open(t)
	rs := someProducts(600, 3)
	c := create(t, d, nil)
	if err := c.SetEncoder(background, fit(t, rs, 16)); err != nil {
		t.Fatal(err)
	}
	turn := func(brand string) []record.Record {
		out := make([]record.Record, len(rs))
		for i, x := range rs {
			out[i] = record.Record{Key: x.Key, Values: []string{"lamp " + x.Values[0], brand, "1"}}
		}
		return out
	}
	sides := [][]record.Record{turn("one"), turn("two")}
	if err := c.Put(background, sides[0]...); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Search(background, db.Search{Values: rs[1].Values, K: 1, Engine: db.SearchHNSW}); err != nil {
		t.Fatal(err)
	}
	var over atomic.Bool
	var wg sync.WaitGroup
	filters := []db.Filter{
		db.Equal("brand", "one"),
		db.Test("brand two", func(r record.Record) bool { return r.Values[1] == "two" }),
	}
	answers := [2]atomic.Int64{}
	for i, where := range filters {
		wg.Go(func() {
			for !over.Load() {
				a, err := c.Search(background, db.Search{Values: rs[1].Values, K: 50, Where: where})
				if err != nil {
					t.Error(err)
					return
				}
				if n := len(a.Hits); n != 0 && n != 50 || a.Plan.Kept != 0 && a.Plan.Kept != len(rs) {
					t.Errorf("%v: %d hits of %d kept: parts of two states", where, n, a.Plan.Kept)
					return
				}
				for _, h := range a.Hits {
					if want := []string{"one", "two"}[i]; h.Values[1] != want {
						t.Errorf("%v: a hit of brand %q", where, h.Values[1])
						return
					}
				}
				answers[min(1, len(a.Hits))].Add(1)
			}
		})
	}
	for i := range 40 {
		if err := c.Put(background, sides[(i+1)%2]...); err != nil {
			t.Error(err)
		}
	}
	over.Store(true)
	wg.Wait()
	t.Logf("%d answers with all, %d with none", answers[1].Load(), answers[0].Load())
	if answers[0].Load() == 0 || answers[1].Load() == 0 {
		t.Error("only one of the two states was seen: the test does not test")
	}
}
