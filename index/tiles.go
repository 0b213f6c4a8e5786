package index

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// eachTile runs tiles 0 to n-1 on up to threads goroutines. worker is called once
// per goroutine and gives the function that runs a tile, so that buffers live as
// long as their goroutine. It returns the context's error if that ended, else the
// error of the lowest tile that failed.
func eachTile(ctx context.Context, n, threads int, worker func() func(tile int) error) error {
	errs := make([]error, n)
	var next atomic.Int64
	work := func() {
		run := worker()
		for {
			tile := int(next.Add(1)) - 1
			if tile >= n || ctx.Err() != nil {
				return
			}
			errs[tile] = run(tile)
		}
	}
	var wg sync.WaitGroup
	for range max(0, min(threads, n)-1) {
		wg.Go(work)
	}
	work()
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// orAll is a number of threads; 0 and less stand for one for each CPU.
func orAll(threads int) int {
	if threads <= 0 {
		return runtime.GOMAXPROCS(0)
	}
	return threads
}

// inRanges runs f on ranges that make up 0 to n, on all cores where there are many.
func inRanges(n int, f func(from, to int)) {
	const size = 512
	if n <= size {
		f(0, n)
		return
	}
	// The context never ends, and f cannot fail.
	_ = eachTile(context.Background(), (n+size-1)/size, runtime.GOMAXPROCS(0), func() func(int) error {
		return func(tile int) error {
			f(tile*size, min(n, (tile+1)*size))
			runtime.Gosched() // as in eachWorker
			return nil
		}
	})
}
