package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	bolt "go.etcd.io/bbolt"
)

// CopyResult is what is not in a copy of a file.
type CopyResult struct {
	// Graphs are the collections whose stored graph is damaged. A graph is kept only to be quick: the copy is without it,
	// and searches of the copy build it anew.
	Graphs []string
}

// Backup copies the file to path, as one transaction sees it; others go on
// reading and writing, and the file grows by what they write meanwhile. The copy
// is checked in full, as by [DB.Check], before it appears at path, whole or not at
// all, but for damaged graphs. A backup that is already there is replaced; any other file is not.
//
// Errors: ErrCorrupt when the file does not hold together ([Repair] saves what
// can be saved), ErrNotDoppel and ErrLocked about what is at path, the system's,
// the context's.
func (db *DB) Backup(ctx context.Context, path string) (CopyResult, error) {
	if same, err := db.isAt(path); err != nil || same {
		return CopyResult{}, errors.Join(err, fmt.Errorf("%w: a file cannot be a backup of itself: %s", ErrOptions, path))
	}
	side, err := newSideFile(path)
	if err != nil {
		return CopyResult{}, err
	}
	defer side.abort()
	f, err := os.OpenFile(side.path, os.O_WRONLY, 0)
	if err != nil {
		return CopyResult{}, err
	}
	_, err = db.BackupTo(ctx, f)
	if err = errors.Join(err, f.Close()); err != nil {
		return CopyResult{}, err
	}
	r, err := checkCopy(ctx, side.path)
	if err != nil {
		return CopyResult{}, err
	}
	return r, side.commit()
}

// isAt says whether path leads to the open file.
func (db *DB) isAt(path string) (bool, error) {
	info, err := os.Stat(path)
	if err != nil {
		return false, nil // nothing is there; or it shows when it is used
	}
	mine, err := db.file.Stat()
	if errors.Is(err, os.ErrClosed) {
		err = ErrClosed
	}
	return err == nil && os.SameFile(info, mine), err
}

// BackupTo writes the file to w, as one transaction sees it, and gives the number
// of bytes. They are not checked: see [DB.Backup].
func (db *DB) BackupTo(ctx context.Context, w io.Writer) (int64, error) {
	var n int64
	to := contextWriter{ctx: ctx, w: w}
	err := db.view(func(tx *bolt.Tx) (err error) {
		n, err = tx.WriteTo(&to)
		return err
	})
	if to.err != nil {
		err = to.err // bbolt gives only its text
	}
	return n, err
}

// contextWriter writes until the context ends, and remembers the first error.
type contextWriter struct {
	ctx context.Context
	w   io.Writer
	err error
}

func (c *contextWriter) Write(p []byte) (n int, err error) {
	if err = c.ctx.Err(); err == nil {
		n, err = c.w.Write(p)
	}
	if c.err == nil {
		c.err = err
	}
	return n, err
}

// checkCopy gives ErrCorrupt for a file that is not whole, and takes damaged graphs out of it.
func checkCopy(ctx context.Context, path string) (CopyResult, error) {
	r, err := checkFile(ctx, path)
	if err != nil || r.OK() {
		return CopyResult{}, err
	}
	dropped := r.graphs
	if r.onlyGraphs() {
		if err := dropGraphs(ctx, path, dropped); err != nil {
			return CopyResult{}, err
		}
		if r, err = checkFile(ctx, path); err != nil {
			return CopyResult{}, err
		}
	}
	if !r.OK() {
		return CopyResult{}, fmt.Errorf("%w: Check finds %d, the first: %v; see Check and Repair", ErrCorrupt, len(r.Problems)+r.More, r.Problems[0])
	}
	return CopyResult{Graphs: dropped}, nil
}

func checkFile(ctx context.Context, path string) (*Report, error) {
	d, err := Open(path, &Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	r, err := d.Check(ctx)
	return r, errors.Join(err, d.Close())
}

// Restore puts a copy of the file at from, such as one of [DB.Backup], in the
// place of the one at to. It is checked in full before anything is replaced, and
// what was at to is there until the copy is. Nobody may have to open.
//
// Errors: ErrCorrupt (from is damaged), ErrNotFound, ErrNotDoppel, ErrVersion,
// ErrLocked, the system's, the context's.
func Restore(ctx context.Context, from, to string) (r CopyResult, err error) {
	d, err := Open(from, &Options{ReadOnly: true})
	if err != nil {
		return r, err
	}
	if d.recovered {
		err = fmt.Errorf("%s: %w: one of its two meta pages is damaged, so that its last transaction may be missing; see Repair", from, ErrCorrupt)
	} else {
		r, err = d.Backup(ctx, to)
	}
	return r, errors.Join(err, d.Close())
}
