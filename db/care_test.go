package db_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/record"
)

// fullFile makes a file that has everything a file can have.
func fullFile(t testing.TB, path string, n int) *db.DB {
	t.Helper()
	d := dbtest.OpenFile(t, path, nil)
	rs := someProducts(n, 4)
	c := create(t, d, rs)
	if err := c.SetEncoder(background, fit(t, rs, 16)); err != nil {
		t.Fatal(err)
	}
	for _, class := range []string{"kettle", "drill"} {
		addSupports(t, c, class, 5)
	}
	for i := range n / 10 {
		putLabels(t, d, judged(rs[i].Key, rs[i+1].Key, i%3 == 0, i))
	}
	if _, err := d.PutModel("scorer", "match/scorer", bytes.Repeat([]byte("weights"), 200_000)); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Create("empty", products); err != nil {
		t.Fatal(err)
	}
	return d
}

// whole is everything that can be asked of a file, for comparison.
type whole struct {
	Names   []string
	Records []record.Record
	Vectors []float32
	Classes []db.Class
	Answer  *db.Classification
	Labels  []db.Label
	Models  []db.ModelInfo
	Model   []byte
}

func askAll(t testing.TB, d *db.DB) (w whole) {
	t.Helper()
	dbtest.Check(t, d)
	var err error
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	w.Names, err = d.Collections()
	must(err)
	c := open(t, d)
	w.Records, w.Vectors = collect(t, c.All()), load(t, c).Vectors
	w.Classes, err = c.Classes()
	must(err)
	w.Answer = classify(t, c, about("kettle", 7), nil)
	for l, err := range d.AllLabels() {
		must(err)
		w.Labels = append(w.Labels, l)
	}
	w.Models, err = d.Models()
	must(err)
	w.Model, _, err = d.Model("scorer")
	must(err)
	return w
}

func askFile(t testing.TB, path string) whole {
	t.Helper()
	d, err := db.Open(path, &db.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	return askAll(t, d)
}

func onlyFile(t testing.TB, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v; want %s alone", entries, err, filepath.Base(path))
	}
}

func TestStats(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.doppel")
	d := fullFile(t, path, 500)
	s, err := d.Stats(background)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if s.Size != info.Size() || s.Path != path || s.Format != 2 || s.Encoders != 1 || s.Labels != 50 || len(s.Models) != 1 || len(s.Collections) != 2 {
		t.Errorf("%+v", s)
	}
	c := s.Collections[1]
	if c.Name != "products" || c.Rows != 500 || c.Generation != 1 || c.Dim != 16 || len(c.Encoder) != 32 || len(c.Classes) != 2 || c.Labels != 50 || c.Pending != 0 {
		t.Errorf("%+v", c)
	}
	if c.VectorBytes < 500*16*4 || c.RowBytes < 500*20 || c.Bytes < c.VectorBytes+c.RowBytes || c.Bytes > s.Size {
		t.Errorf("%+v", c)
	}
	if s.FreePages < 0 || int64(s.FreePages*s.PageSize) > s.Size {
		t.Errorf("%d free pages", s.FreePages)
	}
	if err := d.DeleteModel("scorer"); err != nil {
		t.Fatal(err)
	}
	after, err := d.Stats(background)
	if err != nil {
		t.Fatal(err)
	}
	if gained := (after.FreePages - s.FreePages) * s.PageSize; after.Size == s.Size && gained < 1_400_000 {
		t.Errorf("a model of 1.4 MB went and %d bytes came free", gained)
	}
	ended, cancel := context.WithCancel(background)
	cancel()
	if _, err := d.Stats(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestCompact(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.doppel")
	d := fullFile(t, path, 4000)
	c := open(t, d)
	var gone []string
	for i := range 4000 {
		if i%2 == 0 {
			gone = append(gone, fmt.Sprintf("p%05d", i))
		}
	}
	if _, err := c.Delete(background, gone...); err != nil {
		t.Fatal(err)
	}
	want := askAll(t, d)
	if _, err := db.Compact(background, path, nil); !errors.Is(err, db.ErrLocked) {
		t.Errorf("while it is open: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := db.Compact(background, path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != r.After || r.After >= r.Before {
		t.Errorf("%+v, %v, %v", r, info, err)
	}
	onlyFile(t, path)
	if got := askFile(t, path); !reflect.DeepEqual(got, want) {
		t.Error("other content")
	}
	d = dbtest.OpenFile(t, path, nil) // and it can be written
	if err := open(t, d).Put(background, someProducts(4000, 8)...); err != nil {
		t.Fatal(err)
	}
}

// Half of the records deleted, one here and one there: the file shrinks by about half.
func TestCompactShrinks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.doppel")
	d := dbtest.OpenFile(t, path, nil)
	rs := someProducts(20_000, 1)
	c := create(t, d, rs)
	if err := c.SetEncoder(background, fit(t, rs[:100], 64)); err != nil {
		t.Fatal(err)
	}
	d.Close()
	full, err := db.Compact(background, path, nil)
	if err != nil {
		t.Fatal(err)
	}
	d = dbtest.OpenFile(t, path, nil)
	var gone []string
	for i := range rs {
		if (i*2654435761)>>8&1 == 0 {
			gone = append(gone, rs[i].Key)
		}
	}
	if _, err := open(t, d).Delete(background, gone...); err != nil {
		t.Fatal(err)
	}
	d.Close()
	half, err := db.Compact(background, path, nil)
	if err != nil {
		t.Fatal(err)
	}
	part, left := float64(half.After)/float64(full.After), 1-float64(len(gone))/float64(len(rs))
	t.Logf("%.2f of the rows are left, %.2f of the bytes", left, part)
	if part > left+.1 {
		t.Errorf("%.2f of the bytes for %.2f of the rows", part, left)
	}
}

func TestBackup(t *testing.T) {
	dir := t.TempDir()
	path, copied := filepath.Join(dir, "a.doppel"), filepath.Join(t.TempDir(), "copy")
	d := fullFile(t, path, 1000)
	want := askAll(t, d)
	for range 2 { // the second replaces the first
		if _, err := d.Backup(background, copied); err != nil {
			t.Fatal(err)
		}
		onlyFile(t, copied)
		if got := askFile(t, copied); !reflect.DeepEqual(got, want) {
			t.Error("other content")
		}
	}
	reader := dbtest.OpenFile(t, copied, &db.Options{ReadOnly: true})
	if _, err := d.Backup(background, copied); !errors.Is(err, db.ErrLocked) {
		t.Errorf("over a file that is open: %v", err)
	}
	reader.Close()
	other := filepath.Join(dir, "notes.txt")
	write(t, other, []byte("do not lose me"))
	if _, err := d.Backup(background, other); !errors.Is(err, db.ErrNotDoppel) || string(read(t, other)) != "do not lose me" {
		t.Errorf("over another file: %v", err)
	}
	if _, err := d.Backup(background, path); !errors.Is(err, db.ErrOptions) {
		t.Errorf("over itself: %v", err)
	}
	if _, err := d.Backup(background, filepath.Join(dir, "no", "where")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("nowhere: %v", err)
	}
	var buf bytes.Buffer
	if n, err := d.BackupTo(background, &buf); err != nil || n != int64(buf.Len()) {
		t.Errorf("%d of %d bytes, %v", n, buf.Len(), err)
	}
	temp, err := db.OpenTemp()
	if err != nil {
		t.Fatal(err)
	}
	defer temp.Close()
	create(t, temp, someProducts(10, 1))
	if _, err := temp.Backup(background, filepath.Join(dir, "temp")); err != nil {
		t.Errorf("of a temporary file: %v", err)
	}
}

// A backup is one moment of the file, whatever is written meanwhile: records come
// in pairs, and no backup has half of one.
func TestBackupWhileWriting(t *testing.T) {
	dir := t.TempDir()
	d := dbtest.OpenFile(t, filepath.Join(dir, "a.doppel"), nil)
	c := create(t, d, someProducts(2000, 1))
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			default:
			}
			if err := c.Put(background, titled(fmt.Sprint("l", i), "left"), titled(fmt.Sprint("r", i), "right")); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for i := range 5 {
		path := filepath.Join(dir, fmt.Sprint("copy", i))
		if _, err := d.Backup(background, path); err != nil {
			t.Error(err)
			break
		}
		b := dbtest.OpenFile(t, path, &db.Options{ReadOnly: true})
		if n, err := open(t, b).Len(); err != nil || n%2 != 0 {
			t.Errorf("%d records, %v", n, err)
		}
	}
	close(done)
	wg.Wait()
}

func TestRestore(t *testing.T) {
	dir := t.TempDir()
	path, copied := filepath.Join(dir, "a.doppel"), filepath.Join(t.TempDir(), "copy")
	d := fullFile(t, path, 500)
	want := askAll(t, d)
	if _, err := d.Backup(background, copied); err != nil {
		t.Fatal(err)
	}
	if err := d.Drop("products"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Restore(background, copied, path); !errors.Is(err, db.ErrLocked) {
		t.Errorf("over an open file: %v", err)
	}
	d.Close()
	image := read(t, copied)
	for at := range 40 { // a damaged backup replaces nothing
		bad := bytes.Clone(image)
		bad[8192+at*len(image)/50] ^= 4
		write(t, copied, bad)
		before := read(t, path)
		if _, err := db.Restore(background, copied, path); err == nil {
			if got := askFile(t, path); !reflect.DeepEqual(got, want) { // it was in a free page
				t.Fatal("damage was restored")
			}
			write(t, path, before)
		} else if !bytes.Equal(read(t, path), before) {
			t.Fatalf("%v, and the file changed", err)
		}
	}
	write(t, copied, image)
	for _, damage := range []func([]byte) []byte{ // whatever is at the place of the old file
		func(b []byte) []byte { return b },
		func(b []byte) []byte { return b[:len(b)/2] },
		func(b []byte) []byte { b[8192+10] ^= 1; return b },
		func(b []byte) []byte { return nil },
	} {
		write(t, path, damage(read(t, path)))
		if _, err := db.Restore(background, copied, path); err != nil {
			t.Fatal(err)
		}
		onlyFile(t, path)
		if got := askFile(t, path); !reflect.DeepEqual(got, want) {
			t.Error("other content")
		}
	}
	if _, err := db.Restore(background, filepath.Join(dir, "none"), path); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("no backup: %v", err)
	}
}

// crashAt is a context that at its n-th question copies a directory, as a crash
// at that moment would leave it.
type crashAt struct {
	context.Context
	t    testing.TB
	dir  string
	to   string
	n    int
	hit  bool
	stop bool // and ends there
}

func (c *crashAt) Err() error {
	if c.n--; c.n != -1 {
		if c.stop && c.hit {
			return context.Canceled
		}
		return nil
	}
	c.hit = true
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		c.t.Error(err)
	}
	for _, e := range entries {
		write(c.t, filepath.Join(c.to, e.Name()), read(c.t, filepath.Join(c.dir, e.Name())))
	}
	if c.stop {
		return context.Canceled
	}
	return nil
}

// Wherever compact, backup and restore are cut off, by an error or by a crash, the
// file at the target is the old one or the new one.
func TestCareCutOff(t *testing.T) {
	start := t.TempDir()
	from := filepath.Join(start, "from")
	d := fullFile(t, from, 300)
	if _, err := open(t, d).Delete(background, "p00003", "p00100"); err != nil {
		t.Fatal(err)
	}
	d.Close()
	want := askFile(t, from)
	older := filepath.Join(start, "older")
	d = fullFile(t, older, 50)
	d.Close()
	olderWant := askFile(t, older)
	for what, f := range map[string]func(ctx context.Context, dir string) error{
		"compact": func(ctx context.Context, dir string) error {
			_, err := db.Compact(ctx, filepath.Join(dir, "a"), nil)
			return err
		},
		"restore": func(ctx context.Context, dir string) error {
			_, err := db.Restore(ctx, from, filepath.Join(dir, "a"))
			return err
		},
	} {
		cases := 0
		for _, stop := range []bool{false, true} {
			for n := 0; ; n += 1 + n/3 {
				dir := t.TempDir()
				path := filepath.Join(dir, "a")
				was, then := from, []whole{want, want}
				if what == "restore" {
					was, then = older, []whole{olderWant, want}
				}
				write(t, path, read(t, was))
				c := &crashAt{Context: background, t: t, dir: dir, to: t.TempDir(), n: n, stop: stop}
				err := f(c, dir)
				if !c.hit {
					break
				}
				cases++
				if (err == nil) == stop || stop && !errors.Is(err, context.Canceled) {
					t.Errorf("%s, step %d: %v", what, n, err)
				}
				if stop {
					onlyFile(t, path)
				}
				if got := askFile(t, filepath.Join(c.to, "a")); !reflect.DeepEqual(got, then[0]) {
					t.Errorf("%s crashed at step %d: neither old nor new", what, n)
				}
				last := then[1]
				if stop {
					last = then[0]
				}
				if got := askFile(t, path); !reflect.DeepEqual(got, last) {
					t.Errorf("%s, step %d, stopped %v: other content", what, n, stop)
				}
			}
		}
		t.Logf("%s: cut off at %d steps", what, cases)
		if cases < 4 {
			t.Errorf("%s was cut off %d times only", what, cases)
		}
	}
}

func TestLockSaysWho(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.doppel")
	dbtest.OpenFile(t, path, nil)
	_, err := db.Open(path, &db.Options{LockTimeout: 60e6})
	if !errors.Is(err, db.ErrLocked) {
		t.Fatal(err)
	}
	if runtime.GOOS == "linux" {
		if _, noLocks := os.Stat("/proc/locks"); noLocks == nil && !strings.Contains(err.Error(), "this process has it open to write") {
			t.Errorf("%v", err)
		}
	}
}
