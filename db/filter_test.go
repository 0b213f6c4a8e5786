package db_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/record"
)

// offers has every kind of field.
var offers = record.Schema{
	{Name: "title", Kind: record.Text}, {Name: "brand", Kind: record.Category}, {Name: "price", Kind: record.Number},
	{Name: "part", Kind: record.Code}, {Name: "note", Kind: record.Ignore},
}

var prices = []string{"", "", "10", "10.00", "$1,299.00", "-3", "0", "25,5 €", "on request", "1e3", "7"}

func offer(r *rand.Rand, key string) record.Record {
	brand := ""
	if r.IntN(5) > 0 {
		brand = words[min(r.IntN(len(words)), r.IntN(len(words)))] // some are rare
	}
	part := ""
	if r.IntN(3) > 0 {
		part = fmt.Sprint("P-", r.IntN(500))
	}
	return record.Record{Key: key, Values: []string{product(r, "").Values[0], brand, prices[r.IntN(len(prices))], part, ""}}
}

// plain is a filter and what it means, written down once more.
type plain struct {
	filter db.Filter
	keeps  func(record.Record) bool
}

func number(r record.Record) (float64, bool) { return record.ParseNumber(r.Values[2]) }

// someFilter makes a random filter tree.
func someFilter(r *rand.Rand, depth int) plain {
	choice := r.IntN(12)
	if depth == 0 {
		choice = r.IntN(8)
	}
	switch choice {
	case 0:
		v := words[r.IntN(len(words))]
		return plain{db.Equal("brand", v), func(x record.Record) bool { return x.Values[1] == v }}
	case 1:
		v := []string{words[0], "", "no such brand", words[r.IntN(len(words))]}
		return plain{db.Equal("brand", v...), func(x record.Record) bool { return x.Values[1] == v[0] || x.Values[1] == v[3] }}
	case 2:
		return plain{db.Equal("price", "10.0", "1299"), func(x record.Record) bool {
			n, ok := number(x)
			return ok && (n == 10 || n == 1299)
		}}
	case 3:
		low, high, b := float64(r.IntN(30)-5), float64(r.IntN(2000)), db.Bounds(r.IntN(4))
		if r.IntN(4) == 0 {
			high = math.Inf(1)
		}
		return plain{db.Between("price", low, high, b), func(x record.Record) bool {
			n, ok := number(x)
			left, right := n >= low, n <= high
			if b == db.OpenLow || b == db.OpenBoth {
				left = n > low
			}
			if b == db.OpenHigh || b == db.OpenBoth {
				right = n < high
			}
			return ok && left && right
		}}
	case 4:
		f := r.IntN(4)
		return plain{db.Missing(offers[f].Name), func(x record.Record) bool { return x.Values[f] == "" }}
	case 5:
		keys := []string{fmt.Sprint("k", r.IntN(400)), fmt.Sprint("k", r.IntN(400)), "nobody"}
		return plain{db.Keys(keys...), func(x record.Record) bool { return slices.Contains(keys, x.Key) }}
	case 6:
		w := words[r.IntN(len(words))]
		keep := func(x record.Record) bool { return strings.Contains(x.Values[0], w) }
		return plain{db.Test("title has "+w, keep), keep}
	case 7:
		v := fmt.Sprint("P-", r.IntN(500))
		return plain{db.Equal("part", v), func(x record.Record) bool { return x.Values[3] == v }}
	case 8:
		f := someFilter(r, depth-1)
		return plain{db.Not(f.filter), func(x record.Record) bool { return !f.keeps(x) }}
	}
	var parts []db.Filter
	var keeps []func(record.Record) bool
	for range r.IntN(4) {
		f := someFilter(r, depth-1)
		parts, keeps = append(parts, f.filter), append(keeps, f.keeps)
	}
	all := choice%2 == 0
	tree := db.Or(parts...)
	if all {
		tree = db.And(parts...)
	}
	return plain{tree, func(x record.Record) bool {
		for _, k := range keeps {
			if k(x) != all {
				return !all
			}
		}
		return all
	}}
}

// kept is what a filter keeps of records, by its plain meaning.
func (p plain) kept(rs []record.Record) []record.Record {
	var out []record.Record
	for _, r := range rs {
		if p.keeps(r) {
			out = append(out, r)
		}
	}
	return out
}

// Random filter trees over a collection that changes keep what their plain meaning keeps, whichever
// way they are asked.
func TestFilters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.doppel")
	d := dbtest.OpenFile(t, path, nil)
	c, err := d.Create("offers", offers)
	if err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r, m := rand.New(rand.NewPCG(seed, 1)), &model{values: map[string][]string{}}
	some := 0
	for round := range 12 {
		var rs []record.Record
		for range r.IntN(120) {
			x := offer(r, fmt.Sprint("k", r.IntN(400)))
			rs = append(rs, x)
			m.put(x)
		}
		if err := c.Put(background, rs...); err != nil {
			t.Fatal(err)
		}
		var gone []string
		for range r.IntN(30) {
			gone = append(gone, fmt.Sprint("k", r.IntN(400)))
			m.delete(gone[len(gone)-1])
		}
		if _, err := c.Delete(background, gone...); err != nil {
			t.Fatal(err)
		}
		if round%5 == 4 {
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			d = dbtest.OpenFile(t, path, nil)
			if c, err = d.Collection("offers"); err != nil {
				t.Fatal(err)
			}
		}
		for range 25 {
			f := someFilter(r, 3)
			want := f.kept(m.records())
			if len(want) > 0 && len(want) < len(m.keys) {
				some++
			}
			checkFilter(t, c, f.filter, want)
		}
	}
	if some < 100 {
		t.Errorf("only %d filters keep some and not all: the test does not test", some)
	}
}

func checkFilter(t *testing.T, c *db.Collection, f db.Filter, want []record.Record) {
	t.Helper()
	if got := collect(t, c.Select(background, f)); !reflect.DeepEqual(got, want) {
		t.Fatalf("%v: selects %d records, want %d, or others", f, len(got), len(want))
	}
	if n, err := c.CountWhere(background, f); err != nil || n != len(want) {
		t.Fatalf("%v: counts %d, %v; want %d", f, n, err, len(want))
	}
	for at, field := range offers {
		counts := map[string]int{}
		var numbers, got []float64
		for _, r := range want {
			counts[r.Values[at]]++
			if n, ok := record.ParseNumber(r.Values[at]); ok {
				numbers = append(numbers, n)
			}
		}
		last := ""
		for v, err := range c.Values(background, field.Name, f) {
			if err != nil || counts[v.Value] != v.Count || v.Value < last {
				t.Fatalf("%v: %s has %d x %q, %v; want %d", f, field.Name, v.Count, v.Value, err, counts[v.Value])
			}
			delete(counts, v.Value)
			last = v.Value
		}
		if len(counts) > 0 {
			t.Fatalf("%v: %s lacks the values %v", f, field.Name, counts)
		}
		for n, err := range c.Numbers(background, field.Name, f) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, n)
		}
		if !slices.Equal(got, numbers) {
			t.Fatalf("%v: %s has the numbers %v, want %v", f, field.Name, got, numbers)
		}
	}
}

func TestFilterErrors(t *testing.T) {
	c := create(t, dbtest.Open(t), someProducts(10, 1))
	for _, f := range []db.Filter{
		db.Equal("colour", "red"), db.Equal("price", "cheap"), db.Between("price", math.NaN(), 1, db.Closed),
		db.Between("price", 0, 1, 9), db.Not(db.Missing("colour")), db.And(nil, db.Or(db.Equal("x", ""))), db.Test("nothing", nil),
	} {
		if _, err := c.CountWhere(background, f); !errors.Is(err, db.ErrFilter) {
			t.Errorf("%v: %v", f, err)
		}
		for _, err := range c.Select(background, f) {
			if !errors.Is(err, db.ErrFilter) {
				t.Errorf("%v: %v", f, err)
			}
		}
	}
	if n, err := c.CountWhere(background, db.And(nil, db.Not(db.Not(nil)))); n != 10 || err != nil {
		t.Errorf("everything: %d, %v", n, err)
	}
	for _, err := range c.Values(background, "colour", nil) {
		if !errors.Is(err, db.ErrFilter) || !strings.Contains(err.Error(), "brand") {
			t.Errorf("no such field: %v", err)
		}
	}
	ended, cancel := context.WithCancel(background)
	cancel()
	if _, err := c.CountWhere(ended, db.Missing("title")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	want := `(brand = "Tarvo" and not (price in [1, +Inf) or title is missing))`
	f := db.And(db.Equal("brand", "Tarvo"), db.Not(db.Or(db.Between("price", 1, math.Inf(1), db.OpenHigh), db.Missing("title"))))
	if f.String() != want {
		t.Errorf("%v, want %s", f, want)
	}
}
