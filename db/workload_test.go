package db_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/record"
)

// A lane is a sequence of small writes to keys of its own, each of them one
// transaction, known in advance: what must be in the file after any number of
// them can be computed. Several lanes can be written at once.
type lane struct {
	number int
	seed   uint64

	done    int // steps that records has seen
	records map[string]record.Record
}

// laneKeys is small, so that most puts replace and most deletes hit.
const laneKeys = 150

func newLane(number int, seed uint64) *lane {
	return &lane{number: number, seed: seed, records: map[string]record.Record{}}
}

// step gives write k: records to put, or else keys to delete.
func (l *lane) step(k int) (put []record.Record, gone []string) {
	r := rand.New(rand.NewPCG(l.seed, uint64(l.number)<<32|uint64(k)))
	for range 1 + r.IntN(25) {
		key := fmt.Sprintf("l%d-%03d", l.number, r.IntN(laneKeys))
		if k%4 == 3 {
			gone = append(gone, key)
		} else {
			put = append(put, product(r, key))
		}
	}
	return put, gone
}

// write does step k to the file.
func (l *lane) write(c *db.Collection, k int) error {
	put, gone := l.step(k)
	if len(gone) > 0 {
		_, err := c.Delete(background, gone...)
		return err
	}
	return c.Put(background, put...)
}

// advance moves the lane's records on to what they are after step k.
func (l *lane) advance(k int) {
	for ; l.done < k; l.done++ {
		put, gone := l.step(l.done)
		for _, r := range put {
			l.records[r.Key] = r
		}
		for _, key := range gone {
			delete(l.records, key)
		}
	}
}

// settle finds out where the lane stands in a file that held at least acked
// steps of it, and may hold the one after: the lane is then there.
func (l *lane) settle(found map[string]record.Record, acked int) error {
	mine := map[string]record.Record{}
	for key, r := range found {
		if strings.HasPrefix(key, fmt.Sprintf("l%d-", l.number)) {
			mine[key] = r
		}
	}
	l.advance(acked)
	if reflect.DeepEqual(mine, l.records) {
		return nil
	}
	l.advance(acked + 1)
	if reflect.DeepEqual(mine, l.records) {
		return nil
	}
	wrong := []string{}
	for _, key := range slices.Sorted(maps.Keys(l.records)) {
		if !reflect.DeepEqual(mine[key], l.records[key]) {
			wrong = append(wrong, key)
		}
	}
	return fmt.Errorf("lane %d: %d records, neither the state after %d steps nor the one after; other than after %d: %v",
		l.number, len(mine), acked, acked+1, wrong)
}

// sound fails the test unless the file passes Check, its vectors are those that
// its encoder makes of its rows, and a search finds what comparing all of them
// finds. It gives the records.
func sound(t *testing.T, path string) map[string]record.Record {
	t.Helper()
	d, err := db.Open(path, &db.Options{MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	dbtest.Check(t, d)
	c := open(t, d)
	s := load(t, c)
	found := map[string]record.Record{}
	rs := make([]record.Record, len(s.Keys))
	for i, key := range s.Keys {
		rs[i] = record.Record{Key: key, Values: s.Rows[i]}
		found[key] = rs[i]
	}
	if s.Encoder == nil {
		return found
	}
	if !slices.Equal(s.Vectors, encode(t, s.Encoder, rs)) {
		t.Errorf("vectors are not those of the rows")
	}
	for i := 0; i < len(rs); i += 1 + len(rs)/3 {
		searchesAgree(t, c, s, rs[i].Values)
	}
	return found
}

// searchesAgree compares Nearest with all distances.
func searchesAgree(t *testing.T, c *db.Collection, s *db.Snapshot, values []string) {
	t.Helper()
	query := make([]float32, s.Dim)
	s.Encoder.Encode(values, query)
	type answer struct {
		key      string
		distance float64
	}
	want := map[string]float64{}
	var all []answer
	for i, key := range s.Keys {
		v := s.Vectors[i*s.Dim : (i+1)*s.Dim]
		dot, size := 0.0, 0.0
		for j, x := range v {
			dot += float64(x) * float64(query[j])
			size += float64(x) * float64(x)
		}
		if size > 0 {
			want[key] = 1 - dot
			all = append(all, answer{key, 1 - dot})
		}
	}
	slices.SortFunc(all, func(a, b answer) int {
		if a.distance < b.distance {
			return -1
		}
		return 1
	})
	hits, err := c.Nearest(background, values, 5)
	if err != nil {
		t.Fatal(err)
	}
	zero := !slices.ContainsFunc(query, func(x float32) bool { return x != 0 })
	if n := min(5, len(all)); !zero && len(hits) != n {
		t.Errorf("%d hits, want %d", len(hits), n)
		return
	}
	const slack = 1e-5 // float32 sums of at most 1
	for i, h := range hits {
		truth, there := want[h.Key]
		if !there || max(truth-float64(h.Distance), float64(h.Distance)-truth) > slack {
			t.Errorf("hit %d: %q at %v, want %v", i, h.Key, h.Distance, truth)
		}
		if float64(h.Distance) > all[i].distance+slack {
			t.Errorf("hit %d: distance %v, but %q is at %v", i, h.Distance, all[i].key, all[i].distance)
		}
	}
}
