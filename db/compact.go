package db

import (
	"context"
	"errors"
	"os"
	"runtime"

	bolt "go.etcd.io/bbolt"
)

// CompactOptions says how to compact. The zero value, and nil, are the default.
type CompactOptions struct {
	// Progress, if set, is called now and then with the bytes of keys and values that
	// are copied, and the size of the old file, which is more than that.
	Progress func(done, total int64)
}

// CompactResult is what a compaction gained.
type CompactResult struct {
	Before, After int64 // bytes of the file
	CopyResult
}

// compactBatch is about how many bytes are copied in one transaction.
const compactBatch = 32 << 20

// Compact writes the file at path anew, without free pages and with full ones:
// bbolt never gives back what deletes free. Everything in it is kept, but for damaged graphs. The new file
// is checked in full before it takes the old one's place; until then, and after an
// error or a crash, the old one is as it was. It needs room for both.
//
// Nobody may have the file open, this process included: ErrLocked. Further
// errors: those of [Open], ErrCorrupt, the system's, the context's.
func Compact(ctx context.Context, path string, opts *CompactOptions) (CompactResult, error) {
	var o CompactOptions
	if opts != nil {
		o = *opts
	}
	d, err := Open(path, &Options{MustExist: true})
	if err != nil {
		return CompactResult{}, err
	}
	result, err := d.compact(ctx, o)
	if closeErr := d.Close(); closeErr != nil && !errors.Is(closeErr, os.ErrClosed) {
		err = errors.Join(err, closeErr)
	}
	return result, err
}

// compact replaces the file of db, which holds the lock on it.
func (db *DB) compact(ctx context.Context, o CompactOptions) (r CompactResult, err error) {
	info, err := db.file.Stat()
	if err != nil {
		return r, err
	}
	r.Before = info.Size()
	side, err := db.besideItself()
	if err != nil {
		return r, err
	}
	defer side.abort()
	if err := db.copyTo(ctx, side.path, o, r.Before); err != nil {
		return r, err
	}
	if r.CopyResult, err = checkCopy(ctx, side.path); err != nil {
		return r, err
	}
	info, err = os.Stat(side.path)
	if err != nil {
		return r, err
	}
	r.After = info.Size()
	if runtime.GOOS == "windows" { // where an open file is not replaced
		if err := db.Close(); err != nil {
			return r, err
		}
	}
	return r, side.commit()
}

// copyTo writes every bucket and value into a new bbolt file.
func (db *DB) copyTo(ctx context.Context, path string, o CompactOptions, total int64) error {
	to, err := openBolt(path, Options{NoSync: true}) // commit syncs the whole file
	if err != nil {
		return err
	}
	err = db.view(func(src *bolt.Tx) error {
		c := compaction{ctx: ctx, to: to.bolt, opts: o, total: total}
		if c.tx, err = to.bolt.Begin(true); err != nil {
			return err
		}
		err := src.ForEach(func(name []byte, b *bolt.Bucket) error {
			if _, err := c.tx.CreateBucket(name); err != nil {
				return err
			}
			return c.copy(b, [][]byte{name})
		})
		if err != nil {
			return errors.Join(err, c.tx.Rollback())
		}
		return c.tx.Commit()
	})
	return errors.Join(err, to.Close())
}

// compaction copies buckets, in transactions of about compactBatch bytes.
type compaction struct {
	ctx   context.Context
	to    *bolt.DB
	tx    *bolt.Tx
	opts  CompactOptions
	size  int64 // bytes in this transaction
	done  int64 // bytes in those before
	total int64
}

// bucket finds the bucket at path in the present transaction.
func (c *compaction) bucket(path [][]byte) *bolt.Bucket {
	b := c.tx.Bucket(path[0])
	for _, name := range path[1:] {
		b = b.Bucket(name)
	}
	b.FillPercent = sequentialFill
	return b
}

// copy copies what is in src into the empty bucket at path.
func (c *compaction) copy(src *bolt.Bucket, path [][]byte) error {
	dst := c.bucket(path)
	if err := dst.SetSequence(src.Sequence()); err != nil {
		return err
	}
	cursor := src.Cursor()
	for k, v := cursor.First(); k != nil; k, v = cursor.Next() {
		if c.size > compactBatch {
			if err := c.turn(); err != nil {
				return err
			}
			dst = c.bucket(path)
		}
		if v != nil {
			c.size += int64(len(k) + len(v))
			if err := dst.Put(k, v); err != nil {
				return err
			}
			continue
		}
		if _, err := dst.CreateBucket(k); err != nil {
			return err
		}
		if err := c.copy(src.Bucket(k), append(path[:len(path):len(path)], k)); err != nil {
			return err
		}
		dst = c.bucket(path) // there may have been another transaction
	}
	return c.ctx.Err()
}

// turn begins the next transaction.
func (c *compaction) turn() (err error) {
	if err := c.ctx.Err(); err != nil {
		return err
	}
	if err := c.tx.Commit(); err != nil {
		return err
	}
	c.done += c.size
	c.size = 0
	if c.opts.Progress != nil {
		c.opts.Progress(c.done, c.total)
	}
	c.tx, err = c.to.Begin(true)
	return err
}
