package db

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"testing"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/record"
)

// A golden file is never made anew; this is for the next version.
var makeGraph = flag.String("make-golden-graph", "", "write the golden file with a graph to a new file")

// The graph in a file that an earlier doppel wrote is used, not built anew.
func TestGoldenGraph(t *testing.T) {
	golden := filepath.Join("testdata", "v2-graph.doppel")
	if *makeGraph != "" {
		data, err := os.ReadFile(graphFile(t, 60))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(*makeGraph, data, fileMode); err != nil {
			t.Fatal(err)
		}
		golden = *makeGraph
	}
	d, err := Open(golden, &Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	c, v := memoryOf(t, d)
	if graph, flat := v.sizes(); graph != 60 || flat != 0 {
		t.Errorf("%d in the graph, %d flat", graph, flat)
	}
	agrees(t, c, v)
	mustClose(t, d)
}

var titles = record.Schema{{Name: "title", Kind: record.Text}}

func title(r *rand.Rand, key int) record.Record {
	words := []string{"lamp", "drill", "kettle", "steel", "mini", "pro", "set", "cordless"}
	text := ""
	for range 2 + r.IntN(3) {
		text += words[r.IntN(len(words))] + " "
	}
	return record.Record{Key: fmt.Sprintf("k%05d", key), Values: []string{text + fmt.Sprint(r.IntN(300))}}
}

// graphFile makes a file with a stored graph of n records.
func graphFile(t testing.TB, n int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "g.doppel")
	d := mustOpen(t, path)
	c, err := d.Create("c", titles)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(5, 1))
	rs := make([]record.Record, n)
	for i := range rs {
		rs[i] = title(r, i)
	}
	enc, err := encoder.Fit(context.Background(), titles, n, func(i int) []string { return rs[i].Values }, encoder.Options{Dim: 32, LogBuckets: 10})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SetEncoder(context.Background(), enc); err != nil {
		t.Fatal(err)
	}
	if err := c.Put(context.Background(), rs...); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Search(context.Background(), Search{Key: rs[0].Key, K: 1, Engine: SearchHNSW}); err != nil {
		t.Fatal(err)
	}
	mustClose(t, d) // stores the graph
	return path
}

func mustOpen(t testing.TB, path string) *DB {
	t.Helper()
	d, err := Open(path, &Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func mustClose(t testing.TB, d *DB) {
	t.Helper()
	r, err := d.Check(context.Background())
	if err != nil || !r.OK() {
		t.Errorf("check: %v, %v", r.Problems, err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

// memoryOf opens the collection c and gives its vectors in memory.
func memoryOf(t testing.TB, d *DB) (*Collection, *vectors) {
	t.Helper()
	c, err := d.Collection("c")
	if err != nil {
		t.Fatal(err)
	}
	v, err := c.searchable(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return c, v
}

// sizes are the vectors in graph and flat.
func (v *vectors) sizes() (graph, flat int) {
	if v.graph != nil {
		graph = v.graph.Len()
	}
	return graph, v.flat.Len()
}

// agrees checks that graph and flat hold the vectors of the file, each once.
func agrees(t *testing.T, c *Collection, v *vectors) {
	t.Helper()
	s, err := c.Load(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if graph, flat := v.sizes(); graph-v.nStale+flat != s.Len() {
		t.Errorf("%d in the graph, %d of them stale, %d flat, want %d", graph, v.nStale, flat, s.Len())
	}
	got := make([]float32, s.Dim)
	err = c.view(func(_ *bolt.Tx, b collectionBuckets) error {
		for i, key := range s.Keys {
			id, _, err := b.id(key)
			if err != nil {
				return err
			}
			if !v.vector(id, got) || !slices.Equal(got, s.Vector(i)) {
				return fmt.Errorf("the vector of %s is another", key)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if v.graph != nil {
		if err := v.graph.Check(); err != nil {
			t.Error(err)
		}
	}
	for i := 0; i < s.Len(); i += s.Len()/20 + 1 {
		a, err := c.Search(context.Background(), Search{Vector: s.Vector(i), K: 1})
		if err != nil || len(a.Hits) != 1 || a.Hits[0].Distance > 1e-5 {
			t.Errorf("record %d is not found: %+v, %v", i, a, err)
		}
	}
}

func TestGraphIsStored(t *testing.T) {
	path := graphFile(t, 2500)
	d := mustOpen(t, path)
	c, v := memoryOf(t, d)
	if graph, flat := v.sizes(); graph != 2500 || flat != 0 || v.unsaved != 0 {
		t.Errorf("%d in the graph, %d flat, %d unsaved", graph, flat, v.unsaved)
	}
	agrees(t, c, v)

	// Few changes are not stored: they are found when it is opened.
	r := rand.New(rand.NewPCG(6, 1))
	ctx := context.Background()
	var rs []record.Record
	for i := range 40 {
		rs = append(rs, title(r, i*60), title(r, 3000+i))
	}
	if err := c.Put(ctx, rs...); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Delete(ctx, "k00001", "k00061", "k02002"); err != nil {
		t.Fatal(err)
	}
	agrees(t, c, v)
	mustClose(t, d)

	d = mustOpen(t, path)
	c, v = memoryOf(t, d)
	if graph, flat := v.sizes(); graph != 2500-40-3 || flat != 80 || v.unsaved != 43 {
		t.Errorf("%d in the graph, %d flat, %d unsaved", graph, flat, v.unsaved)
	}
	agrees(t, c, v)
	if err := c.absorbAll(ctx, v); err != nil {
		t.Fatal(err)
	}
	if graph, flat := v.sizes(); graph != 2537 || flat != 0 {
		t.Errorf("%d in the graph, %d flat after all was carried over", graph, flat)
	}
	agrees(t, c, v)
	if err := d.SaveIndexes(ctx); err != nil {
		t.Fatal(err)
	}
	mustClose(t, d)

	d = mustOpen(t, path)
	c, v = memoryOf(t, d)
	if graph, flat := v.sizes(); graph != 2537 || flat != 0 {
		t.Errorf("%d in the graph, %d flat", graph, flat)
	}
	agrees(t, c, v)
	var keys []string
	for i := range 1200 {
		keys = append(keys, fmt.Sprintf("k%05d", 2*i))
	}
	v.unsaved = 0
	c.forget(v) // a process that only deletes has no graph in memory
	if _, err := c.Delete(ctx, keys...); err != nil {
		t.Fatal(err)
	}
	mustClose(t, d)
	d = mustOpen(t, path)
	if c, v = memoryOf(t, d); v.graph != nil {
		t.Error("a graph of which half is gone is used")
	}
	agrees(t, c, v)
}

// changeGraph changes a stored value of the graph.
func changeGraph(t *testing.T, path string, f func(graph *bolt.Bucket) error) {
	t.Helper()
	d := mustOpen(t, path)
	err := d.update(func(tx *bolt.Tx) error {
		b, err := openBuckets(tx, "c")
		if err != nil {
			return err
		}
		return f(b.generations.Bucket(orderedKey(1)).Bucket(bucketGraph))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

// A graph that is damaged, half written or of another version is as if there were none, Check says so, and the
// next one takes its place.
func TestGraphDamage(t *testing.T) {
	image, err := os.ReadFile(graphFile(t, 2500))
	if err != nil {
		t.Fatal(err)
	}
	chunk := func(g *bolt.Bucket, f func(b []byte) []byte) error {
		v := append([]byte(nil), g.Get(orderedKey(0))...)
		return g.Put(orderedKey(0), f(v))
	}
	resealed := func(f func(body []byte)) func(g *bolt.Bucket) error {
		return func(g *bolt.Bucket) error {
			return chunk(g, func(b []byte) []byte {
				f(b[2 : len(b)-4])
				return sealFrame(b[:len(b)-4], 0)
			})
		}
	}
	for name, test := range map[string]struct {
		change func(g *bolt.Bucket) error
		quiet  bool // Check has nothing to say
	}{
		"no head":        {func(g *bolt.Bucket) error { return g.Delete(keyHead) }, true},
		"no chunk":       {func(g *bolt.Bucket) error { return g.Delete(orderedKey(0)) }, false},
		"a flipped byte": {func(g *bolt.Bucket) error { return chunk(g, func(b []byte) []byte { b[5000] ^= 4; return b }) }, false},
		"cut":            {func(g *bolt.Bucket) error { return chunk(g, func(b []byte) []byte { return b[:len(b)-900] }) }, false},
		"links changed":  {resealed(func(b []byte) { b[len(b)/2] ^= 1 }), false},
		"endless blocks": {resealed(func(b []byte) { b[3] = 0xff }), false},
		"endless chunks": {func(g *bolt.Bucket) error {
			return g.Put(keyHead, sealFrame(append(startFrame(nil, frameGraph), slices.Repeat([]byte{255}, 12)...), 1))
		}, false},
		"another's place": {func(g *bolt.Bucket) error { return g.Put(orderedKey(0), sealFrame(g.Get(orderedKey(0))[:100:100], 1)) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && name != "cut" {
				t.Skip("one of them with -short")
			}
			path := filepath.Join(t.TempDir(), "damaged.doppel")
			if err := os.WriteFile(path, image, fileMode); err != nil {
				t.Fatal(err)
			}
			changeGraph(t, path, test.change)
			copiesWithoutGraph(t, path, test.quiet)
			d := mustOpen(t, path)
			r, err := d.Check(context.Background())
			if err != nil || r.OK() != test.quiet {
				t.Errorf("check: %v, %v", r.Problems, err)
			}
			c, v := memoryOf(t, d)
			if graph, flat := v.sizes(); graph != 0 || flat != 2500 {
				t.Errorf("%d in the graph, %d flat", graph, flat)
			}
			agrees(t, c, v)
			if err := c.absorbAll(context.Background(), v); err != nil {
				t.Fatal(err)
			}
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			d = mustOpen(t, path)
			if c, v = memoryOf(t, d); v.graph == nil {
				t.Error("the new graph is not stored")
			}
			agrees(t, c, v)
			mustClose(t, d)
		})
	}
}

// copiesWithoutGraph backs a file with a damaged graph up, restores it and compacts it: no graph is a reason not to.
func copiesWithoutGraph(t *testing.T, path string, quiet bool) {
	t.Helper()
	ctx := context.Background()
	want := []string{"c"}
	if quiet {
		want = nil
	}
	dir := t.TempDir()
	backup, restored := filepath.Join(dir, "backup"), filepath.Join(dir, "restored")
	d := mustOpen(t, path)
	r, err := d.Backup(ctx, backup)
	if err != nil || !slices.Equal(r.Graphs, want) {
		t.Errorf("backup: %v, %v", r, err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if r, err = Restore(ctx, path, restored); err != nil || !slices.Equal(r.Graphs, want) {
		t.Errorf("restore: %v, %v", r, err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	compacted := filepath.Join(dir, "compacted")
	if err := os.WriteFile(compacted, data, fileMode); err != nil {
		t.Fatal(err)
	}
	if c, err := Compact(ctx, compacted, nil); err != nil || !slices.Equal(c.Graphs, want) {
		t.Errorf("compact: %v, %v", c, err)
	}
	for _, copied := range []string{backup, restored, compacted} {
		d := mustOpen(t, copied)
		c, v := memoryOf(t, d)
		agrees(t, c, v)
		mustClose(t, d)
	}
}

// The graph goes with its generation, is kept apart from a temporary file, and cannot be stored in one
// that is open for reading.
func TestGraphOfGeneration(t *testing.T) {
	path := graphFile(t, 600)
	d, err := Open(path, &Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	_, v := memoryOf(t, d)
	if graph, _ := v.sizes(); graph != 600 {
		t.Errorf("%d in the graph of a file that is open for reading", graph)
	}
	if err := d.SaveIndexes(context.Background()); !errors.Is(err, ErrReadOnly) {
		t.Errorf("store a graph: %v", err)
	}
	mustClose(t, d)
	d = mustOpen(t, path)
	c, _ := memoryOf(t, d)
	enc, err := encoder.Fit(context.Background(), titles, 0, nil, encoder.Options{Dim: 16, LogBuckets: 8})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SetEncoder(context.Background(), enc); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Search(context.Background(), Search{Key: "k00007", K: 3}); err != nil {
		t.Fatal(err)
	}
	c, v = memoryOf(t, d)
	if graph, flat := v.sizes(); graph != 0 || flat != 600 {
		t.Errorf("%d in the graph, %d flat of the new generation", graph, flat)
	}
	agrees(t, c, v)
}

// The same commits give the same graph, however many goroutines build it.
func TestGraphForAnyThreads(t *testing.T) {
	var first []Hit
	for _, procs := range []int{1, 2, 5} {
		before := runtime.GOMAXPROCS(procs)
		d := mustOpen(t, graphFile(t, 2500))
		c, v := memoryOf(t, d)
		var hits []Hit
		for i := range 40 {
			a, err := c.Search(context.Background(), Search{Key: fmt.Sprintf("k%05d", i), K: 20, Ef: 20})
			if err != nil || a.Plan.Engine != SearchHNSW {
				t.Fatal(a, err)
			}
			hits = append(hits, a.Hits...)
		}
		runtime.GOMAXPROCS(before)
		if first == nil {
			first = hits
		}
		if !reflect.DeepEqual(hits, first) {
			t.Errorf("GOMAXPROCS=%d: other hits", procs)
		}
		agrees(t, c, v)
	}
}
