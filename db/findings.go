package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/record"
)

// findings is what is intact in a damaged file.
type findings struct {
	r           io.ReaderAt
	s           *salvage
	report      *RepairReport
	names       []string // of collections, in order
	collections map[string]*foundCollection
	encoders    map[encoder.Fingerprint]*encoder.Encoder
	labels      []Label
	haveLabels  map[string]bool // pair of collections and key of those in labels
	models      []foundModel

	lostNames  bool        // there may be collections that are not in names
	labelPairs [][2]string // pairs of collections of whose labels some are missing
	anyLabels  bool        // labels may be missing, of any pair
	carved     []carved    // values that nothing leads to, rows and chunks
	schemas    []record.Schema
}

// foundCollection is what is intact of a collection.
type foundCollection struct {
	name     string
	schema   record.Schema // nil if it is lost
	state    *collectionState
	rows     []foundRow
	have     map[uint32]bool   // ids in rows
	keys     map[string]uint32 // what can be read of keys
	sets     []*foundSet
	current  *generation
	encoder  *encoder.Encoder
	lostRows bool // rows may be missing
	lostSets bool // sets of classes may be missing
	short    bool // in the end rows are missing, or may be others than there were

	bookmarks []foundBookmark
}

func (c *foundCollection) where() string { return fmt.Sprintf("collection %q", c.name) }

// foundBookmark is an intact bookmark.
type foundBookmark struct {
	name string
	data []byte
}

// foundRow is where the intact frame of a row stands.
type foundRow struct {
	at   int64
	id   uint32
	size uint32
}

// foundSet is what is intact of a set of classes.
type foundSet struct {
	name     string
	supports []support
	have     map[string]bool // names in supports
	lost     bool            // some may be missing
}

// parts reads the values and the buckets in a bucket; whole says that it is intact.
func (f *findings) parts(n node) (values map[string]element, buckets map[string]node, whole bool) {
	values, buckets = map[string]element{}, map[string]node{}
	whole = f.s.walk(n, func(e element) {
		if sub, ok := e.open(); ok {
			buckets[string(e.key)] = sub
		} else {
			values[string(e.key)] = e
		}
	})
	return values, buckets, whole
}

// inOrder gives the names of buckets, ascending.
func inOrder(buckets map[string]node) []string { return slices.Sorted(maps.Keys(buckets)) }

// gather reads all that is intact: first what trees lead to, then the rest.
func (f *findings) gather(ctx context.Context, size int64) error {
	s, root, lost, err := openSalvage(f.r, size)
	if err != nil {
		return err
	}
	f.s = s
	if lost != "" {
		f.report.lost("file", "%s", lost)
	}
	_, top, whole := f.parts(node{root: root})
	if n, ok := top[string(bucketMeta)]; ok {
		if err := f.head(n); err != nil {
			return err
		}
	}
	if !whole {
		f.report.lost("file", "its root page is damaged: labels and models may be missing")
	}
	f.lostNames, f.anyLabels = true, !whole
	if n, ok := top[string(bucketCollections)]; ok {
		_, all, whole := f.parts(n)
		f.lostNames = !whole
		for _, name := range inOrder(all) {
			if err := ctx.Err(); err != nil {
				return err
			}
			f.collection(name, all[name])
		}
	}
	if n, ok := top[string(bucketLabels)]; ok {
		f.allLabels(n)
	}
	encoders, named := f.blobs("encoders", top[string(bucketModels)]), f.blobs("models", top[string(bucketNamed)])
	for _, p := range s.unread() {
		if err := ctx.Err(); err != nil {
			return err
		}
		s.carve(p, f.keep)
	}
	f.openEncoders(encoders)
	f.openNamed(named)
	f.place()
	f.count()
	return nil
}

// head gives ErrVersion for a file of a newer doppel. A damaged head is no harm.
func (f *findings) head(n node) (err error) {
	f.s.walk(n, func(e element) {
		if _, bad := decodeFileHead(e.value); string(e.key) == string(keyHead) && errors.Is(bad, ErrVersion) {
			err = bad
		}
	})
	return err
}

// keep remembers a value that was found by itself, except for supports and labels,
// which are few.
func (f *findings) keep(c carved, value []byte) {
	c.key = slices.Clone(c.key)
	switch c.kind {
	case frameSchema:
		if schema, err := decodeSchema(value); err == nil {
			f.schemas = append(f.schemas, schema)
		}
		return
	case frameSupport, frameLabel:
		c.value = slices.Clone(value)
	}
	f.carved = append(f.carved, c)
}

// allLabels reads the labels of all pairs of collections.
func (f *findings) allLabels(n node) {
	f.haveLabels = map[string]bool{}
	_, lefts, whole := f.parts(n)
	f.anyLabels = f.anyLabels || !whole
	for _, left := range inOrder(lefts) {
		_, rights, whole := f.parts(lefts[left])
		f.anyLabels = f.anyLabels || !whole
		for _, right := range inOrder(rights) {
			pair := [2]string{left, right}
			whole := f.s.walk(rights[right], func(e element) {
				l, err := decodeLabel(e.key, e.value, left, right)
				if err != nil {
					f.s.suspects = append(f.s.suspects, e.page)
					f.labelPairs = append(f.labelPairs, pair)
					return
				}
				f.addLabel(l, e.key)
			})
			if !whole {
				f.labelPairs = append(f.labelPairs, pair)
			}
		}
	}
	slices.SortFunc(f.labelPairs, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	f.labelPairs = slices.Compact(f.labelPairs)
}

func (f *findings) addLabel(l Label, key []byte) {
	if f.haveLabels == nil {
		f.haveLabels = map[string]bool{}
	}
	at := l.Left.Collection + "\x00" + l.Right.Collection + "\x00" + string(key)
	if !f.haveLabels[at] {
		f.haveLabels[at] = true
		f.labels = append(f.labels, l)
	}
}
