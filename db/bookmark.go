package db

import (
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// A bookmark is a few bytes of the caller's under a name, beside the records of
// a collection: how far a long write has come. [PutOptions.Bookmark] writes it in the
// very transaction that writes the records, so that after a crash it says exactly
// which of them are in.

// maxBookmark bounds a bookmark: it is a position, not a place to keep data.
const maxBookmark = 64 << 10

// Bookmark gives what was stored under name, nil when there is nothing.
func (c *Collection) Bookmark(name string) ([]byte, error) {
	var data []byte
	err := c.view(func(_ *bolt.Tx, b collectionBuckets) error {
		marks := b.root.Bucket(bucketBookmarks)
		if marks == nil {
			return nil
		}
		value := marks.Get([]byte(name))
		if value == nil {
			return nil
		}
		body, err := openFrame(value, frameBookmark, 0)
		if err != nil {
			return fmt.Errorf("bookmark %s: %w", quoteKey(name), err)
		}
		data = append([]byte{}, body...)
		return nil
	})
	return data, err
}

// SetBookmark stores data under name in a transaction of its own; nil removes it.
// Errors: ErrName, ErrTooLarge, ErrNotFound (dropped), ErrReadOnly, ErrCorrupt.
func (c *Collection) SetBookmark(ctx context.Context, name string, data []byte) error {
	if err := c.lock(ctx); err != nil {
		return err
	}
	defer c.unlock()
	return c.update(func(_ *bolt.Tx, b collectionBuckets) error { return b.putBookmark(name, data) })
}

func (b collectionBuckets) putBookmark(name string, data []byte) error {
	if err := checkName(name); err != nil {
		return fmt.Errorf("bookmark: %w", err)
	}
	if len(data) > maxBookmark {
		return fmt.Errorf("bookmark %s: %w: %d bytes, at most %d are possible", quoteKey(name), ErrTooLarge, len(data), maxBookmark)
	}
	marks, err := b.root.CreateBucketIfNotExists(bucketBookmarks)
	if err != nil {
		return err
	}
	if data == nil {
		return marks.Delete([]byte(name))
	}
	return marks.Put([]byte(name), sealFrame(append(startFrame(nil, frameBookmark), data...), 0))
}

// bookmarks checks that every bookmark can be read.
func (c *collectionCheck) bookmarks() error {
	marks := c.buckets.root.Bucket(bucketBookmarks)
	if marks == nil {
		return nil
	}
	return c.each(marks, func(k, v []byte) {
		if _, err := openFrame(v, frameBookmark, 0); err != nil {
			c.report.add(c.where, "bookmark %s: %v", quoteKey(string(k)), err)
		}
	})
}
