package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/record"
)

// source gives the file as the other commands have it, with the sample for its rows.
func (l *look) source() *source {
	return &source{Table: &table.Table{Path: l.path, Header: l.header, Rows: l.sample}, key: l.key, truth: missing, compare: l.compare}
}

// putAll makes the second pass: a goroutine reads rows, PutAll encodes and writes them.
func (im *importer) putAll(ctx context.Context) error {
	if err := im.look.file.Rewind(); err != nil {
		return err
	}
	opts := &db.PutOptions{
		Insert: im.append || im.state.Fresh && !im.update, Threads: im.threads,
		Bookmark: func(done int) (string, []byte) {
			now := im.state
			now.Done = im.from + done
			return importMark, now.encode()
		},
		Progress: func(done int) {
			im.state.Done = im.from + done
			im.pending.committed(im.state.Done)
			im.bar.show("import", im.state.Done, im.state.Rows)
		},
	}
	var err error
	im.put, err = im.c.PutAll(ctx, im.records(ctx), opts)
	im.bar.end()
	if err == nil {
		err = im.look.again()
	}
	if err == nil && im.state.Done < im.state.Rows {
		err = fmt.Errorf("%s: the file changed while it was read; run the command again", im.look.name())
	}
	return err
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

// records gives the rows behind im.from as records. A goroutine of its own reads ahead.
func (im *importer) records(ctx context.Context) iter.Seq2[record.Record, error] {
	return func(yield func(record.Record, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		chunks := make(chan rowChunk, chunksAhead)
		var reader sync.WaitGroup
		reader.Go(func() { im.readChunks(ctx, chunks) })
		defer reader.Wait()
		defer cancel()
		number := im.from
		keep := im.keepsFields()
		for chunk := range chunks {
			for _, row := range chunk.rows {
				number++
				r := im.record(row.Values, number)
				if keep {
					if err := im.keepFields(r); err != nil {
						yield(r, err)
						return
					}
				}
				im.pending.add(r.Key, row.Line, number)
				if !yield(r, nil) {
					return
				}
			}
			if chunk.err != nil {
				yield(record.Record{}, chunk.err)
				return
			}
		}
	}
}

// readChunks reads the file to its end, or until ctx ends.
func (im *importer) readChunks(ctx context.Context, chunks chan<- rowChunk) {
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
		row, err := im.look.file.Next()
		if err == nil && n < im.from {
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
func (im *importer) keepsFields() bool {
	return !im.append && !im.state.Fresh && slices.Contains(im.layout.at[0], missing)
}

// keepFields fills the fields that the file lacks with what the record has stored.
func (im *importer) keepFields(r record.Record) error {
	old, err := im.c.Get(r.Key)
	if errors.Is(err, db.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for f, c := range im.layout.at[0] {
		if c == missing {
			r.Values[f] = old.Values[f]
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

// giveUp says what became of an import that did not end. A collection that this file alone
// has made goes again if the file is at fault: its rows would only be in the way of the
// mended file. Otherwise what is in stays, and the same command goes on.
func (im *importer) giveUp(ctx context.Context, err error) error {
	if errors.Is(err, db.ErrDuplicateKey) {
		err = im.traceDuplicate(err)
	}
	if errors.Is(err, db.ErrTooLarge) || errors.Is(err, db.ErrKey) {
		err = im.traceRow(err)
	}
	var bad *fileFault
	fault := errors.As(err, &bad) || errors.As(err, new(*usageError))
	if im.state.Done == 0 || fault && im.made {
		return errors.Join(im.plain(ctx, err), im.takeBack())
	}
	in := fmt.Sprintf("%s of %s rows are in %s", thousands(im.state.Done), thousands(im.state.Rows), im.dbPath)
	switch {
	case ctx.Err() != nil:
		return &keptError{fmt.Sprintf("interrupted; %s, the same command goes on from there", in)}
	case fault:
		return fmt.Errorf("%w; %s", err, in)
	}
	return fmt.Errorf("%w; %s, the same command goes on from there", im.plain(ctx, err), in)
}

// plain adds to an error of the store what to do.
func (im *importer) plain(ctx context.Context, err error) error {
	var bad *fileFault
	var row *table.Error
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &bad), errors.As(err, new(*usageError)):
		return err
	case errors.As(err, &row):
		return row // without PutAll's word about it
	case errors.Is(err, db.ErrCorrupt):
		return im.damaged(err)
	}
	return fmt.Errorf("%s: %w; free some space, or name another file with --db", im.dbPath, plainCause(err))
}

// takeBack leaves no trace of an import that put nothing.
func (im *importer) takeBack() error {
	var errs []error
	if im.file != nil && im.made && !im.isNew {
		errs = append(errs, im.file.Drop(im.name))
	}
	if im.isNew && im.file != nil {
		errs = append(errs, im.file.Close(), os.Remove(im.dbPath))
		im.file = nil
	}
	return errors.Join(errs...)
}

// fileFault is an error that the user mends in the file.
type fileFault struct{ error }

func (f *fileFault) Unwrap() error { return f.error }

// traceDuplicate finds the lines of a key that is taken.
func (im *importer) traceDuplicate(err error) error {
	name, l := im.look.name(), im.look
	seen := map[string]int{}
	for _, p := range im.pending.rows {
		before, twice := seen[p.key]
		if !twice {
			if _, e := im.c.Get(p.key); e != nil {
				seen[p.key] = p.line
				continue
			}
			if l.key == rowNumbers {
				return &fileFault{fmt.Errorf("%s:%d: there is a record %q in %q; name a key with --id", name, p.line, p.key, im.name)}
			}
			line, e := l.lineOf(p.key)
			if e != nil {
				return errors.Join(err, e)
			}
			before = line
		}
		if before == 0 || before >= p.line {
			return &fileFault{fmt.Errorf("%s:%d: field %d (%s): there is a record %q in %q; without --append the row replaces it",
				name, p.line, l.key+1, l.header[l.key], p.key, im.name)}
		}
		return &fileFault{fmt.Errorf("%w; --update lets the last one count", keyTwice(name, p.line, before, l.header, l.key, p.key))}
	}
	return err
}

// traceRow adds file and line to an error about a record.
func (im *importer) traceRow(err error) error {
	if n := len(im.pending.rows); n > 0 {
		return &fileFault{fmt.Errorf("%s:%d: %w", im.look.name(), im.pending.rows[n-1].line, err)}
	}
	return &fileFault{err}
}

// importSummary is what --json prints. All but seconds is the same for the same input.
type importSummary struct {
	File        string   `json:"file"`
	DB          string   `json:"db"`
	Collection  string   `json:"collection"`
	Schema      string   `json:"schema"`
	Key         string   `json:"key"`
	Rows        int      `json:"rows"`
	Inserted    int      `json:"inserted"`
	Updated     int      `json:"updated"`
	WentOnFrom  int      `json:"went_on_from"`
	SkippedRows int      `json:"skipped_rows"`
	Records     int      `json:"records"`
	Warnings    []string `json:"warnings"`
	Seconds     float64  `json:"seconds"`
}

// finish says what was done.
func (im *importer) finish() error {
	n, err := im.c.Len()
	if err != nil {
		return im.damaged(err)
	}
	took := time.Since(im.started).Seconds()
	what := count(im.put.Inserted, "record", "records") + " added"
	if im.put.Updated > 0 {
		what += ", " + thousands(im.put.Updated) + " updated"
	}
	if im.from > 0 {
		what += fmt.Sprintf(" (and %s before)", thousands(im.from))
	}
	im.say("%s; %q in %s has %s (%.1f s)", what, im.name, im.dbPath, thousands(n), took)
	if !im.json {
		return nil
	}
	return writeIndented(im.stdout, importSummary{
		File: im.look.name(), DB: im.dbPath, Collection: im.name, Schema: im.layout.schema.String(), Key: im.state.Key,
		Rows: im.state.Rows, Inserted: im.put.Inserted, Updated: im.put.Updated, WentOnFrom: im.from, SkippedRows: im.look.skipped,
		Records: n, Warnings: append([]string{}, im.warnings...), Seconds: math.Round(took*1000) / 1000,
	})
}
