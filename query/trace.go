package query

import (
	"iter"
	"time"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/record"
)

// trace measures a SELECT for EXPLAIN ANALYZE. A nil trace measures nothing.
type trace struct {
	answer     *db.Answer // of NEAREST
	read       int        // records that fulfil WHERE
	readTime   time.Duration
	sortedRows int
	sortTime   time.Duration
}

// reading counts and times the reading of records.
func (t *trace) reading(records iter.Seq2[record.Record, error]) iter.Seq2[record.Record, error] {
	if t == nil {
		return records
	}
	return func(yield func(record.Record, error) bool) {
		start := time.Now()
		for r, err := range records {
			t.readTime += time.Since(start)
			if err == nil {
				t.read++
			}
			if !yield(r, err) {
				return
			}
			start = time.Now()
		}
		t.readTime += time.Since(start)
	}
}

func (t *trace) found(a *db.Answer) {
	if t != nil {
		t.answer = a
	}
}

func (t *trace) sorted(rows int, took time.Duration) {
	if t != nil {
		t.sortedRows, t.sortTime = rows, took
	}
}
