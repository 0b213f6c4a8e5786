package db

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/record"
)

// repairImage makes a file with everything in it, trees of several levels, and free
// pages full of old states.
func repairImage(t testing.TB) []byte {
	t.Helper()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "whole")
	d, err := Open(path, &Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	schema := record.Schema{{Name: "title", Kind: record.Text}, {Name: "price", Kind: record.Number}}
	c, err := d.Create("goods", schema)
	must(err)
	other, err := d.Create("other", schema[:1])
	must(err)
	enc, err := encoder.Fit(ctx, schema, 1, func(int) []string { return []string{"kettle", "7"} }, encoder.Options{Dim: 16, LogBuckets: 8})
	must(err)
	must(c.SetEncoder(ctx, enc))
	row := func(i, state int) record.Record {
		return record.Record{Key: fmt.Sprintf("k%04d", i), Values: []string{fmt.Sprintf("kettle %d of state %d, %*d", i, state, 20+i%90, i), fmt.Sprint(i)}}
	}
	for state := range 3 {
		for from := 0; from < 2000; from += 500 {
			var rs []record.Record
			for i := from; i < from+500; i++ {
				if state == 0 || (i+state)%3 == 0 {
					rs = append(rs, row(i, state))
				}
			}
			must(c.Put(ctx, rs...))
		}
	}
	for i := range 200 {
		must(other.Put(ctx, record.Record{Key: fmt.Sprint(i), Values: []string{fmt.Sprint("thing ", i)}}))
		_, err := d.PutLabels(ctx, Label{Left: RecordRef{"goods", row(i, 0).Key}, Right: RecordRef{"goods", row(i+1, 0).Key}, Match: i%2 == 0, Source: "me"})
		must(err)
		if i < 50 {
			must(c.AddSupports(ctx, "s", fmt.Sprint("class", i%7), row(i, 9)))
		}
	}
	for i := 0; i < 2000; i += 9 {
		_, err := c.Delete(ctx, row(i, 0).Key)
		must(err)
	}
	must(c.SetBookmark(ctx, "import", []byte("row 2000")))
	_, err = d.PutModel("scorer", "k", bytes.Repeat([]byte("0123456789abcdef"), 80_000))
	must(err)
	r, err := d.Check(ctx)
	must(err)
	if !r.OK() {
		t.Fatal(r.Problems)
	}
	must(d.Close())
	image, err := os.ReadFile(path)
	must(err)
	return image
}

// goods is what a test compares.
type goods struct {
	rows     map[string]map[string]record.Record // by collection and key
	labels   map[string]Label
	supports map[string]record.Record
	model    int // bytes of the named one
	vectors  int
	bookmark string // of collection goods
}

func readGoods(t testing.TB, path string) goods {
	t.Helper()
	d, err := Open(path, &Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	r, err := d.Check(context.Background())
	if err != nil || !r.OK() {
		t.Fatal(r.Problems, err)
	}
	g := goods{rows: map[string]map[string]record.Record{}, labels: map[string]Label{}, supports: map[string]record.Record{}}
	names, _ := d.Collections()
	for _, name := range names {
		c, err := d.Collection(name)
		if err != nil {
			t.Fatal(err)
		}
		g.rows[name] = map[string]record.Record{}
		if mark, err := c.Bookmark("import"); err != nil {
			t.Error(err)
		} else if mark != nil {
			g.bookmark = string(mark)
		}
		for r, err := range c.All() {
			if err != nil {
				t.Fatal(err)
			}
			g.rows[name][r.Key] = r
		}
		classes, _ := c.Classes()
		for _, class := range classes {
			supports, _ := c.Supports(class.Set, class.Name)
			for _, s := range supports {
				g.supports[class.Set+"/"+class.Name+"/"+s.Key] = s
			}
		}
	}
	for l, err := range d.AllLabels() {
		if err != nil {
			t.Fatal(err)
		}
		g.labels[l.Left.String()+l.Right.String()] = l
	}
	data, _, _ := d.Model("scorer")
	g.model, g.vectors = len(data), r.Vectors
	return g
}

// repaired repairs an image and reads what came out; nil when it gave an error.
func repaired(t testing.TB, image []byte) (*goods, *RepairReport, error) {
	t.Helper()
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	if err := os.WriteFile(from, image, 0o600); err != nil {
		t.Fatal(err)
	}
	report, err := Repair(context.Background(), from, to)
	if err != nil {
		if _, there := os.Stat(to); there == nil {
			t.Errorf("%v, and a file", err)
		}
		return nil, nil, err
	}
	if after, _ := os.ReadFile(from); !bytes.Equal(after, image) {
		t.Error("the damaged file was changed")
	}
	g := readGoods(t, to)
	return &g, report, nil
}

// places says where in an image the rows of a whole file stand, by collection and key.
func places(t testing.TB, image []byte) map[string]map[string]foundRow {
	t.Helper()
	f := &findings{r: bytes.NewReader(image), report: &RepairReport{}, collections: map[string]*foundCollection{}}
	if err := f.gather(context.Background(), int64(len(image))); err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]foundRow{}
	for name, c := range f.collections {
		out[name] = map[string]foundRow{}
		for _, at := range c.rows {
			r, err := openRow(image[at.at:at.at+int64(at.size)], at.id, len(c.schema))
			if err != nil {
				t.Fatal(err)
			}
			out[name][string(r.key())] = at
		}
	}
	return out
}

func TestRepairWhole(t *testing.T) {
	image := repairImage(t)
	path := filepath.Join(t.TempDir(), "whole")
	if err := os.WriteFile(path, image, 0o600); err != nil {
		t.Fatal(err)
	}
	want := readGoods(t, path)
	got, report, err := repaired(t, image)
	if err != nil || !report.OK() {
		t.Fatalf("%+v, %v", report, err)
	}
	if !reflect.DeepEqual(*got, want) {
		t.Error("a whole file has other content after repair")
	}
	if report.Rows != len(want.rows["goods"])+len(want.rows["other"]) || report.Labels != 200 || report.Supports != 50 || report.Models != 1 || report.Bookmarks != 1 || report.Encoders != 1 || report.Collections != 2 {
		t.Errorf("%+v", report)
	}
}

var repairs = flag.Int("repairs", 30, "bytes to flip, and twice half as many sectors and pages to zero, in TestRepairDamaged")

// damage spoils the bytes from .. to-1 of an image.
type damage struct {
	what     string
	from, to int
	mask     byte // 0: zeros
}

// Every row of which no byte is damaged is saved, whatever page of whatever tree was
// hit, and none comes out other than it was.
func TestRepairDamaged(t *testing.T) {
	many := *repairs
	if testing.Short() {
		many = min(many, 6)
	}
	image := repairImage(t)
	path := filepath.Join(t.TempDir(), "whole")
	if err := os.WriteFile(path, image, 0o600); err != nil {
		t.Fatal(err)
	}
	want, at := readGoods(t, path), places(t, image)
	seed := rand.Uint64()
	t.Logf("seed %d, %d pages", seed, len(image)/4096)
	r := rand.New(rand.NewPCG(seed, 5))
	var all []damage
	for range many {
		n := r.IntN(len(image))
		if r.IntN(2) == 0 { // headers and tables are small: look there more often
			n = n&^4095 + r.IntN(200)
		}
		all = append(all, damage{"flip", n, n + 1, byte(1 + r.IntN(255))})
	}
	for range many / 2 {
		n := r.IntN(len(image)/512) * 512
		all = append(all, damage{"sector", n, n + 512, 0})
	}
	for range many / 2 {
		n := (2 + r.IntN(len(image)/4096-2)) * 4096
		all = append(all, damage{"page", n, n + 4096, 0})
	}
	lost, refused := 0, 0
	for _, d := range all {
		spoiled := bytes.Clone(image)
		for i := d.from; i < d.to; i++ {
			if spoiled[i] ^= d.mask; d.mask == 0 {
				spoiled[i] = 0
			}
		}
		got, report, err := repaired(t, spoiled)
		if err != nil {
			refused++
			t.Errorf("%+v: %v", d, err)
			continue
		}
		lost += compareGoods(t, d, at, want, *got, report)
	}
	t.Logf("%d cases, %d damaged rows lost", len(all), lost)
}

// compareGoods fails for what was intact and is not saved, and for what was not there.
func compareGoods(t *testing.T, d damage, at map[string]map[string]foundRow, want, got goods, report *RepairReport) (lost int) {
	t.Helper()
	// The name of a collection has no checksum: it may be damaged, but its rows are there.
	found := map[string]record.Record{}
	for name, rows := range got.rows {
		for key, r := range rows {
			found[fmt.Sprint(len(r.Values), key)] = r
			original := want.rows["goods"]
			if len(r.Values) == 1 {
				original = want.rows["other"]
			}
			if !reflect.DeepEqual(original[key], r) {
				t.Errorf("%+v: %s has %v", d, name, r)
			}
		}
	}
	for name, rows := range want.rows {
		for key, r := range rows {
			if _, saved := found[fmt.Sprint(len(r.Values), key)]; saved {
				continue
			}
			lost++
			where := at[name][key]
			if int64(d.to) <= where.at-4 || int64(d.from) >= where.at+int64(where.size) {
				t.Errorf("%+v: row %d of %s at %d, key %s, was intact and is lost; report: %v", d, where.id, name, where.at, key, report.Lost)
				return lost
			}
			if report.OK() {
				t.Errorf("%+v: key %s of %s is lost, and the report says nothing", d, key, name)
			}
		}
	}
	if got.bookmark != "" && (got.bookmark != want.bookmark || lost > 0 && len(got.rows["goods"]) < len(want.rows["goods"])) {
		t.Errorf("%+v: the bookmark %q with %d of %d rows", d, got.bookmark, len(got.rows["goods"]), len(want.rows["goods"]))
	}
	if got.bookmark == "" && report.OK() {
		t.Errorf("%+v: the bookmark is lost, and the report says nothing", d)
	}
	for what, l := range got.labels {
		if !reflect.DeepEqual(want.labels[what], l) && len(got.rows["goods"]) > 0 {
			t.Errorf("%+v: label %v", d, l)
		}
	}
	if n := len(want.labels) - len(got.labels); n > 0 && report.OK() {
		t.Errorf("%+v: %d labels are lost, and the report says nothing", d, n)
	}
	if n := len(want.supports) - len(got.supports); n > 0 && report.OK() {
		t.Errorf("%+v: %d supports are lost, and the report says nothing", d, n)
	}
	if (got.model != want.model || got.vectors != want.vectors && lost == 0) && report.OK() {
		t.Errorf("%+v: model of %d bytes, %d vectors, and the report says nothing", d, got.model, got.vectors)
	}
	return lost
}

// What is left of a file that was cut off is saved; what may be of an older state
// is told.
func TestRepairTruncated(t *testing.T) {
	image := repairImage(t)
	path := filepath.Join(t.TempDir(), "whole")
	if err := os.WriteFile(path, image, 0o600); err != nil {
		t.Fatal(err)
	}
	want := readGoods(t, path)
	for _, size := range []int{1, 4096, 9000, len(image) / 10, len(image) / 3, len(image) / 2, len(image) - 5000, len(image) - 1} {
		got, report, err := repaired(t, image[:size])
		if err != nil {
			if size > 9000 {
				t.Errorf("%d bytes: %v", size, err)
			}
			continue
		}
		saved, older := 0, 0
		for _, rows := range got.rows {
			for key, r := range rows {
				if saved++; !reflect.DeepEqual(want.rows["goods"][key], r) && !reflect.DeepEqual(want.rows["other"][key], r) {
					older++
				}
			}
		}
		if older > report.Doubtful {
			t.Errorf("%d bytes: %d rows are not as they were, %d may be", size, older, report.Doubtful)
		}
		t.Logf("cut to %d of %d bytes: %d of %d rows, %d in doubt, %d wrong, %d losses told", size, len(image), saved, len(want.rows["goods"])+len(want.rows["other"]), report.Doubtful, older, len(report.Lost)+report.More)
	}
}

// Names have no checksum. Where one is no name any more, another is found.
func TestRepairNames(t *testing.T) {
	image := repairImage(t)
	path := filepath.Join(t.TempDir(), "whole")
	if err := os.WriteFile(path, image, 0o600); err != nil {
		t.Fatal(err)
	}
	want := readGoods(t, path)
	for _, spoil := range []struct{ was, is string }{{"goods", "g\xffods"}, {"other", "\x01ther"}, {":s", ":\x00"}, {"scorer", "\xff\x00orer"}} {
		spoiled := bytes.ReplaceAll(image, []byte(spoil.was), []byte(spoil.is)) // in labels, too
		got, report, err := repaired(t, spoiled)
		if err != nil || report.OK() {
			t.Errorf("%q: %+v, %v", spoil, report, err)
			continue
		}
		rows := 0
		for _, of := range got.rows {
			rows += len(of)
		}
		if rows != len(want.rows["goods"])+len(want.rows["other"]) || len(got.supports) != len(want.supports) || report.Models != 1 {
			t.Errorf("%q: %d rows, %d supports, %+v", spoil, rows, len(got.supports), report)
		}
	}
}

// Whatever is in a file: no panic, and what comes out is whole.
func FuzzRepair(f *testing.F) {
	image, err := os.ReadFile(filepath.Join("testdata", "v2.doppel"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(8192), []byte{1}, uint32(len(image)))
	f.Add(uint32(16*4096+8), []byte{0, 1, 0xff, 0xff}, uint32(len(image)))
	f.Add(uint32(0), make([]byte, 8192), uint32(90_000))
	f.Fuzz(func(t *testing.T, at uint32, patch []byte, size uint32) {
		spoiled := bytes.Clone(image[:min(int(size), len(image))])
		if int(at) < len(spoiled) {
			copy(spoiled[at:], patch)
		}
		dir := t.TempDir()
		from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
		if err := os.WriteFile(from, spoiled, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Repair(context.Background(), from, to); err == nil {
			readGoods(t, to)
		} else if !errors.Is(err, ErrNotDoppel) && !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrVersion) {
			t.Errorf("%d bytes at %d of %d: %v", len(patch), at, size, err)
		}
	})
}

func TestRepairRefuses(t *testing.T) {
	dir := t.TempDir()
	whole, to, other := filepath.Join(dir, "whole"), filepath.Join(dir, "to"), filepath.Join(dir, "other")
	d, err := Open(whole, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Repair(context.Background(), whole, to); !errors.Is(err, ErrLocked) {
		t.Errorf("open: %v", err)
	}
	d.Close()
	if err := os.WriteFile(other, []byte("id,title\n1,kettle\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Repair(context.Background(), other, to); !errors.Is(err, ErrNotDoppel) {
		t.Errorf("another file: %v", err)
	}
	if _, err := Repair(context.Background(), whole, other); !errors.Is(err, ErrNotDoppel) {
		t.Errorf("onto another file: %v", err)
	}
	if _, err := Repair(context.Background(), whole, whole); !errors.Is(err, ErrOptions) {
		t.Errorf("into itself: %v", err)
	}
	if _, err := Repair(context.Background(), filepath.Join(dir, "none"), to); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Repair(ended, whole, to); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
