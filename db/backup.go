package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	bolt "go.etcd.io/bbolt"
)

// Backup copies the file to path, as one transaction sees it; others go on
// reading and writing, and the file grows by what they write meanwhile. The copy
// is checked in full, as by [DB.Check], before it appears at path, whole or not at
// all. A backup that is already there is replaced; any other file is not.
//
// Errors: ErrCorrupt when the file does not hold together ([Repair] saves what
// can be saved), ErrNotDoppel and ErrLocked about what is at path, the system's,
// the context's.
func (db *DB) Backup(ctx context.Context, path string) error {
	if same, err := db.isAt(path); err != nil || same {
		return errors.Join(err, fmt.Errorf("%w: a file cannot be a backup of itself: %s", ErrOptions, path))
	}
	side, err := newSideFile(path)
	if err != nil {
		return err
	}
	defer side.abort()
	f, err := os.OpenFile(side.path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = db.BackupTo(ctx, f)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := checkCopy(ctx, side.path); err != nil {
		return err
	}
	return side.commit()
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

// checkCopy gives ErrCorrupt for a file that is not whole.
func checkCopy(ctx context.Context, path string) error {
	d, err := Open(path, &Options{ReadOnly: true})
	if err != nil {
		return err
	}
	r, err := d.Check(ctx)
	if err == nil && !r.OK() {
		err = fmt.Errorf("%w: Check finds %d, the first: %v; see Check and Repair", ErrCorrupt, len(r.Problems)+r.More, r.Problems[0])
	}
	return errors.Join(err, d.Close())
}

// Restore puts a copy of the file at from, such as one of [DB.Backup], in the
// place of the one at to. It is checked in full before anything is replaced, and
// what was at to is there until the copy is. Nobody may have to open.
//
// Errors: ErrCorrupt (from is damaged), ErrNotFound, ErrNotDoppel, ErrVersion,
// ErrLocked, the system's, the context's.
func Restore(ctx context.Context, from, to string) error {
	d, err := Open(from, &Options{ReadOnly: true})
	if err != nil {
		return err
	}
	if d.recovered {
		err = fmt.Errorf("%s: %w: one of its two meta pages is damaged, so that its last transaction may be missing; see Repair", from, ErrCorrupt)
	} else {
		err = d.Backup(ctx, to)
	}
	return errors.Join(err, d.Close())
}
