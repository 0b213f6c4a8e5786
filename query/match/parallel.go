package match

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// chunk is how many rows a worker takes at a time.
const chunk = 64

// parallel runs work over 0..n in chunks on several goroutines (0 means
// GOMAXPROCS); worker is called once on each of them and gives a work function
// with its own buffers. What work writes must depend on its range only; then
// the result does not depend on the number of workers. It returns the context's error.
func parallel(ctx context.Context, n, workers int, worker func() func(from, to int)) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	workers = max(1, min(workers, (n+chunk-1)/chunk))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			work := worker()
			for ctx.Err() == nil {
				from := int(next.Add(chunk)) - chunk
				if from >= n {
					return
				}
				work(from, min(from+chunk, n))
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}
