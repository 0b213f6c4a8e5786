package db_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/record"
)

var soak = flag.Duration("soak", 3*time.Second, "how long TestSoak runs")

// Readers, writers, deletes and changes of the encoder at the same time: every
// answer is right. Half of the records never change, so that it is known what a
// search must find. Run it for a minute with -race -soak 60s.
func TestSoak(t *testing.T) {
	d := dbtest.Open(t)
	still := someProducts(1500, 21)
	for i := range still { // each with words of its own, so that it is nearest to itself
		still[i].Key = fmt.Sprintf("still-%04d", i)
		still[i].Values[0] = fmt.Sprintf("thing%d part%d %s", i*7919, i*104729, still[i].Values[0])
	}
	c := create(t, d, still)
	if err := c.SetEncoder(background, fit(t, still[:300], 32)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(background, *soak)
	defer cancel()
	var counts [4]atomic.Int64 // searches, gets, writes, encoders
	var longest atomic.Int64   // nanoseconds of a search while no encoder changes
	var flipping atomic.Bool
	var wg sync.WaitGroup
	run := func(f func(r *rand.Rand) error, seed uint64) {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(seed, 77))
			for ctx.Err() == nil {
				if err := f(r); err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i := range 8 {
		run(func(r *rand.Rand) error {
			want := still[r.IntN(len(still))]
			if r.IntN(4) == 0 {
				counts[1].Add(1)
				got, err := c.Get(want.Key)
				if err == nil && fmt.Sprint(got) != fmt.Sprint(want) {
					err = fmt.Errorf("Get gives %v, want %v", got, want)
				}
				return err
			}
			counts[0].Add(1)
			quiet := !flipping.Load()
			start := time.Now()
			hits, err := c.Nearest(ctx, want.Values, 10)
			if took := int64(time.Since(start)); quiet && !flipping.Load() && took > longest.Load() {
				longest.Store(took)
			}
			if err != nil {
				return err
			}
			return rightAnswer(hits, want)
		}, uint64(i))
	}
	for i := range 2 {
		l := newLane(i, 5)
		run(func(*rand.Rand) error {
			counts[2].Add(1)
			err := l.write(c, l.done)
			l.done++
			return err
		}, 100)
	}
	encoders := 0
	run(func(*rand.Rand) error {
		time.Sleep(min(*soak/8, 2*time.Second))
		encoders++
		counts[3].Add(1)
		enc, err := fitter(still[:300+encoders%7], 32)
		if err != nil {
			return err
		}
		flipping.Store(true)
		defer flipping.Store(false)
		return c.SetEncoder(ctx, enc)
	}, 200)
	wg.Wait()
	t.Logf("%v: %d searches, %d gets, %d writes, %d encoders; longest search outside of a change of the encoder %v",
		*soak, counts[0].Load(), counts[1].Load(), counts[2].Load(), counts[3].Load(), time.Duration(longest.Load()).Round(time.Microsecond))
	if counts[0].Load() < 20 || counts[2].Load() < 5 || counts[3].Load() < 1 {
		t.Errorf("%d searches, %d writes, %d encoders: the test does not test", counts[0].Load(), counts[2].Load(), counts[3].Load())
	}
}

// rightAnswer says what is wrong with the answer to a search for a record that is
// in the file all the time and that no other is like.
func rightAnswer(hits []db.Hit, want record.Record) error {
	if len(hits) != 10 {
		return fmt.Errorf("search for %s: %d hits", want.Key, len(hits))
	}
	seen := map[string]bool{}
	for i, h := range hits {
		if i > 0 && h.Distance < hits[i-1].Distance || seen[h.Key] {
			return fmt.Errorf("search for %s: hit %d, %s, is out of order or comes twice", want.Key, i, h.Key)
		}
		seen[h.Key] = true
	}
	if hits[0].Key != want.Key || hits[0].Distance > 1e-4 {
		return fmt.Errorf("search for %s finds %s at %v first", want.Key, hits[0].Key, hits[0].Distance)
	}
	return nil
}
