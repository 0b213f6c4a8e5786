package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"sync"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/record"
)

// putAll makes the second pass: a goroutine reads rows, PutAll encodes and writes them.
func (r *run) putAll(ctx context.Context) (err error) {
	if err := r.look.file.Rewind(); err != nil {
		return err
	}
	r.put, err = r.c.PutAll(ctx, r.records(ctx), &db.PutOptions{
		Insert: r.Mode == Append || r.state.Fresh && r.Mode != Update, Threads: r.Threads,
		Bookmark: func(done int) (string, []byte) {
			now := r.state
			now.Done = r.from + done
			return bookmark, now.encode()
		},
		Progress: func(done int) {
			r.state.Done = r.from + done
			r.pending.committed(r.state.Done)
			r.show("import", r.state.Done, r.state.Rows)
		},
	})
	switch {
	case err != nil:
		return r.trace(err)
	case r.state.Done < r.state.Rows || r.look.changed():
		return &fileFault{fmt.Errorf("%s: the file changed while it was read; start again", r.look.name)}
	}
	return nil
}

// rowChunk is some rows on their way from who reads to who stores.
type rowChunk struct {
	rows []table.Row
	err  error
}

const (
	chunkRows   = 256
	chunkBytes  = 1 << 20
	chunksAhead = 8 // half a batch of PutAll
)

// records gives the rows behind r.from as records. A goroutine of its own reads ahead.
func (r *run) records(ctx context.Context) iter.Seq2[record.Record, error] {
	return func(yield func(record.Record, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		chunks := make(chan rowChunk, chunksAhead)
		var reader sync.WaitGroup
		reader.Go(func() { r.readChunks(ctx, chunks) })
		defer reader.Wait()
		defer cancel()
		number := r.from
		keep := r.keepsFields()
		for chunk := range chunks {
			for rows := range slices.Chunk(chunk.rows, r.rowsAtOnce()) {
				records := make([]record.Record, len(rows))
				for i, row := range rows {
					records[i] = r.record(row.Values, number+i+1)
				}
				if err := r.loadPictures(ctx, records, number); err != nil {
					yield(record.Record{}, err)
					return
				}
				for i, rec := range records {
					number++
					if keep {
						if err := r.keepFields(rec); err != nil {
							yield(rec, err)
							return
						}
					}
					r.pending.add(rec.Key, rows[i].Line, number)
					if !yield(rec, nil) {
						return
					}
				}
			}
			if chunk.err != nil {
				yield(record.Record{}, chunk.err)
				return
			}
		}
	}
}

// rowsAtOnce is how many rows become records together.
func (r *run) rowsAtOnce() int {
	if len(r.cols.imageFields()) > 0 {
		return picturesAtOnce
	}
	return chunkRows
}

// record makes a record of a row.
func (r *run) record(values []string, number int) record.Record {
	rec := record.Record{Values: r.cols.pick(values)}
	if r.look.key == RowNumbers {
		rec.Key = strconv.Itoa(number)
	} else {
		rec.Key = values[r.look.key]
	}
	return rec
}

// readChunks reads the file to its end, or until ctx ends.
func (r *run) readChunks(ctx context.Context, chunks chan<- rowChunk) {
	defer close(chunks)
	var chunk rowChunk
	bytes := 0
	send := func() bool {
		select {
		case chunks <- chunk:
			chunk, bytes = rowChunk{}, 0
			return true
		case <-ctx.Done():
			return false
		}
	}
	for n := 0; ; n++ {
		row, err := r.look.file.Next()
		if err == nil && n < r.from {
			if n&1023 == 0 && ctx.Err() != nil {
				return
			}
			continue
		}
		if err == nil {
			chunk.rows = append(chunk.rows, row)
			if bytes += textBytes(row.Values); len(chunk.rows) < chunkRows && bytes < chunkBytes {
				continue
			}
		} else if err != io.EOF {
			chunk.err = err
		}
		if !send() || err != nil {
			return
		}
	}
}

// keepsFields says whether records may be there that have fields which the file lacks.
func (r *run) keepsFields() bool {
	return r.Mode != Append && !r.state.Fresh && slices.Contains(r.cols.at, missing)
}

// keepFields fills the fields that the file lacks with what the record has stored.
func (r *run) keepFields(rec record.Record) error {
	old, err := r.c.Get(rec.Key)
	if errors.Is(err, db.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for f, at := range r.cols.at {
		if at == missing {
			rec.Values[f] = old.Values[f]
		}
	}
	return nil
}

// pending is the keys of the rows that are given away and not yet committed, so that
// an error of the store can be traced to its line.
type pending struct {
	mu   sync.Mutex
	rows []pendingRow
}

type pendingRow struct {
	key          string
	line, number int
}

func (p *pending) add(key string, line, number int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rows = append(p.rows, pendingRow{key, line, number})
}

// committed forgets the rows up to number.
func (p *pending) committed(number int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for n < len(p.rows) && p.rows[n].number <= number {
		n++
	}
	p.rows = append(p.rows[:0], p.rows[n:]...)
}

// fileFault is an error that the user mends in the file.
type fileFault struct{ error }

func (f *fileFault) Unwrap() error { return f.error }

// trace gives an error of PutAll its place in the file.
func (r *run) trace(err error) error {
	var row *table.Error
	var fault *fileFault
	switch rows := r.pending.rows; {
	case errors.As(err, &fault):
		return fault
	case errors.As(err, &row):
		return &fileFault{row} // without PutAll's word about it
	case errors.Is(err, db.ErrDuplicateKey):
		return r.traceDuplicate(err)
	case len(rows) > 0 && (errors.Is(err, db.ErrTooLarge) || errors.Is(err, db.ErrKey)):
		return &fileFault{fmt.Errorf("%s:%d: %w", r.look.name, rows[len(rows)-1].line, err)}
	}
	return err
}

// traceDuplicate finds the lines of a key that is taken.
func (r *run) traceDuplicate(err error) error {
	l := r.look
	seen := map[string]int{}
	for _, p := range r.pending.rows {
		before, twice := seen[p.key]
		if !twice {
			if _, e := r.c.Get(p.key); e != nil {
				seen[p.key] = p.line
				continue
			}
			if l.key == RowNumbers {
				return &fileFault{fmt.Errorf("%s:%d: there is a record %q in %q; name a key with %s", l.name, p.line, p.key, r.to.Collection, r.spell("id"))}
			}
			line, e := l.lineOf(p.key)
			if e != nil {
				return errors.Join(err, e)
			}
			before = line
		}
		if before == 0 || before >= p.line {
			return &fileFault{fmt.Errorf("%s:%d: field %d (%s): there is a record %q in %q; without %s the row replaces it",
				l.name, p.line, l.key+1, l.header[l.key], p.key, r.to.Collection, r.spell("append"))}
		}
		hint := fmt.Sprintf("%s; %s lets the last one count", KeyHint(r.spell("id")), r.spell("update"))
		return &fileFault{KeyTwice(l.name, p.line, before, l.header, l.key, p.key, hint)}
	}
	return err
}
