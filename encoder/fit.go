package encoder

import (
	"context"
	"runtime"
	"sync"

	"github.com/doppeldb/doppel/record"
)

// Rows gives the values of record i, 0 <= i < n, in schema order, one per field. It
// is called from several goroutines.
type Rows func(i int) []string

// Fit makes the zero-label encoder of n records: idf from the records
// themselves, every gain at its start. It gives [ErrOptions], a schema error or the
// context's error. The result does not depend on Options.Threads.
func Fit(ctx context.Context, schema record.Schema, n int, rows Rows, opts Options) (*Encoder, error) {
	if err := schema.Validate(); err != nil {
		return nil, err
	}
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	opts = opts.withDefaults()
	df, err := documentFrequencies(ctx, schema, n, rows, opts)
	if err != nil {
		return nil, err
	}
	e := &Encoder{
		schema: append(record.Schema(nil), schema...), dim: opts.Dim, logBuckets: opts.LogBuckets, docs: uint64(n),
		idf: make([]float32, len(df)), gain: make([]float32, len(df)), fieldGain: make([]float32, len(schema)),
	}
	for b, count := range df {
		e.idf[b] = 1 + float32(ln(float64(1+n)/float64(1+count)))
		e.gain[b] = 1
	}
	for f, field := range schema {
		e.fieldGain[f] = startGain(field.Kind)
	}
	if err := e.fitPictures(ctx, n, rows, opts.Threads); err != nil {
		return nil, err
	}
	e.seal()
	return e, nil
}

// startGain is a field's weight before any label. A bare number says little
// about identity on its own, and as text it is noise: prices differ between shops.
func startGain(k record.Kind) float32 {
	switch k {
	case record.Ignore, record.Number:
		return 0
	case record.Image:
		return pictureGain
	}
	return 1
}

// worded says whether the values of a field are read as words.
func worded(k record.Kind) bool {
	return k == record.Text || k == record.Category || k == record.Code
}

// seal derives what is not stored.
func (e *Encoder) seal() {
	e.weight = make([]float32, len(e.idf))
	for b := range e.weight {
		e.weight[b] = e.idf[b] * e.gain[b]
	}
	e.fingerprint = e.sum()
}

// documentFrequencies counts, for each bucket, the records that touch it.
func documentFrequencies(ctx context.Context, schema record.Schema, n int, rows Rows, opts Options) ([]uint32, error) {
	workers := max(1, min(threads(opts.Threads), n/256))
	parts := make([][]uint32, workers)
	err := split(ctx, n, workers, func(w, from, to int) {
		df, last := make([]uint32, 1<<opts.LogBuckets), make([]uint32, 1<<opts.LogBuckets)
		b := newBag(opts.LogBuckets)
		for i := from; i < to; i++ {
			if i&255 == 0 && ctx.Err() != nil {
				return
			}
			values := rows(i)
			if len(values) != len(schema) {
				panic(errValues)
			}
			for f, v := range values {
				if v == "" || !worded(schema[f].Kind) {
					continue
				}
				b.fill(schema[f].Kind, v)
				for _, ft := range b.feats {
					if k := ft.hash >> b.shift; last[k] != uint32(i)+1 {
						last[k] = uint32(i) + 1
						df[k]++
					}
				}
			}
		}
		parts[w] = df
	})
	if err != nil {
		return nil, err
	}
	for _, p := range parts[1:] {
		for b, c := range p {
			parts[0][b] += c
		}
	}
	return parts[0], nil
}

// EncodeAll writes the vectors of n records to dst, (n, Dim) row-major, on
// several goroutines (0 means GOMAXPROCS). The bytes do not depend on their number.
func (e *Encoder) EncodeAll(ctx context.Context, n int, rows Rows, dst []float32, workers int) error {
	if len(dst) != n*e.dim {
		panic("encoder: length of dst is not n * Dim")
	}
	least := 64 // records that are worth a goroutine
	if len(e.meanLook) > 0 {
		least = 1
	}
	workers = max(1, min(threads(workers), n/least))
	return split(ctx, n, workers, func(_, from, to int) {
		s := e.NewSession()
		for i := from; i < to; i++ {
			if i&255 == 0 && ctx.Err() != nil {
				return
			}
			s.Encode(rows(i), dst[i*e.dim:(i+1)*e.dim])
			if i&7 == 7 { // a fraction of a millisecond: let in who waits for a core, such as a search beside an import
				runtime.Gosched()
			}
		}
	})
}

// split runs work on equal ranges of 0..n, one goroutine each.
func split(ctx context.Context, n, workers int, work func(worker, from, to int)) error {
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() { work(w, n*w/workers, n*(w+1)/workers) })
	}
	wg.Wait()
	return ctx.Err()
}

func threads(n int) int {
	if n > 0 {
		return n
	}
	return runtime.GOMAXPROCS(0)
}
