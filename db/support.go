package db

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/record"
)

// A support, after the frame's kind and version; its place is its number in its set:
//
//	+--------------+-------+--------+------------+--------------------------+-----+--------+
//	| class length | class | fields | key length | value length, per field  | key | values |
//	| u32          |       | u32    | u32        | u32 each                 |     |        |
//	+--------------+-------+--------+------------+--------------------------+-----+--------+

// support is one reference record of a class.
type support struct {
	class string
	record.Record
}

// name is the key of a support in the bucket of names.
func (s support) name() []byte { return pairKey(s.class, s.Key) }

func (s support) encode(number uint32) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32(startFrame(nil, frameSupport), uint32(len(s.class)))
	b = append(b, s.class...)
	b = le.AppendUint32(b, uint32(len(s.Values)))
	b = le.AppendUint32(b, uint32(len(s.Key)))
	for _, v := range s.Values {
		b = le.AppendUint32(b, uint32(len(v)))
	}
	b = append(b, s.Key...)
	for _, v := range s.Values {
		b = append(b, v...)
	}
	return sealFrame(b, number)
}

// decodeSupport reads entry k, v of a set's supports.
func decodeSupport(k, v []byte, fieldCount int) (number uint32, s support, err error) {
	number, ok := orderedNumber(k)
	if !ok {
		return 0, s, fmt.Errorf("%w: %x is not the number of a support", ErrCorrupt, k)
	}
	body, err := openFrame(v, frameSupport, number)
	if err != nil {
		return number, s, fmt.Errorf("support %d: %w", number, err)
	}
	f := fields{b: body}
	s.class = string(f.take(int(f.u32())))
	if n := f.u32(); !f.short && int64(n) != int64(fieldCount) {
		return number, s, fmt.Errorf("support %d: %w: %d values for %d fields", number, ErrCorrupt, n, fieldCount)
	}
	sizes := make([]int, 1+fieldCount)
	for i := range sizes {
		sizes[i] = int(f.u32())
	}
	s.Key, s.Values = string(f.take(sizes[0])), make([]string, fieldCount)
	for i := range s.Values {
		s.Values[i] = string(f.take(sizes[1+i]))
	}
	if err := f.done(frameSupport); err != nil {
		return number, s, fmt.Errorf("support %d: %w", number, err)
	}
	return number, s, nil
}

// contentKey is the key of a support that came without one: the same values are
// the same support.
func contentKey(values []string) string {
	var b []byte
	for _, v := range values {
		b = append(binary.LittleEndian.AppendUint32(b, uint32(len(v))), v...)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// classSet is the buckets of one set of classes in one transaction.
type classSet struct {
	root, supports, names *bolt.Bucket
}

// setKey is the bucket of a set: the default set has no name, and bbolt takes
// no empty one.
func setKey(set string) []byte { return append([]byte{':'}, set...) }

// classSet finds a set, and gives ErrNotFound if there is none.
func (b collectionBuckets) classSet(set string) (s classSet, err error) {
	if all := b.root.Bucket(bucketClasses); all != nil {
		s.root = all.Bucket(setKey(set))
	}
	if s.root == nil {
		return s, fmt.Errorf("set of classes %q: %w", set, ErrNotFound)
	}
	return s, s.open(set)
}

func (s *classSet) open(set string) error {
	s.supports, s.names = s.root.Bucket(bucketSupports), s.root.Bucket(bucketNames)
	if s.supports == nil || s.names == nil {
		return fmt.Errorf("%w: set of classes %q lacks a bucket", ErrCorrupt, set)
	}
	return nil
}

// makeClassSet finds a set or makes an empty one.
func (b collectionBuckets) makeClassSet(set string) (s classSet, err error) {
	all, err := b.root.CreateBucketIfNotExists(bucketClasses)
	if err != nil {
		return s, err
	}
	if s.root = all.Bucket(setKey(set)); s.root != nil {
		return s, s.open(set)
	}
	if s.root, err = all.CreateBucket(setKey(set)); err != nil {
		return s, err
	}
	if s.supports, err = s.root.CreateBucket(bucketSupports); err != nil {
		return s, err
	}
	if s.names, err = s.root.CreateBucket(bucketNames); err != nil {
		return s, err
	}
	return s, s.putState(classState{})
}

// classSets lists the names of the sets.
func (b collectionBuckets) classSets() (sets []string, err error) {
	all := b.root.Bucket(bucketClasses)
	if all == nil {
		return nil, nil
	}
	err = all.ForEachBucket(func(k []byte) error {
		if k[0] != ':' {
			return fmt.Errorf("%w: %s is not a set of classes", ErrCorrupt, quoteKey(string(k)))
		}
		sets = append(sets, string(k[1:]))
		return nil
	})
	return sets, err
}

// classState is what changes with every write to a set.
type classState struct {
	next     uint64 // number of the next new support
	supports uint64
}

func (s classSet) putState(state classState) error {
	le := binary.LittleEndian
	b := le.AppendUint64(startFrame(nil, frameClassState), state.next)
	return s.root.Put(keyState, sealFrame(le.AppendUint64(b, state.supports), 0))
}

func (s classSet) state() (classState, error) {
	body, err := openFrame(s.root.Get(keyState), frameClassState, 0)
	if err != nil {
		return classState{}, err
	}
	f := fields{b: body}
	state := classState{next: f.u64(), supports: f.u64()}
	return state, f.done(frameClassState)
}

// each calls f for every support, in the order of their numbers.
func (s classSet) each(fieldCount int, f func(number uint32, s support) error) error {
	return s.supports.ForEach(func(k, v []byte) error {
		n, one, err := decodeSupport(k, v, fieldCount)
		if err != nil {
			return err
		}
		return f(n, one)
	})
}

// supportBlocks gives the vectors of a set's supports in generation g, nil for none.
func (b collectionBuckets) supportBlocks(g uint32, set string) *bolt.Bucket {
	gen := b.generations.Bucket(orderedKey(g))
	if gen == nil {
		return nil
	}
	all := gen.Bucket(bucketSupports)
	if all == nil {
		return nil
	}
	return all.Bucket(setKey(set))
}

// makeSupportBlocks finds or makes them.
func (b collectionBuckets) makeSupportBlocks(g uint32, set string) (*bolt.Bucket, error) {
	gen := b.generations.Bucket(orderedKey(g))
	if gen == nil {
		return nil, fmt.Errorf("%w: no generation %d", ErrCorrupt, g)
	}
	all, err := gen.CreateBucketIfNotExists(bucketSupports)
	if err != nil {
		return nil, err
	}
	return all.CreateBucketIfNotExists(setKey(set))
}
