package shell

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/doppeldb/doppel/db"
)

// What .recall does without arguments, and how many neighbours it asks for.
const (
	defaultRecall = 1000
	recallK       = 10
)

// dotRecall searches for a sample of the records by the graph and exactly, and says how many of the
// exact neighbours the graph finds, and what both take.
func (sh *Shell) dotRecall(ctx context.Context, args []string) error {
	n := defaultRecall
	if len(args) > 0 {
		if k, err := strconv.Atoi(args[0]); err == nil {
			if n, args = k, args[1:]; n < 1 {
				return fmt.Errorf(".recall: a sample of %d; give a number of 1 or more", n)
			}
		}
	}
	if err := atMost(1, "recall", args); err != nil {
		return err
	}
	c, err := sh.only(args)
	if err != nil {
		return err
	}
	if _, err := c.Encoder(); errors.Is(err, db.ErrNoEncoder) {
		return fmt.Errorf(".recall: %s has no encoder, so there is nothing to search; a NEAREST TO makes one", c.Name())
	}
	keys, err := sample(ctx, c, n)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		return fmt.Errorf(".recall: %s has no records", c.Name())
	}
	r, err := sh.measureRecall(ctx, c, keys)
	if err != nil {
		return err
	}
	if r.asked == 0 {
		return fmt.Errorf(".recall: no record of the sample has neighbours")
	}
	fmt.Fprintf(sh.out(), "%s: recall@%d %.4f over %d records; hnsw %.3f ms, exact %.3f ms a search\n",
		c.Name(), recallK, float64(r.found)/float64(r.asked), len(keys), milliseconds(r.graph, len(keys)), milliseconds(r.exact, len(keys)))
	if !r.walked {
		fmt.Fprintln(sh.out(), "the collection is so small that the graph compares everything too")
	}
	return nil
}

func milliseconds(d time.Duration, n int) float64 { return d.Seconds() * 1000 / float64(n) }

// only gives the named collection, or the only one.
func (sh *Shell) only(args []string) (*db.Collection, error) {
	names, err := sh.File.Collections()
	if err != nil {
		return nil, err
	}
	switch {
	case len(args) > 0:
		c, err := sh.File.Collection(args[0])
		if errors.Is(err, db.ErrNotFound) {
			return nil, fmt.Errorf("there is no collection %s; .tables lists them", args[0])
		}
		return c, err
	case len(names) == 1:
		return sh.File.Collection(names[0])
	case len(names) == 0:
		return nil, errors.New("there is no collection yet")
	}
	return nil, errors.New("there are several collections; name one")
}

// sample draws n keys, always the same ones of the same records (Vitter's algorithm R).
func sample(ctx context.Context, c *db.Collection, n int) ([]string, error) {
	var keys []string
	random, seen := rand.New(rand.NewPCG(1, 0)), 0
	for r, err := range c.Select(ctx, nil) {
		if err != nil {
			return nil, err
		}
		seen++
		if len(keys) < n {
			keys = append(keys, r.Key)
		} else if at := random.IntN(seen); at < n {
			keys[at] = r.Key
		}
	}
	return keys, nil
}

// recall counts what the graph finds of what is there.
type recall struct {
	asked, found int
	graph, exact time.Duration
	walked       bool // the graph was walked at least once
}

func (sh *Shell) measureRecall(ctx context.Context, c *db.Collection, keys []string) (r recall, err error) {
	if sh.ProgressEnd != nil {
		defer sh.ProgressEnd()
	}
	// The first search may build what it needs; that is no part of a search.
	for _, e := range []db.SearchEngine{db.SearchHNSW, db.SearchExact} {
		if _, err := c.Search(ctx, db.Search{Key: keys[0], K: recallK, Engine: e}); err != nil {
			return r, err
		}
	}
	for i, key := range keys {
		if sh.Session.Progress != nil {
			sh.Session.Progress("recall", i, len(keys))
		}
		start := time.Now()
		near, err := c.Search(ctx, db.Search{Key: key, K: recallK, Engine: db.SearchHNSW})
		if err != nil {
			return r, err
		}
		r.graph += time.Since(start)
		start = time.Now()
		exact, err := c.Search(ctx, db.Search{Key: key, K: recallK, Engine: db.SearchExact})
		if err != nil {
			return r, err
		}
		r.exact += time.Since(start)
		r.walked = r.walked || near.Plan.Engine == db.SearchHNSW
		r.count(near.Hits, exact.Hits)
	}
	return r, nil
}

// count takes a hit as found when it is no farther than the farthest exact one: of
// equally near records any is right.
func (r *recall) count(near, exact []db.Hit) {
	if len(exact) == 0 {
		return
	}
	r.asked += len(exact)
	farthest := exact[len(exact)-1].Distance
	for _, h := range near {
		if h.Distance <= farthest {
			r.found++
		}
	}
}
