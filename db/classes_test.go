package db_test

import (
	"errors"
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/record"
)

// titled makes a record of one title; an empty key is for the library to fill.
func titled(key, title string) record.Record {
	return record.Record{Key: key, Values: []string{title, "", ""}}
}

// things makes a collection with an encoder and classes of n supports each.
func things(t testing.TB, n int) *db.Collection {
	t.Helper()
	c := create(t, dbtest.Open(t), someProducts(50, 1))
	if err := c.SetEncoder(background, fit(t, someProducts(50, 1), 256)); err != nil {
		t.Fatal(err)
	}
	for _, class := range []string{"kettle", "drill", "lamp"} {
		addSupports(t, c, class, n)
	}
	return c
}

// pools are the words that belong to a class.
var pools = map[string][]string{
	"kettle": strings.Fields("kettle steel litre boil water cordless spout lid tea whistle"),
	"drill":  strings.Fields("drill hammer 18V battery chuck bits torque screw masonry brushless"),
	"lamp":   strings.Fields("lamp bulb shade light desk bright reading switch LED glow"),
	"cord":   strings.Fields("cord rope nylon knot metre braided tent line strong pull"),
	"steel":  strings.Fields("sheet rod alloy metal tonne mill rolled zinc coated gauge"),
}

// about makes a title of a class: its own word and four others of its pool.
func about(class string, n int) string {
	pool := pools[class]
	title := class
	for i := range 4 {
		title += " " + pool[1+(n*(i+2)+i)%(len(pool)-1)]
	}
	return title
}

func addSupports(t testing.TB, c *db.Collection, class string, n int) {
	t.Helper()
	for i := range n {
		if err := c.AddSupports(background, "", class, titled("", about(class, i))); err != nil {
			t.Fatal(err)
		}
	}
}

func classify(t testing.TB, c *db.Collection, title string, o *db.ClassifyOptions) *db.Classification {
	t.Helper()
	got, err := c.Classify(background, titled("", title).Values, o)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestClassify(t *testing.T) {
	for _, n := range []int{1, 2, 6} {
		c := things(t, n)
		for _, rule := range []db.Rule{db.Prototype, db.NearestSupport} {
			o := &db.ClassifyOptions{Rule: rule}
			for _, class := range []string{"kettle", "drill", "lamp"} {
				got := classify(t, c, about(class, 11), o)
				if got.None || len(got.Classes) != 3 || got.Classes[0].Class != class {
					t.Errorf("%d supports, %v: %s is %+v", n, rule, class, got)
				}
				sum := 0.0
				for i, h := range got.Classes {
					sum += h.Confidence
					if i > 0 && (h.Distance < got.Classes[i-1].Distance || h.Confidence > got.Classes[i-1].Confidence) {
						t.Errorf("not in order: %+v", got.Classes)
					}
				}
				if math.Abs(sum-1) > 1e-9 {
					t.Errorf("confidences sum to %v", sum)
				}
			}
			if got := classify(t, c, "quixotic jazz", o); !got.None {
				t.Errorf("%d supports, %v: something else is %+v", n, rule, got)
			}
			if got := classify(t, c, "", o); !got.None || len(got.Classes) != 0 {
				t.Errorf("%d supports, %v: nothing is %+v", n, rule, got)
			}
		}
	}
}

// thresholds gives those of the default set by class.
func thresholds(t testing.TB, c *db.Collection, rule db.Rule) map[string]db.ClassThreshold {
	t.Helper()
	all, err := c.Thresholds(background, "", rule)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]db.ClassThreshold{}
	for _, one := range all {
		out[one.Class] = one
	}
	return out
}

// A class with enough supports has a threshold of its own, which is the tighter the
// less they vary; a class with few has that of the set.
func TestOwnThresholds(t *testing.T) {
	for _, rule := range []db.Rule{db.Prototype, db.NearestSupport} {
		c := things(t, 4)
		for i := range 12 { // alike, and different
			tight := "cord rope nylon knot metre braided " + []string{"red", "blue", "green"}[i%3] + strings.Repeat(" x", i)
			if err := c.AddSupports(background, "", "cord", titled("", tight)); err != nil {
				t.Fatal(err)
			}
			if err := c.AddSupports(background, "", "steel", titled("", about("steel", i)+" "+pools["drill"][i%5]+" "+words[i%8])); err != nil {
				t.Fatal(err)
			}
		}
		got := thresholds(t, c, rule)
		common := got["lamp"]
		if common.Own || got["kettle"] != (db.ClassThreshold{Class: "kettle", Distance: common.Distance}) {
			t.Errorf("%v: 4 supports are enough: %+v", rule, got)
		}
		if !got["cord"].Own || !got["steel"].Own || got["cord"].Distance >= got["steel"].Distance {
			t.Errorf("%v: %+v", rule, got)
		}
		for _, class := range []string{"cord", "lamp"} {
			a := classify(t, c, pools[class][0]+" "+pools[class][2], &db.ClassifyOptions{Rule: rule})
			if a.Classes[0].Class != class || a.Threshold != got[class].Distance || a.None != (a.Classes[0].Distance > a.Threshold) {
				t.Errorf("%v, %s: %+v, want threshold %v", rule, class, a, got[class].Distance)
			}
			for _, h := range a.Classes {
				if h.Threshold != got[h.Class].Distance {
					t.Errorf("%v: %+v, want threshold %v", rule, h, got[h.Class].Distance)
				}
			}
		}
		if got := classify(t, c, "", &db.ClassifyOptions{Rule: rule}); got.Threshold != common.Distance {
			t.Errorf("%v: nothing has threshold %v, want %v", rule, got.Threshold, common.Distance)
		}
		all, err := c.Supports("", "cord")
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all[:5] { // 7 are left
			if _, err := c.RemoveSupports(background, "", "cord", r.Key); err != nil {
				t.Fatal(err)
			}
		}
		if got := thresholds(t, c, rule)["cord"]; got.Own {
			t.Errorf("%v: 7 supports are enough: %+v", rule, got)
		}
	}
}

// One class has nothing to be told from: its threshold is that of the set.
func TestThresholdOfOneClass(t *testing.T) {
	c := create(t, dbtest.Open(t), nil)
	if _, err := c.Thresholds(background, "", db.Prototype); !errors.Is(err, db.ErrNoEncoder) {
		t.Error(err)
	}
	if err := c.SetEncoder(background, fit(t, someProducts(50, 1), 256)); err != nil {
		t.Fatal(err)
	}
	addSupports(t, c, "kettle", 10)
	if got := thresholds(t, c, db.Prototype)["kettle"]; got.Own || got.Distance <= 0 || got.Distance >= 1 {
		t.Errorf("%+v", got)
	}
	if _, err := c.Thresholds(background, "nobody", db.Prototype); !errors.Is(err, db.ErrNotFound) {
		t.Error(err)
	}
	if _, err := c.Thresholds(background, "", 7); !errors.Is(err, db.ErrOptions) {
		t.Error(err)
	}
}

func TestSupports(t *testing.T) {
	c := things(t, 2)
	for _, r := range []record.Record{titled("1", "a shade for a lamp"), titled("1", "a lamp of glass"), titled("2", "bulb"), titled("", "bulb"), titled("", "bulb")} {
		if err := c.AddSupports(background, "parts", "light", r); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.AddSupports(background, "parts", "air", titled("1", "nozzle"), titled("3", "nozzle"), titled("1", "hose")); err != nil {
		t.Fatal(err)
	}
	want := []db.Class{{"", "drill", 2}, {"", "kettle", 2}, {"", "lamp", 2}, {"parts", "air", 2}, {"parts", "light", 3}}
	if got, err := c.Classes(); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
	got, err := c.Supports("parts", "air")
	if err != nil || !reflect.DeepEqual(got, []record.Record{titled("1", "hose"), titled("3", "nozzle")}) {
		t.Errorf("%v, %v", got, err)
	}
	if got := classify(t, c, "glass lamp", &db.ClassifyOptions{Set: "parts", Top: 1}); len(got.Classes) != 1 || got.Classes[0].Class != "light" || got.Classes[0].Support != "1" {
		t.Errorf("%+v", got)
	}
	if n, err := c.RemoveSupports(background, "parts", "light", "1", "nobody", "1", "2"); n != 2 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
	dbtest.Check(t, c.DB())
	if err := c.DropClass(background, "parts", "light"); err != nil {
		t.Error(err)
	}
	if n, err := c.RemoveSupports(background, "parts", "air", "3", "1"); n != 2 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
	if got, err := c.Classes(); err != nil || !reflect.DeepEqual(got, want[:3]) {
		t.Errorf("%v, %v; want %v", got, err, want[:3])
	}
	for what, err := range map[string]error{
		"class":   c.DropClass(background, "", "nobody"),
		"set":     c.DropClass(background, "parts", "air"),
		"list":    second(c.Supports("", "nobody")),
		"answers": second(c.Classify(background, titled("", "x").Values, &db.ClassifyOptions{Set: "parts"})),
	} {
		if !errors.Is(err, db.ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestBadSupports(t *testing.T) {
	d := dbtest.Open(t)
	c := create(t, d, nil)
	for what, test := range map[string]struct {
		err, want error
	}{
		"no class":   {c.AddSupports(background, "", "", titled("", "x")), db.ErrName},
		"bad set":    {c.AddSupports(background, "a\x00", "x", titled("", "x")), db.ErrName},
		"few values": {c.AddSupports(background, "", "x", record.Record{}), db.ErrSchema},
		"long key":   {c.AddSupports(background, "", "x", titled(strings.Repeat("k", db.MaxKeySize+1), "x")), db.ErrKey},
		"no encoder": {second(c.Classify(background, titled("", "x").Values, nil)), db.ErrNoEncoder},
		"few to ask": {second(c.Classify(background, nil, nil)), db.ErrSchema},
		"top":        {second(c.Classify(background, titled("", "x").Values, &db.ClassifyOptions{Top: -1})), db.ErrOptions},
		"rule":       {second(c.Classify(background, titled("", "x").Values, &db.ClassifyOptions{Rule: 7})), db.ErrOptions},
	} {
		if !errors.Is(test.err, test.want) {
			t.Errorf("%s: %v, want %v", what, test.err, test.want)
		}
	}
	if got, err := c.Classes(); err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
}

// Supports without an encoder wait for one; a new one gives them new vectors.
func TestSupportsFollowEncoder(t *testing.T) {
	c := create(t, dbtest.Open(t), nil)
	addSupports(t, c, "kettle", 3)
	addSupports(t, c, "lamp", 1)
	for _, dim := range []int{128, 256} {
		if err := c.SetEncoder(background, fit(t, someProducts(50, 1), dim)); err != nil {
			t.Fatal(err)
		}
		dbtest.Check(t, c.DB())
		if got := classify(t, c, about("kettle", 11), nil); got.Classes[0].Class != "kettle" {
			t.Errorf("dim %d: %+v", dim, got)
		}
		addSupports(t, c, "drill", 2)
		if got := classify(t, c, about("drill", 11), nil); got.Classes[0].Class != "drill" {
			t.Errorf("dim %d, new class: %+v", dim, got)
		}
	}
	if err := c.AddSupports(background, "", "void", titled("", "")); err != nil { // no direction: no say
		t.Fatal(err)
	}
	if got := classify(t, c, "kettle", nil); len(got.Classes) != 3 {
		t.Errorf("%+v", got)
	}
}

// The answer is the same to the bit, whatever the number of threads and the order
// in which the classes came.
func TestClassifyDeterministic(t *testing.T) {
	var want *db.Classification
	for i, procs := range []int{1, 2, 7} {
		before := runtime.GOMAXPROCS(procs)
		c := create(t, dbtest.Open(t), someProducts(50, 1))
		err := c.SetEncoder(background, fit(t, someProducts(50, 1), 256))
		names := []string{"kettle", "drill", "lamp", "cord", "steel"}
		for j := range names {
			addSupports(t, c, names[(i+j)%len(names)], 4)
		}
		got := classify(t, c, "steel kettle with a cord", nil)
		runtime.GOMAXPROCS(before)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = got
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("GOMAXPROCS=%d: %+v, want %+v", procs, got, want)
		}
	}
}
