package db

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/doppeldb/doppel/record"
)

// While records are carried over to the graph, writers replace and delete them and readers search: every hit
// has the distance that its own values have, and there are always as many as asked for.
func TestSearchWhileAbsorbed(t *testing.T) {
	const n = 3000
	rounds := 20
	if testing.Short() {
		rounds = 6
	}
	d := mustOpen(t, graphFile(t, n))
	c, v := memoryOf(t, d)
	ctx := context.Background()
	var over atomic.Bool
	var readers, writers sync.WaitGroup
	for g := range 2 {
		readers.Go(func() {
			r := rand.New(rand.NewPCG(uint64(g), 9))
			query, own := make([]float32, 32), make([]float32, 32)
			for !over.Load() {
				values := title(r, 0).Values
				v.encoder.Encode(values, query)
				a, err := c.Search(ctx, Search{Values: values, K: 10})
				if err != nil || len(a.Hits) != 10 {
					t.Errorf("%d hits, %v", len(a.Hits), err)
					return
				}
				for i, h := range a.Hits {
					v.encoder.Encode(h.Values, own)
					dot := 0.
					for j := range own {
						dot += float64(own[j]) * float64(query[j])
					}
					if math.Abs(1-dot-float64(h.Distance)) > 1e-5 {
						t.Errorf("hit %d, %q: distance %g, its values have %g", i, h.Key, h.Distance, 1-dot)
						return
					}
				}
			}
		})
	}
	for g := range 2 {
		writers.Go(func() {
			r := rand.New(rand.NewPCG(uint64(g), 10))
			for range rounds {
				rs := make([]string, 0, 40)
				for range 100 {
					x := title(r, r.IntN(n+n/2))
					if err := c.Put(ctx, x); err != nil {
						t.Error(err)
						return
					}
					if r.IntN(10) == 0 {
						rs = append(rs, x.Key)
					}
				}
				if _, err := c.Delete(ctx, rs...); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Go(func() { // as the goroutine of the collection does, without its patience
		for range 2 * rounds {
			c.absorber.carrying.Lock()
			err := c.carry(v, absorbChunk/4)
			c.absorber.carrying.Unlock()
			if err != nil {
				t.Error(err)
				return
			}
			time.Sleep(time.Millisecond)
		}
	})
	writers.Wait()
	over.Store(true)
	readers.Wait()
	graph, flat := v.sizes()
	t.Logf("%d in the graph, %d of them stale, %d flat", graph, v.nStale, flat)
	if c.memory.vectors != v {
		t.Error("the vectors were read anew: something failed")
	}
	agrees(t, c, v)
	mustClose(t, d)
}

// What was written is carried over without being asked, once writers are quiet.
func TestAbsorbInTheBackground(t *testing.T) {
	path := graphFile(t, 600)
	d := mustOpen(t, path)
	c, v := memoryOf(t, d)
	r := rand.New(rand.NewPCG(3, 3))
	for from := 600; from < absorbAt+1600; from += 1000 {
		var batch []record.Record
		for i := range 1000 {
			batch = append(batch, title(r, from+i))
		}
		if err := c.Put(context.Background(), batch...); err != nil {
			t.Fatal(err)
		}
	}
	end := time.Now().Add(time.Minute)
	for {
		c.memory.mu.RLock()
		graph, flat := v.sizes()
		c.memory.mu.RUnlock()
		if flat < absorbChunk && graph > absorbAt/2 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%d in the graph, %d flat", graph, flat)
		}
		time.Sleep(10 * time.Millisecond)
	}
	agrees(t, c, v)

	// It was stored, too: a crash would not cost the graph.
	crashed := filepath.Join(t.TempDir(), "crashed.doppel")
	for {
		err := c.lock(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		image, err := os.ReadFile(path) // nobody writes
		c.unlock()
		if err == nil {
			err = os.WriteFile(crashed, image, fileMode)
		}
		if err != nil {
			t.Fatal(err)
		}
		after := mustOpen(t, crashed)
		c, v := memoryOf(t, after)
		agrees(t, c, v)
		graph, flat := v.sizes()
		if err := after.Close(); err != nil {
			t.Fatal(err)
		}
		if graph > absorbAt/2 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%d in the stored graph, %d flat", graph, flat)
		}
		time.Sleep(50 * time.Millisecond)
	}
	mustClose(t, d)
}
