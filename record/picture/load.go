package picture

import (
	"context"
	"crypto/sha256"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// Loaded is a picture of a folder after it was read.
type Loaded struct {
	*File
	Raster *Raster // nil where Err is set
	Sum    [sha256.Size]byte
	Err    error // an [*Error] with the file's name
}

// Load reads and decodes all pictures, threads at a time (0: one per core), in the order of
// the files. Pictures that are damaged or too large have their error and no raster. done, if not nil, is called
// after each from any goroutine. The error is that of ctx.
func (f *Folder) Load(ctx context.Context, l Limits, threads int, done func()) ([]Loaded, error) {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	out := make([]Loaded, len(f.Files))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(threads, len(out)) {
		workers.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(out) {
					return
				}
				out[i] = load(&f.Files[i], l)
				if done != nil {
					done()
				}
			}
		})
	}
	workers.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return out, nil
}

func load(f *File, l Limits) Loaded {
	data, err := f.Data(l)
	if err != nil {
		return Loaded{File: f, Err: err}
	}
	r, err := Decode(data, l)
	return Loaded{File: f, Raster: r, Sum: sha256.Sum256(data), Err: Named(f.Name, err)}
}

// Doubts tells what is odd about pictures that are to be examples of classes, a sentence
// each: the same file in two classes, one class alone, classes of one picture. Nothing can be learned
// from one class alone; how well is not known from classes of one picture alone.
func Doubts(pictures []Loaded) []string {
	var out []string
	first := map[[sha256.Size]byte]*Loaded{}
	sizes := map[string]int{}
	for i := range pictures {
		p := &pictures[i]
		if p.Err != nil {
			continue
		}
		sizes[p.Class]++
		if q := first[p.Sum]; q == nil {
			first[p.Sum] = p
		} else if q.Class != p.Class {
			out = append(out, fmt.Sprintf("%s and %s are the same file in two classes; keep it in the one that is right", q.Name, p.Name))
		}
	}
	single := 0
	for _, n := range sizes {
		if n == 1 {
			single++
		}
	}
	switch {
	case len(sizes) == 1:
		out = append(out, "all pictures are of one class; at least two are needed, a folder each")
	case len(sizes) > 0 && single == len(sizes):
		out = append(out, "every class has one picture; two of one class are needed to learn what makes them alike")
	case single > 0:
		out = append(out, fmt.Sprintf("%d of %d classes have one picture", single, len(sizes)))
	}
	return out
}
