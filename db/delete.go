package db

import (
	"context"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"
)

// Delete removes the records of keys in one transaction and gives how many there
// were; a key that is not there is no error. The file keeps its size: freed
// pages are used again.
func (c *Collection) Delete(ctx context.Context, keys ...string) (int, error) {
	if err := c.lock(ctx); err != nil {
		return 0, err
	}
	defer c.unlock()
	var gone deletion
	err := c.commit(func(_ *bolt.Tx, b collectionBuckets) error {
		ids, err := b.deleteRows(keys, len(c.schema))
		if gone = ids; err != nil || len(ids) == 0 {
			return err
		}
		state, err := b.state()
		if err != nil {
			return err
		}
		if uint64(len(ids)) > state.rows {
			return fmt.Errorf("%w: more rows than are counted", ErrCorrupt)
		}
		state.rows -= uint64(len(ids))
		if state.current != 0 {
			if err := b.deleteVectors(state.current, ids); err != nil {
				return err
			}
		}
		if err := b.forgetPending(state.current, ids); err != nil {
			return err
		}
		return b.putState(state)
	}, &gone)
	if err != nil {
		return 0, err
	}
	return len(gone), nil
}

// deleteRows removes keys and rows and gives their ids, ascending.
func (b collectionBuckets) deleteRows(keys []string, fieldCount int) ([]uint32, error) {
	var ids []uint32
	for _, key := range keys {
		id, ok, err := b.id(key)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		r, err := b.row(id, fieldCount)
		if err != nil {
			return nil, err
		}
		if string(r.key()) != key { // or the row of another key would go
			return nil, fmt.Errorf("%w: key %s leads to the row of another key", ErrCorrupt, quoteKey(key))
		}
		if err := b.keys.Delete([]byte(key)); err != nil {
			return nil, err
		}
		if err := b.rows.Delete(orderedKey(id)); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids, nil
}

// deleteVectors empties the slots of ids, which ascend.
func (b collectionBuckets) deleteVectors(number uint32, ids []uint32) error {
	g, err := b.generation(number)
	if err != nil {
		return err
	}
	blocks, err := b.blocks(number)
	if err != nil {
		return err
	}
	return removeVectors(blocks, ids, g.dim)
}
