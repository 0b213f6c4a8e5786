package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/record"
)

// Many callers at once: every one's records are there when it returns, and the counts are each one's own.
func TestUpsert(t *testing.T) {
	d := dbtest.Open(t)
	c := create(t, d, someProducts(100, 1))
	if err := c.SetEncoder(background, fit(t, someProducts(100, 1), 8)); err != nil {
		t.Fatal(err)
	}
	var inserted, updated atomic.Int64
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i, r := range someProducts(40, uint64(g+10)) {
				own := record.Record{Key: fmt.Sprint("own", g, "-", i), Values: r.Values}
				res, err := c.Upsert(background, r, own) // r is everybody's, own is new
				if err != nil {
					t.Error(err)
					return
				}
				inserted.Add(int64(res.Inserted))
				updated.Add(int64(res.Updated))
				if got, err := c.Get(own.Key); err != nil || got.Values[0] != own.Values[0] {
					t.Errorf("%s is not there when Upsert returns: %v", own.Key, err)
					return
				}
			}
		})
	}
	wg.Wait()
	if inserted.Load() != 320 || updated.Load() != 320 {
		t.Errorf("%d inserted, %d updated, want 320 and 320", inserted.Load(), updated.Load())
	}
	if n, err := c.Len(); n != 420 || err != nil {
		t.Errorf("%d records, %v", n, err)
	}
	res, err := c.Upsert(background, record.Record{Key: "n", Values: []string{"a", "", ""}}, record.Record{Key: "n", Values: []string{"b", "", ""}})
	if err != nil || res != (db.PutResult{Inserted: 1, Updated: 1}) {
		t.Errorf("a key twice: %+v, %v", res, err)
	}
	if r, err := c.Get("n"); err != nil || r.Values[0] != "b" {
		t.Errorf("the last one stays: %v, %v", r, err)
	}
}

func TestUpsertErrors(t *testing.T) {
	d := dbtest.Open(t)
	c := create(t, d, nil)
	good := record.Record{Key: "good", Values: []string{"a", "", ""}}
	if _, err := c.Upsert(background, good, record.Record{Key: "bad"}); !errors.Is(err, db.ErrSchema) || !strings.Contains(err.Error(), "record 2") {
		t.Errorf("bad record: %v", err)
	}
	if _, err := c.Get("good"); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("half a call is stored: %v", err)
	}
	if res, err := c.Upsert(background); res != (db.PutResult{}) || err != nil {
		t.Errorf("nothing: %+v, %v", res, err)
	}
	// Those whose context ends go away, a leader too, and the others go on.
	var wg sync.WaitGroup
	ended := 0
	var mu sync.Mutex
	for i := range 30 {
		wg.Go(func() {
			ctx := background
			if i%3 == 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(background, time.Duration(i)*100*time.Microsecond)
				defer cancel()
			}
			key := fmt.Sprint("u", i)
			_, err := c.Upsert(ctx, record.Record{Key: key, Values: []string{"x", "", ""}})
			_, missing := c.Get(key)
			switch {
			case err == nil && missing != nil:
				t.Errorf("%s was acknowledged and is not there", key)
			case errors.Is(err, context.DeadlineExceeded):
				mu.Lock()
				ended++
				mu.Unlock()
				if missing == nil {
					t.Errorf("%s was refused and is there", key)
				}
			case err != nil:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if ended == 0 {
		t.Error("no context ended: the test does not test")
	}
	if err := d.Drop("products"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Upsert(background, good); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("dropped: %v", err)
	}
}
