package db

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// DB is one open file. It is safe for concurrent use. The file is locked:
// one process writes it, or several read it.
type DB struct {
	path      string
	opts      Options
	bolt      *bolt.DB
	file      *os.File // the same that bbolt has
	temporary bool     // OpenTemp made it
	unlink    bool     // Close removes the file
	recovered bool     // a meta page was damaged when it was opened

	writer sync.Mutex                  // held by every write transaction, and by Check
	broken atomic.Pointer[brokenError] // a write transaction ended badly: no more of them

	mu          sync.Mutex // guards collections
	collections map[string]*Collection
}

// Path is the path that the file was opened by.
func (db *DB) Path() string { return db.path }

// Close waits for running transactions and closes the file. Graphs that searches have built are
// stored in it first. A second Close does nothing.
func (db *DB) Close() error {
	var err error
	for _, c := range db.handles() {
		c.stopAbsorbing()
		if db.broken.Load() == nil {
			c.saveOnClose()
		}
	}
	if db.broken.Load() != nil {
		// bbolt may hold its own locks for ever; closing the file gives up the
		// lock on it, which is what counts for others.
		err = db.file.Close()
		if errors.Is(err, os.ErrClosed) {
			err = nil
		}
	} else {
		err = guard(db.bolt.Close)
	}
	if db.unlink {
		if rm := os.Remove(db.path); rm != nil && !errors.Is(rm, os.ErrNotExist) {
			err = errors.Join(err, rm)
		}
	}
	return err
}

// handles gives the collections that somebody has asked for.
func (db *DB) handles() []*Collection {
	db.mu.Lock()
	defer db.mu.Unlock()
	return slices.Collect(maps.Values(db.collections))
}

// brokenError is why nothing more is done with an open file.
type brokenError struct{ error }

// view runs f in a read transaction. Nothing that f was given by tx may outlive it.
func (db *DB) view(f func(tx *bolt.Tx) error) error {
	if why := db.broken.Load(); why != nil {
		return why.error
	}
	return guard(func() error { return db.bolt.View(f) })
}

// update runs f in a write transaction, which is committed when f gives nil.
// NB: values that are put must stay as they are until the commit.
//
// A commit that fails before its meta page is written, as on a full disk, changes
// nothing. One that fails after it has happened as far as bbolt knows, and may be
// gone after a crash: ErrUncertain, from then on for everything, because what is
// in memory no longer is what the file says.
func (db *DB) update(f func(tx *bolt.Tx) error) error {
	if db.opts.ReadOnly {
		return ErrReadOnly
	}
	db.writer.Lock()
	defer db.writer.Unlock()
	if why := db.broken.Load(); why != nil {
		return why.error
	}
	id, finished := 0, false
	err := guard(func() error {
		err := db.bolt.Update(func(tx *bolt.Tx) error {
			if err := upgrade(tx); err != nil {
				return err
			}
			if err := f(tx); err != nil {
				return err
			}
			id = tx.ID()
			return nil
		})
		finished = true
		return err
	})
	switch {
	case !finished:
		db.broken.Store(&brokenError{fmt.Errorf("%w: a write failed before", ErrCorrupt)})
	case err != nil && id != 0 && db.reached(id):
		err = fmt.Errorf("%w: %w; close the file and open it again", ErrUncertain, err)
		db.broken.Store(&brokenError{err})
	}
	return err
}

// reached says whether the transaction of this id, or a later one, is what a
// reader sees now.
func (db *DB) reached(id int) bool {
	now := id // if even reading fails, nothing is certain
	_ = guard(func() error { return db.bolt.View(func(tx *bolt.Tx) error { now = tx.ID(); return nil }) })
	return now >= id
}

// guard runs f and turns a panic into ErrCorrupt: bbolt panics on pages that
// make no sense, and a file that is cut off while it is mapped faults.
func guard(f func() error) (err error) {
	before := debug.SetPanicOnFault(true)
	defer func() {
		debug.SetPanicOnFault(before)
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", ErrCorrupt, r)
		}
	}()
	err = f()
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return ErrClosed
	}
	return err
}
