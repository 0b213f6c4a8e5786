package db

import (
	"context"
	"errors"
	"fmt"
	"os"

	bolt "go.etcd.io/bbolt"
)

// RepairReport is what [Repair] saved and what it could not.
type RepairReport struct {
	Collections int
	Rows        int
	Supports    int
	Labels      int
	Models      int // named ones
	Bookmarks   int
	Encoders    int // of collections that have their vectors again
	Doubtful    int // of Rows: they may be of an older state, or deleted since
	Lost        []Problem
	More        int // losses beyond the first 1,000
}

// OK says that nothing was lost.
func (r *RepairReport) OK() bool { return len(r.Lost) == 0 }

func (r *RepairReport) lost(where, format string, args ...any) {
	if len(r.Lost) == maxProblems {
		r.More++
		return
	}
	r.Lost = append(r.Lost, Problem{where, fmt.Sprintf(format, args...)})
}

// Repair writes what is intact in the file at from, however it is damaged, into a
// new file at to: every row, support, label and named model whose checksum holds.
// Vectors are made anew by the encoder, if that is intact: the same rows and the
// same weights give the same vectors. Rows whose page nothing leads to any more are
// found by themselves; where the list of free pages is damaged, too, they may be
// of an older state of the file, which the report tells. A bookmark is kept
// where no row of its collection is lost. What is kept only to be fast is left behind.
// The file at from is not changed.
//
// What is lost is in the report; an error means that there is no new file:
// ErrNotDoppel, ErrLocked, ErrOptions (from and to are one), ErrCorrupt when nothing
// of it can be made out, the system's, the context's. A file at to is replaced if
// it is a doppel file.
func Repair(ctx context.Context, from, to string) (*RepairReport, error) {
	f, err := os.Open(from)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if there, err := os.Stat(to); err == nil && os.SameFile(info, there) {
		return nil, fmt.Errorf("%w: %s cannot be repaired into itself; name another file, and rename it when it is to your liking", ErrOptions, from)
	}
	if err := lockFile(f); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", from, ErrLocked, whoHolds(from))
	}
	found := &findings{r: f, report: &RepairReport{}, collections: map[string]*foundCollection{}}
	if err := guard(func() error { return found.gather(ctx, info.Size()) }); err != nil {
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	side, err := newSideFile(to)
	if err != nil {
		return nil, err
	}
	defer side.abort()
	d, err := Open(side.path, &Options{NoSync: true}) // commit syncs the whole file
	if err != nil {
		return nil, err
	}
	err = found.write(ctx, d)
	if err = errors.Join(err, d.Close()); err != nil {
		return nil, err
	}
	if _, err := checkCopy(ctx, side.path); err != nil {
		return nil, err
	}
	return found.report, side.commit()
}

// write puts all that was found into a new file.
func (f *findings) write(ctx context.Context, d *DB) error {
	for _, name := range f.names {
		c := f.collections[name]
		if c.schema == nil {
			continue // gather has told
		}
		if err := f.writeCollection(ctx, d, c); err != nil {
			return fmt.Errorf("collection %q: %w", name, err)
		}
		f.report.Collections++
	}
	for _, l := range f.labels {
		if !f.kept(l.Left.Collection) || !f.kept(l.Right.Collection) {
			f.report.lost("labels", "%v and %v: a collection is lost", l.Left, l.Right)
			continue
		}
		f.report.Labels++
	}
	err := d.update(func(tx *bolt.Tx) error {
		for _, l := range f.labels {
			if !f.kept(l.Left.Collection) || !f.kept(l.Right.Collection) {
				continue
			}
			pair, err := makeBuckets(tx, bucketLabels, []byte(l.Left.Collection), []byte(l.Right.Collection))
			if err != nil {
				return err
			}
			key, frame := l.encode()
			if err := pair.Put(key, frame); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, m := range f.models {
		err := d.update(func(tx *bolt.Tx) error {
			all, err := makeBuckets(tx, bucketNamed)
			if err != nil {
				return err
			}
			return putNamed(all, m.info, m.data)
		})
		if err != nil {
			return err
		}
		f.report.Models++
	}
	return nil
}

func (f *findings) kept(collection string) bool {
	c := f.collections[collection]
	return c != nil && c.schema != nil
}

func (f *findings) writeCollection(ctx context.Context, d *DB, found *foundCollection) error {
	c, err := d.Create(found.name, found.schema)
	if err != nil {
		return err
	}
	res, err := c.PutAll(ctx, f.records(found), nil)
	if err != nil {
		return err
	}
	f.report.Rows += res.Inserted
	if res.Updated > 0 {
		f.report.lost(found.where(), "%d rows have the key of another row; the one that came later was kept", res.Updated)
	}
	for _, set := range found.sets {
		for _, s := range set.supports {
			if err := c.AddSupports(ctx, set.name, s.class, s.Record); err != nil {
				return err
			}
			f.report.Supports++
		}
	}
	if err := f.writeBookmarks(ctx, c, found, res); err != nil || found.encoder == nil {
		return err
	}
	if err := c.SetEncoder(ctx, found.encoder); err != nil {
		return err
	}
	f.report.Encoders++
	return nil
}

// writeBookmarks keeps the bookmarks of a collection of which every row is there: one that speaks of rows that are lost would
// let whoever goes on from it leave them out.
func (f *findings) writeBookmarks(ctx context.Context, c *Collection, found *foundCollection, res PutResult) error {
	whole := !found.short && res.Inserted == len(found.rows)
	for _, m := range found.bookmarks {
		if !whole {
			f.report.lost(found.where(), "the bookmark %s: it counts rows that are lost; what it is of, such as an import, has to begin anew", quoteKey(m.name))
			continue
		}
		if err := c.SetBookmark(ctx, m.name, m.data); err != nil {
			return err
		}
		f.report.Bookmarks++
	}
	return nil
}
