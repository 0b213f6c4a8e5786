package db

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"iter"
	"time"

	bolt "go.etcd.io/bbolt"
)

// A label, after the frame's kind and version; its key is the first 16 bytes of
// the SHA-256 of (left key's length u32, left key, right key), because two keys
// side by side may be longer than a key of bbolt, and its place the first four
// of them:
//
//	+-------+-----------+------------------------+----------------------------+
//	| match | at        | lengths                | source, left key, right key|
//	| u8    | i64, µs   | u32 each               |                            |
//	+-------+-----------+------------------------+----------------------------+
//
// In the bucket of two collections left and right are those of the bucket's
// names; in one collection left is the lesser key.

// RecordRef names a record of any collection in a file.
type RecordRef struct {
	Collection, Key string
}

// String gives the collection and the quoted key.
func (r RecordRef) String() string { return r.Collection + "/" + quoteKey(r.Key) }

func (r RecordRef) compare(o RecordRef) int {
	return cmp.Or(cmp.Compare(r.Collection, o.Collection), cmp.Compare(r.Key, o.Key))
}

// Label is a judged pair of two records, of one collection or of two. Which of
// the two is Left says nothing: a pair is one label, however it is turned.
//
// A label is about keys and stays when a record is deleted: it is somebody's
// work, and the record may come again. Until it does, [DB.Labels] leaves the label
// out. It goes with [DB.Drop] of either collection.
type Label struct {
	Left, Right RecordRef
	Match       bool      // the two are the same thing
	Source      string    // who or what judged, such as a name or a file; may be empty
	At          time.Time // when; kept to the microsecond, as UTC
}

// maxSource is the most bytes of a label's source.
const maxSource = 4096

// LabelResult counts what [DB.PutLabels] did.
type LabelResult struct {
	Added    int // pairs without a label before
	Replaced int // pairs with an earlier label, which is gone
	Older    int // labels that were left out, because the pair has a later one
}

// swapped turns the label round.
func (l Label) swapped() Label {
	l.Left, l.Right = l.Right, l.Left
	return l
}

// ordered turns the label so that its left side is the lesser, as it is stored.
func (l Label) ordered() Label {
	if l.Right.compare(l.Left) < 0 {
		return l.swapped()
	}
	return l
}

func (l Label) check() error {
	for _, r := range []RecordRef{l.Left, l.Right} {
		if r.Key == "" || len(r.Key) > MaxKeySize {
			return fmt.Errorf("%w: %d bytes", ErrKey, len(r.Key))
		}
	}
	switch {
	case l.Left == l.Right:
		return fmt.Errorf("%w: %v and itself; a label is about two records", ErrLabel, l.Left)
	case len(l.Source) > maxSource:
		return fmt.Errorf("%w: a source of %d bytes, at most %d are possible", ErrLabel, len(l.Source), maxSource)
	}
	return nil
}

// pairKey is the key of a label whose sides are ordered.
func pairKey(left, right string) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(left)))
	sum := sha256.Sum256(append(append(b, left...), right...))
	return sum[:16]
}

// encode gives key and frame of an ordered label.
func (l Label) encode() (key, frame []byte) {
	key = pairKey(l.Left.Key, l.Right.Key)
	le := binary.LittleEndian
	b := startFrame(nil, frameLabel)
	if l.Match {
		b = append(b, 1)
	} else {
		b = append(b, 0)
	}
	b = le.AppendUint64(b, uint64(l.At.UnixMicro()))
	for _, s := range []string{l.Source, l.Left.Key, l.Right.Key} {
		b = le.AppendUint32(b, uint32(len(s)))
	}
	b = append(append(append(b, l.Source...), l.Left.Key...), l.Right.Key...)
	return key, sealFrame(b, binary.BigEndian.Uint32(key))
}

// decodeLabel reads a label between the collections left and right.
func decodeLabel(key, frame []byte, left, right string) (l Label, err error) {
	if len(key) != 16 {
		return l, fmt.Errorf("%w: %x is not the key of a label", ErrCorrupt, key)
	}
	body, err := openFrame(frame, frameLabel, binary.BigEndian.Uint32(key))
	if err != nil {
		return l, fmt.Errorf("label %x: %w", key, err)
	}
	f := fields{b: body}
	match, at := f.u8(), int64(f.u64())
	sizes := [3]int{int(f.u32()), int(f.u32()), int(f.u32())}
	l = Label{
		Match: match == 1, At: time.UnixMicro(at).UTC(), Source: string(f.take(sizes[0])),
		Left: RecordRef{left, string(f.take(sizes[1]))}, Right: RecordRef{right, string(f.take(sizes[2]))},
	}
	if err := f.done(frameLabel); err != nil {
		return l, fmt.Errorf("label %x: %w", key, err)
	}
	if match > 1 || l.Left.compare(l.Right) >= 0 || string(pairKey(l.Left.Key, l.Right.Key)) != string(key) {
		return l, fmt.Errorf("label %x: %w: it is about another pair", key, ErrCorrupt)
	}
	return l, nil
}

// PutLabels stores labels in one transaction, all or none. A pair is kept once:
// of two labels the one with the later At stays, of equal ones the one that is put
// later. A zero At means now.
//
// Errors: ErrLabel for a record beside itself, ErrNotFound for a collection or
// a record that is not there, ErrKey, ErrReadOnly, ErrCorrupt, the context's.
func (db *DB) PutLabels(ctx context.Context, labels ...Label) (LabelResult, error) {
	var done LabelResult
	now := time.Now()
	err := db.update(func(tx *bolt.Tx) error {
		w := labelWrite{tx: tx, collections: map[string]collectionBuckets{}}
		for i, l := range labels {
			if i&1023 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if l.At.IsZero() {
				l.At = now
			}
			if err := w.put(l, &done); err != nil {
				return fmt.Errorf("label %d: %w", i+1, err)
			}
		}
		return nil
	})
	if err != nil {
		return LabelResult{}, err
	}
	return done, nil
}

// labelWrite remembers the collections that the labels of one transaction name.
type labelWrite struct {
	tx          *bolt.Tx
	collections map[string]collectionBuckets
}

func (w *labelWrite) put(l Label, done *LabelResult) error {
	if err := l.check(); err != nil {
		return err
	}
	l = l.ordered()
	for _, r := range []RecordRef{l.Left, l.Right} {
		if there, err := w.has(r); err != nil || !there {
			return cmp.Or(err, fmt.Errorf("record %v: %w", r, ErrNotFound))
		}
	}
	pair, err := makeBuckets(w.tx, bucketLabels, []byte(l.Left.Collection), []byte(l.Right.Collection))
	if err != nil {
		return err
	}
	key, frame := l.encode()
	switch old := pair.Get(key); {
	case old == nil:
		done.Added++
	default:
		before, err := decodeLabel(key, old, l.Left.Collection, l.Right.Collection)
		if err != nil {
			return err
		}
		if l.At.UnixMicro() < before.At.UnixMicro() {
			done.Older++
			return nil
		}
		done.Replaced++
	}
	return pair.Put(key, frame)
}

// has says whether a record is there: ErrNotFound when its collection is not.
func (w *labelWrite) has(r RecordRef) (bool, error) {
	b, known := w.collections[r.Collection]
	if !known {
		var err error
		if b, err = openBuckets(w.tx, r.Collection); err != nil {
			return false, err
		}
		w.collections[r.Collection] = b
	}
	return b.keys.Get([]byte(r.Key)) != nil, nil
}

// Label gives the label of a pair, turned as it is asked for, or ErrNotFound.
// The records need not be there any more.
func (db *DB) Label(left, right RecordRef) (Label, error) {
	l := Label{Left: left, Right: right}.ordered()
	err := db.view(func(tx *bolt.Tx) (err error) {
		pair := labelBucket(tx, l.Left.Collection, l.Right.Collection)
		key := pairKey(l.Left.Key, l.Right.Key)
		if pair == nil || pair.Get(key) == nil {
			return fmt.Errorf("label of %v and %v: %w", left, right, ErrNotFound)
		}
		l, err = decodeLabel(key, pair.Get(key), l.Left.Collection, l.Right.Collection)
		return err
	})
	if l.Left != left {
		l = l.swapped()
	}
	return l, err
}

// DeleteLabel takes back what was judged about a pair: ErrNotFound if nothing was.
func (db *DB) DeleteLabel(ctx context.Context, left, right RecordRef) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l := Label{Left: left, Right: right}.ordered()
	return db.update(func(tx *bolt.Tx) error {
		pair := labelBucket(tx, l.Left.Collection, l.Right.Collection)
		key := pairKey(l.Left.Key, l.Right.Key)
		if pair == nil || pair.Get(key) == nil {
			return fmt.Errorf("label of %v and %v: %w", left, right, ErrNotFound)
		}
		return pair.Delete(key)
	})
}

// labelBucket finds the labels between two collections, left <= right; nil for none.
func labelBucket(tx *bolt.Tx, left, right string) *bolt.Bucket {
	b := tx.Bucket(bucketLabels)
	if b == nil {
		return nil
	}
	if b = b.Bucket([]byte(left)); b == nil {
		return nil
	}
	return b.Bucket([]byte(right))
}

// Labels gives the labels between the records of two collections, or within one
// that is named twice, if both records are there. Left is of the collection left.
// The order depends on the labels alone, not on when they were put. It reads in
// batches like [Collection.All]; an error is given once and ends it.
func (db *DB) Labels(left, right string) iter.Seq2[Label, error] {
	return func(yield func(Label, error) bool) {
		for l, err := range db.pairLabels(min(left, right), max(left, right), false) {
			if left > right {
				l = l.swapped()
			}
			if !yield(l, err) {
				return
			}
		}
	}
}

// AllLabels gives every label of the file, those of records that are gone too.
func (db *DB) AllLabels() iter.Seq2[Label, error] {
	return func(yield func(Label, error) bool) {
		pairs, err := db.labelPairs()
		if err != nil {
			yield(Label{}, err)
			return
		}
		for _, p := range pairs {
			for l, err := range db.pairLabels(p[0], p[1], true) {
				if !yield(l, err) || err != nil {
					return
				}
			}
		}
	}
}

// labelPairs lists the pairs of collections that have a bucket of labels.
func (db *DB) labelPairs() (pairs [][2]string, err error) {
	err = db.view(func(tx *bolt.Tx) error {
		all := tx.Bucket(bucketLabels)
		if all == nil {
			return nil
		}
		return all.ForEachBucket(func(left []byte) error {
			return all.Bucket(left).ForEachBucket(func(right []byte) error {
				pairs = append(pairs, [2]string{string(left), string(right)})
				return nil
			})
		})
	})
	return pairs, err
}

// pairLabels walks over the labels between left and right, left <= right; gone
// says whether those of records that are not there count too.
func (db *DB) pairLabels(left, right string, gone bool) iter.Seq2[Label, error] {
	return func(yield func(Label, error) bool) {
		var next []byte
		for more := true; more; {
			var batch []Label
			err := db.view(func(tx *bolt.Tx) (err error) {
				batch, next, err = readLabels(tx, left, right, next, gone)
				return err
			})
			if err != nil {
				yield(Label{}, err)
				return
			}
			more = next != nil
			for _, l := range batch {
				if !yield(l, nil) {
					return
				}
			}
		}
	}
}

// readLabels reads labels from a key on, and gives the key to go on from, nil at the end.
func readLabels(tx *bolt.Tx, left, right string, from []byte, gone bool) (out []Label, next []byte, err error) {
	w := labelWrite{tx: tx, collections: map[string]collectionBuckets{}}
	for _, name := range []string{left, right} {
		if _, err := openBuckets(tx, name); err != nil {
			return nil, nil, err
		}
	}
	pair := labelBucket(tx, left, right)
	if pair == nil {
		return nil, nil, nil
	}
	n, cursor := 0, pair.Cursor()
	for k, v := cursor.Seek(from); k != nil; k, v = cursor.Next() {
		if n++; n > readBatch {
			return out, append([]byte(nil), k...), nil
		}
		l, err := decodeLabel(k, v, left, right)
		if err != nil {
			return nil, nil, err
		}
		there := true
		for _, r := range []RecordRef{l.Left, l.Right} {
			has, err := w.has(r)
			if err != nil {
				return nil, nil, err
			}
			there = there && has
		}
		if there || gone {
			out = append(out, l)
		}
	}
	return out, nil, nil
}

// dropLabels removes the labels of a collection that goes.
func dropLabels(tx *bolt.Tx, name string) error {
	all := tx.Bucket(bucketLabels)
	if all == nil {
		return nil
	}
	var lefts [][]byte
	err := all.ForEachBucket(func(left []byte) error {
		lefts = append(lefts, append([]byte(nil), left...))
		return nil
	})
	if err != nil {
		return err
	}
	for _, left := range lefts {
		switch {
		case string(left) == name:
			err = all.DeleteBucket(left)
		case all.Bucket(left).Bucket([]byte(name)) != nil:
			err = all.Bucket(left).DeleteBucket([]byte(name))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
