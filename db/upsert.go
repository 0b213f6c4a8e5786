package db

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/doppeldb/doppel/record"
)

// upserts is the queue of those who wait for a durable write. Whoever comes first leads: takes all that
// wait, writes them in one transaction and tells them, then hands over to the next. So the sync
// of the file, which is most of a small write, is shared by all that came during the one before.
type upserts struct {
	mu      sync.Mutex
	waiting []*upsert
	leading bool
	// expected is how many are likely to come: those of the transaction before, who write again,
	// and those who waited then. A leader waits a moment for them, or every other one
	// would come too late, and two transactions would carry half each.
	expected int
	arrived  chan struct{} // closed when that many wait; nil: nobody asks
	took     time.Duration // of the last transaction
}

// upsert is one caller's records.
type upsert struct {
	records []record.Record
	bytes   int
	lead    chan struct{} // closed: it is your turn to lead
	done    chan struct{} // closed: result and err are there
	result  PutResult
	err     error
}

// gatherShare is the part of a transaction's time that a leader waits for others.
const gatherShare = 8

// Upsert stores records, replacing those with the same keys, in one transaction with those of
// others that call it at the same time. When it returns without an error they are durable: what they
// cost is shared, so many goroutines with a record each are as fast as one with a batch. Of records
// with one key the last one stays. A context that ends before the write begins ends the
// call; later it has no effect.
//
// Errors: those of [Collection.PutAll]; with an error none of the records is stored.
func (c *Collection) Upsert(ctx context.Context, records ...record.Record) (PutResult, error) {
	u := &upsert{lead: make(chan struct{}), done: make(chan struct{})}
	var b putBatch
	for i, r := range records {
		if err := checkRecord(c.schema, r); err != nil {
			return PutResult{}, fmt.Errorf("record %d: %w", i+1, err)
		}
		b.add(r)
	}
	if len(records) == 0 {
		return PutResult{}, ctx.Err()
	}
	u.records, u.bytes = b.records, b.bytes
	if !c.upserts.enter(u) {
		select {
		case <-u.done:
			return u.result, u.err
		case <-u.lead:
		case <-ctx.Done():
			if c.upserts.leave(u) {
				return PutResult{}, ctx.Err()
			}
			select { // somebody took it, or it is to lead
			case <-u.done:
				return u.result, u.err
			case <-u.lead:
			}
		}
	}
	c.upserts.gather()
	c.leadUpserts(ctx, u)
	return u.result, u.err
}

// enter queues u and says whether it leads.
func (q *upserts) enter(u *upsert) (leads bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, u)
	if q.arrived != nil && len(q.waiting) >= q.expected {
		close(q.arrived)
		q.arrived = nil
	}
	leads = !q.leading
	q.leading = true
	return leads
}

// leave takes u out of the queue; false when a leader took it, or it was told to lead.
func (q *upserts) leave(u *upsert) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	select {
	case <-u.lead:
		return false
	default:
	}
	for i, other := range q.waiting {
		if other == u {
			q.waiting = append(q.waiting[:i:i], q.waiting[i+1:]...)
			return true
		}
	}
	return false
}

// gather waits a moment for those who are expected.
func (q *upserts) gather() {
	q.mu.Lock()
	if len(q.waiting) >= q.expected {
		q.mu.Unlock()
		return
	}
	arrived := make(chan struct{})
	q.arrived = arrived
	wait := q.took / gatherShare
	q.mu.Unlock()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-arrived:
	case <-timer.C:
		q.mu.Lock()
		q.arrived = nil
		q.mu.Unlock()
	}
}

// take gives the batch of a leader: as many as one transaction should have, its own first.
func (q *upserts) take() []*upsert {
	q.mu.Lock()
	defer q.mu.Unlock()
	n, rows, bytes := 0, 0, 0
	for _, u := range q.waiting {
		if n > 0 && (rows+len(u.records) > defaultBatchRows || bytes+u.bytes > batchBytes) {
			break
		}
		n, rows, bytes = n+1, rows+len(u.records), bytes+u.bytes
	}
	taken := q.waiting[:n:n]
	q.waiting = q.waiting[n:]
	return taken
}

// leadUpserts writes what waits and hands over.
func (c *Collection) leadUpserts(ctx context.Context, own *upsert) {
	q := &c.upserts
	var taken []*upsert
	err := c.lock(ctx)
	if err == nil {
		taken = q.take() // after the wait for the lock: more have come
		start := time.Now()
		err = c.writeUpserts(taken)
		c.unlock()
		q.mu.Lock()
		q.took = time.Since(start)
		q.expected = len(taken) + len(q.waiting)
		q.mu.Unlock()
	} else { // the context's, which is this caller's alone
		q.mu.Lock()
		for i, u := range q.waiting {
			if u == own {
				q.waiting = append(q.waiting[:i:i], q.waiting[i+1:]...)
				break
			}
		}
		q.mu.Unlock()
		taken = []*upsert{own}
	}
	for _, u := range taken {
		if err != nil {
			u.err, u.result = err, PutResult{}
		}
		close(u.done)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) > 0 {
		close(q.waiting[0].lead)
		return
	}
	q.leading = false
}

// writeUpserts writes some callers' records in one transaction. REQUIRES writer.
func (c *Collection) writeUpserts(taken []*upsert) error {
	var b putBatch
	for _, u := range taken {
		b.records = append(b.records, u.records...)
	}
	// Not a caller's context: others wait for it too, and it is short.
	w, err := c.writeBatch(context.Background(), &b, PutOptions{})
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, u := range taken {
		for _, r := range u.records {
			if _, fresh := w.fresh[r.Key]; fresh && !seen[r.Key] {
				u.result.Inserted++
			} else {
				u.result.Updated++
			}
			seen[r.Key] = true
		}
	}
	return nil
}
