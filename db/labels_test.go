package db_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/record"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 1000, time.UTC)

func ref(collection, key string) db.RecordRef { return db.RecordRef{Collection: collection, Key: key} }

// judged is a label of two records of one collection, n minutes after noon.
func judged(a, b string, match bool, n int) db.Label {
	return db.Label{Left: ref("products", a), Right: ref("products", b), Match: match, Source: "me", At: noon.Add(time.Duration(n) * time.Minute)}
}

// twoShops makes the collections products and shop with records a to z.
func twoShops(t testing.TB) *db.DB {
	t.Helper()
	d := dbtest.Open(t)
	shop, err := d.Create("shop", products)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []*db.Collection{create(t, d, nil), shop} {
		for k := 'a'; k <= 'z'; k++ {
			if err := c.Put(background, record.Record{Key: string(k), Values: []string{"kettle " + string(k), "", ""}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return d
}

func allLabels(t testing.TB, d *db.DB, left, right string) []db.Label {
	t.Helper()
	var out []db.Label
	for l, err := range d.Labels(left, right) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, l)
	}
	return out
}

func putLabels(t testing.TB, d *db.DB, labels ...db.Label) db.LabelResult {
	t.Helper()
	r, err := d.PutLabels(background, labels...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestLabels(t *testing.T) {
	d := twoShops(t)
	long := strings.Repeat("k", db.MaxKeySize)
	if err := open(t, d).Put(background, record.Record{Key: long, Values: []string{"", "", ""}}); err != nil {
		t.Fatal(err)
	}
	got := putLabels(t, d, judged("b", "a", true, 0), judged("a", "c", false, 1), judged("a", "b", false, 2), judged("c", "a", true, 0), judged(long, "a", true, 0))
	if want := (db.LabelResult{Added: 3, Replaced: 1, Older: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	for _, turned := range []bool{false, true} { // a pair is one label, however it is turned
		l, r := ref("products", "a"), ref("products", "b")
		if turned {
			l, r = r, l
		}
		want := db.Label{Left: l, Right: r, Source: "me", At: noon.Add(2 * time.Minute)}
		if got, err := d.Label(l, r); err != nil || got != want {
			t.Errorf("%+v, %v; want %+v", got, err, want)
		}
	}
	if n := len(allLabels(t, d, "products", "products")); n != 3 {
		t.Errorf("%d labels", n)
	}
	if err := d.DeleteLabel(background, ref("products", "c"), ref("products", "a")); err != nil {
		t.Error(err)
	}
	if err := d.DeleteLabel(background, ref("products", "c"), ref("products", "a")); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
	if _, err := d.Label(ref("products", "c"), ref("products", "a")); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("deleted: %v", err)
	}
	now, err := d.PutLabels(background, db.Label{Left: ref("products", "x"), Right: ref("products", "y")})
	if l, _ := d.Label(ref("products", "x"), ref("products", "y")); err != nil || now.Added != 1 || time.Since(l.At) > time.Minute {
		t.Errorf("label without a time: %v, %v", l.At, err)
	}
}

func TestLabelsAcross(t *testing.T) {
	d := twoShops(t)
	cross := func(shop, product string) db.Label {
		return db.Label{Left: ref("shop", shop), Right: ref("products", product), Match: true, At: noon}
	}
	want := map[string]bool{}
	for k := 'a'; k <= 'z'; k++ {
		putLabels(t, d, cross(string(k), "a"))
		want[string(k)] = true
	}
	for _, l := range allLabels(t, d, "shop", "products") {
		if l.Left.Collection != "shop" || l.Right != ref("products", "a") || !want[l.Left.Key] {
			t.Errorf("%v = %v", l.Left, l.Right)
		}
		delete(want, l.Left.Key)
	}
	if len(want) > 0 {
		t.Errorf("%v are missing", want)
	}
	turned := allLabels(t, d, "products", "shop")
	if len(turned) != 26 || turned[0].Left != ref("products", "a") {
		t.Errorf("turned: %d, %v", len(turned), turned[0])
	}
	if n := len(allLabels(t, d, "shop", "shop")); n != 0 {
		t.Errorf("%d labels within shop", n)
	}
	if err := d.Drop("shop"); err != nil {
		t.Fatal(err)
	}
	for l, err := range d.AllLabels() {
		t.Errorf("after Drop: %v, %v", l, err)
	}
	for _, err := range d.Labels("shop", "products") {
		if !errors.Is(err, db.ErrNotFound) {
			t.Errorf("after Drop: %v", err)
		}
	}
}

// The label of a record that is gone waits for it to come again.
func TestLabelsOutliveRecords(t *testing.T) {
	d := twoShops(t)
	c := open(t, d)
	putLabels(t, d, judged("a", "b", true, 0), judged("c", "d", true, 0))
	if _, err := c.Delete(background, "a"); err != nil {
		t.Fatal(err)
	}
	if got := allLabels(t, d, "products", "products"); len(got) != 1 || got[0].Left.Key != "c" {
		t.Errorf("while a is gone: %v", got)
	}
	n := 0
	for _, err := range d.AllLabels() {
		if n++; err != nil {
			t.Fatal(err)
		}
	}
	if n != 2 {
		t.Errorf("%d of all labels, want both", n)
	}
	if err := c.Put(background, record.Record{Key: "a", Values: []string{"again", "", ""}}); err != nil {
		t.Fatal(err)
	}
	if got := allLabels(t, d, "products", "products"); len(got) != 2 {
		t.Errorf("when it is back: %v", got)
	}
}

func TestBadLabels(t *testing.T) {
	d := twoShops(t)
	itself := judged("a", "a", true, 0)
	long := judged("a", "b", true, 0)
	long.Source = strings.Repeat("s", 5000)
	nowhere := judged("a", "b", true, 0)
	nowhere.Left.Collection = "nobody"
	for what, test := range map[string]struct {
		l    db.Label
		want error
	}{
		"itself":        {itself, db.ErrLabel},
		"long source":   {long, db.ErrLabel},
		"no record":     {judged("a", "nobody", true, 0), db.ErrNotFound},
		"no key":        {judged("a", "", true, 0), db.ErrKey},
		"no collection": {nowhere, db.ErrNotFound},
	} {
		if _, err := d.PutLabels(background, judged("x", "y", true, 0), test.l); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", what, err, test.want)
		}
	}
	if got := allLabels(t, d, "products", "products"); got != nil {
		t.Errorf("%v is left of a failed put", got)
	}
	ended, cancel := context.WithCancel(background)
	cancel()
	if _, err := d.PutLabels(ended, judged("x", "y", true, 0)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Many labels are read in batches, while others are written.
func TestManyLabels(t *testing.T) {
	d := dbtest.Open(t)
	rs := someProducts(150, 1)
	create(t, d, rs)
	var labels []db.Label
	for i := range rs {
		for j := range i {
			labels = append(labels, judged(rs[i].Key, rs[j].Key, (i+j)%3 == 0, 0))
		}
	}
	putLabels(t, d, labels...)
	want := allLabels(t, d, "products", "products")
	if len(want) != len(labels) {
		t.Errorf("%d labels, want %d", len(want), len(labels))
	}
	n := 0
	for _, err := range d.Labels("products", "products") {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n%1000 == 0 {
			putLabels(t, d, judged(rs[1].Key, rs[0].Key, true, n))
		}
	}
	if n != len(labels) {
		t.Errorf("%d labels while writing, want %d", n, len(labels))
	}
	// The order does not depend on that of the puts.
	again := dbtest.Open(t)
	create(t, again, rs)
	slices.Reverse(labels)
	putLabels(t, again, labels...)
	putLabels(t, again, judged(rs[1].Key, rs[0].Key, true, n/1000*1000))
	if !reflect.DeepEqual(allLabels(t, again, "products", "products"), allLabels(t, d, "products", "products")) {
		t.Error("another order when they are put in another order")
	}
}

func TestContradictions(t *testing.T) {
	d := twoShops(t)
	putLabels(t, d,
		judged("a", "b", true, 0), judged("b", "c", true, 0), judged("a", "d", true, 0), judged("d", "e", true, 0), judged("e", "c", true, 0),
		judged("c", "a", false, 1), // contradicted by a = b = c
		judged("a", "x", false, 1), // by nothing
		judged("m", "n", false, 1), // by shop, below
		db.Label{Left: ref("products", "m"), Right: ref("shop", "q"), Match: true},
		db.Label{Left: ref("shop", "q"), Right: ref("products", "n"), Match: true},
	)
	describe := func(left, right string) (out []string) {
		cs, err := d.Contradictions(background, left, right)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cs {
			s := fmt.Sprintf("%s != %s:", c.NonMatch.Left.Key, c.NonMatch.Right.Key)
			at := c.NonMatch.Left
			for _, m := range c.Matches {
				if m.Left != at || !m.Match {
					t.Errorf("%v does not go on from %v", m, at)
				}
				s += " " + m.Left.Key + "=" + m.Right.Key
				at = m.Right
			}
			if at != c.NonMatch.Right {
				t.Errorf("the way ends at %v", at)
			}
			out = append(out, s)
		}
		return out
	}
	if got, want := describe("products", "products"), []string{"a != c: a=b b=c"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := describe("shop", "products"); got != nil {
		t.Errorf("across: %q", got)
	}
	putLabels(t, d, db.Label{Left: ref("shop", "q"), Right: ref("shop", "r"), Match: true},
		db.Label{Left: ref("products", "m"), Right: ref("shop", "r")})
	if got, want := describe("shop", "products"), []string{"r != m: r=q q=m"}; !reflect.DeepEqual(got, want) {
		t.Errorf("across: %q, want %q", got, want)
	}
	if _, err := open(t, d).Delete(background, "b", "d"); err != nil {
		t.Fatal(err)
	}
	if got, want := describe("products", "products"), []string{"a != c: a=b b=c"}; !reflect.DeepEqual(got, want) {
		t.Errorf("when b is gone: %q, want %q", got, want)
	}
	if err := d.DeleteLabel(background, ref("products", "a"), ref("products", "b")); err != nil {
		t.Fatal(err)
	}
	if got, want := describe("products", "products"), []string{"a != c: a=d d=e e=c"}; !reflect.DeepEqual(got, want) {
		t.Errorf("the longer way: %q, want %q", got, want)
	}
}
