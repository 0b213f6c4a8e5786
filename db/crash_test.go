package db_test

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/dbtest"
)

var crashes = flag.Int("crashes", 1000, "crash images to open in TestCrashImages")

// sectorSize is what a disk writes whole.
const sectorSize = 512

// pageSize is that of the files in this test: bbolt takes the system's.
var pageSize = os.Getpagesize()

// A commit writes its data pages, syncs, writes one meta page, syncs. So a crash
// of the machine leaves the old file with any part of the new data pages, or all
// of them and any part of the new meta page. Each of these opens, passes Check,
// and holds what was there before the commit or after it.
func TestCrashImages(t *testing.T) {
	want := *crashes
	if testing.Short() {
		want = min(want, 100)
	}
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	path := filepath.Join(t.TempDir(), "crash.doppel")
	small, _, _ := smallFile(t)
	write(t, path, small)
	d := dbtest.OpenFile(t, path, nil)
	commits := commitKinds(d, open(t, d))
	images, perCommit := 0, max(1, (want+len(commits)*3-1)/(len(commits)*3))
	outcomes := map[string]int{}
	for k := 0; images < want; k++ {
		kind := commits[k%len(commits)]
		before := read(t, path)
		if err := kind.do(k); err != nil {
			t.Fatal(err)
		}
		after := read(t, path)
		old, now := contentOf(t, before), contentOf(t, after)
		if reflect.DeepEqual(old, now) {
			t.Fatalf("%s changes nothing: the test does not test", kind.name)
		}
		for range perCommit {
			image, whole := crashImage(r, before, after)
			images++
			got := contentOf(t, image)
			switch {
			case reflect.DeepEqual(got, old):
				outcomes["before"]++
			case whole && reflect.DeepEqual(got, now):
				outcomes["after"]++
			default:
				t.Fatalf("seed %d, %s, image %d: neither the state before nor the one after", seed, kind.name, images)
			}
		}
	}
	t.Logf("%d crash images: %d opened as before the commit, %d as after it", images, outcomes["before"], outcomes["after"])
	if outcomes["before"] < images/4 || outcomes["after"] < images/20 {
		t.Errorf("%v: the images are all alike", outcomes)
	}
}

// commitKind is a change that is one transaction.
type commitKind struct {
	name string
	do   func(k int) error
}

func commitKinds(d *db.DB, c *db.Collection) []commitKind {
	l := newLane(0, 1)
	return []commitKind{
		{"put", func(k int) error { return c.Put(background, someProducts(40, uint64(k))...) }},
		{"lane", func(k int) error { return l.write(c, k&^3) }},
		{"delete", func(k int) error {
			rs := someProducts(40, 1)
			_, err := c.Delete(background, rs[k%40].Key, rs[(k*7+1)%40].Key)
			return err
		}},
		{"create", func(k int) error {
			_, err := d.Create(fmt.Sprintf("other %d", k), products)
			return err
		}},
		{"upsert", func(k int) error {
			_, err := c.Upsert(background, someProducts(3, uint64(k))...)
			return err
		}},
		{"labels", func(k int) error {
			_, err := d.PutLabels(background, judged("p00399", fmt.Sprintf("p%05d", k%300), true, 1000+k))
			return err
		}},
		{"supports", func(k int) error {
			return c.AddSupports(background, "", fmt.Sprintf("class %d", k%5), product(rand.New(rand.NewPCG(1, uint64(k))), fmt.Sprint("s", k)))
		}},
		{"model", func(k int) error {
			_, err := d.PutModel("scorer", "k", bytes.Repeat([]byte{byte(k), 1}, 3000+k))
			return err
		}},
		{"large put", func(k int) error { return c.Put(background, someProducts(900, uint64(k))...) }},
	}
}

// crashImage is what a crash may leave between two states of a file; whole says
// that all data pages are there, so that the state may be the later one.
func crashImage(r *rand.Rand, before, after []byte) (image []byte, whole bool) {
	image = bytes.Clone(before)
	if len(after) > len(image) && r.IntN(4) > 0 { // bbolt grows the file before it writes
		image = append(image, make([]byte, len(after)-len(image))...)
	}
	if whole = r.IntN(3) == 0; whole {
		image = append(bytes.Clone(before[:2*pageSize]), after[2*pageSize:]...)
		for at := 0; at < 2*pageSize; at += pageSize {
			// Torn anywhere, not only between sectors.
			copy(image[at:], after[at:at+r.IntN(pageSize+1)*min(1, r.IntN(3))])
			if r.IntN(3) == 0 {
				copy(image[at:at+pageSize], after[at:])
			}
			if r.IntN(3) == 0 {
				copy(image[at:], after[at:at+r.IntN(90)])
			}
		}
		return image, true
	}
	keep := r.Float64() // of the pages
	for at := 2 * pageSize; at < len(image); at += pageSize {
		if r.Float64() > keep || at >= len(after) {
			continue
		}
		torn := r.IntN(2) == 0
		for s := at; s < at+pageSize; s += sectorSize {
			if !torn || r.IntN(2) == 0 {
				copy(image[s:s+sectorSize], after[s:])
			}
		}
	}
	return image, false
}

// contentOf opens an image in a file of its own and gives all that is in it.
func contentOf(t *testing.T, image []byte) content {
	t.Helper()
	path := filepath.Join(t.TempDir(), "image")
	write(t, path, image)
	c, err := everything(path, nil, someProducts(1, 8)[0].Values, false)
	if err != nil {
		t.Fatalf("an image does not open: %v", err)
	}
	d, err := db.Open(path, &db.Options{NoSync: true, MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	report, err := d.Check(background)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range report.Problems {
		if !strings.Contains(p.What, "meta pages was damaged") { // that it was torn is told, and right
			t.Errorf("check: %v", p)
		}
	}
	return c
}
