package db

import (
	"context"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/record"
)

// A set's state, after the frame's kind and version: next number u64, supports u64.

// Class is a name in a set of classes, and how many supports stand for it.
type Class struct {
	Set      string // "" for the collection's default set
	Name     string
	Supports int
}

// AddSupports puts records into a class, in one transaction, and makes the class
// and its set if need be. Supports are records of the collection's schema, but not
// of the collection: they are no answer to Nearest. A support of the same key in the
// same class is replaced; one without a key gets one that its values determine.
// They get vectors of the current generation, and new ones from [Collection.SetEncoder];
// no weight changes.
//
// Errors: ErrName, ErrKey, ErrSchema, ErrTooLarge, ErrNotFound (dropped), ErrReadOnly,
// ErrCorrupt, the context's.
func (c *Collection) AddSupports(ctx context.Context, set, class string, supports ...record.Record) error {
	if err := checkClass(set, class); err != nil {
		return fmt.Errorf("collection %q: %w", c.name, err)
	}
	all, err := c.newSupports(class, supports)
	if err != nil {
		return fmt.Errorf("collection %q: %w", c.name, err)
	}
	if len(all) == 0 {
		return nil
	}
	if err := c.lock(ctx); err != nil {
		return err
	}
	defer c.unlock()
	now, err := c.serve()
	if err != nil {
		return err
	}
	w := supportWrite{set: set, supports: all, generation: now.number()}
	if now != nil {
		w.dim = now.encoder.Dim()
		w.vectors = make([]float32, len(all)*w.dim)
		values := func(i int) []string { return all[i].Values }
		if err := now.encoder.EncodeAll(ctx, len(all), values, w.vectors, 0); err != nil {
			return err
		}
	}
	if err := c.update(w.run); err != nil {
		return err
	}
	c.classChanges.Add(1)
	return nil
}

func checkClass(set, class string) error {
	if set != "" {
		if err := checkName(set); err != nil {
			return fmt.Errorf("set of classes: %w", err)
		}
	}
	if err := checkName(class); err != nil {
		return fmt.Errorf("class: %w", err)
	}
	return nil
}

// newSupports checks supports, gives them keys, and leaves the last of each.
func (c *Collection) newSupports(class string, records []record.Record) ([]support, error) {
	var out []support
	at := map[string]int{}
	for _, r := range records {
		if r.Key == "" {
			r.Key = contentKey(r.Values)
		}
		if err := checkRecord(c.schema, r); err != nil {
			return nil, fmt.Errorf("class %q: support %w", class, err)
		}
		s := support{class, record.Record{Key: r.Key, Values: slices.Clone(r.Values)}}
		if i, twice := at[r.Key]; twice {
			out[i] = s
			continue
		}
		at[r.Key] = len(out)
		out = append(out, s)
	}
	return out, nil
}

// supportWrite adds supports, all of different classes or keys, in one transaction.
type supportWrite struct {
	set        string
	supports   []support
	generation uint32 // 0 without an encoder
	dim        int
	vectors    []float32 // (supports, dim)
}

func (w *supportWrite) run(_ *bolt.Tx, b collectionBuckets) error {
	s, err := b.makeClassSet(w.set)
	if err != nil {
		return err
	}
	state, err := s.state()
	if err != nil {
		return err
	}
	numbers := make([]uint32, len(w.supports))
	for i, one := range w.supports {
		if numbers[i], err = s.number(&state, one); err != nil {
			return err
		}
		if err := s.supports.Put(orderedKey(numbers[i]), one.encode(numbers[i])); err != nil {
			return err
		}
	}
	if err := s.putState(state); err != nil || w.generation == 0 {
		return err
	}
	blocks, err := b.makeSupportBlocks(w.generation, w.set)
	if err != nil {
		return err
	}
	order := lastOfEach(numbers)
	ids, vectors := make([]uint32, len(order)), make([]float32, 0, len(w.vectors))
	for i, at := range order {
		ids[i] = numbers[at]
		vectors = append(vectors, w.vectors[at*w.dim:(at+1)*w.dim]...)
	}
	return putVectors(blocks, ids, vectors, w.dim)
}

// number finds the number of a support, or gives it the next one.
func (s classSet) number(state *classState, one support) (uint32, error) {
	n, ok, err := s.find(one)
	if err != nil || ok {
		return n, err
	}
	if state.next > maxID {
		return 0, fmt.Errorf("%w: all numbers of supports are used up", ErrTooLarge)
	}
	n = uint32(state.next)
	state.next++
	state.supports++
	return n, s.names.Put(one.name(), orderedKey(n))
}

// find gives the number of the support of this class and key.
func (s classSet) find(one support) (number uint32, ok bool, err error) {
	v := s.names.Get(one.name())
	if v == nil {
		return 0, false, nil
	}
	if number, ok = orderedNumber(v); !ok {
		return 0, false, fmt.Errorf("%w: a support has no number", ErrCorrupt)
	}
	return number, true, nil
}

// RemoveSupports takes supports out of a class and gives how many there were. A
// class without supports is gone, and so is a set without classes.
func (c *Collection) RemoveSupports(ctx context.Context, set, class string, keys ...string) (int, error) {
	return c.removeSupports(ctx, set, func(s classSet) (out []uint32, err error) {
		seen := map[string]bool{}
		for _, key := range keys {
			one := support{class, record.Record{Key: key}}
			n, ok, err := s.find(one)
			if err != nil {
				return nil, err
			}
			if ok && !seen[key] {
				seen[key], out = true, append(out, n)
			}
		}
		return out, nil
	})
}

// DropClass removes a class with all of its supports: ErrNotFound if there is none.
func (c *Collection) DropClass(ctx context.Context, set, class string) error {
	_, err := c.removeSupports(ctx, set, func(s classSet) (out []uint32, err error) {
		err = s.each(len(c.schema), func(n uint32, one support) error {
			if one.class == class {
				out = append(out, n)
			}
			return nil
		})
		if err == nil && out == nil {
			err = fmt.Errorf("class %q: %w", class, ErrNotFound)
		}
		return out, err
	})
	return err
}

// removeSupports removes those that which gives.
func (c *Collection) removeSupports(ctx context.Context, set string, which func(classSet) ([]uint32, error)) (int, error) {
	if err := c.lock(ctx); err != nil {
		return 0, err
	}
	defer c.unlock()
	var numbers []uint32
	err := c.update(func(_ *bolt.Tx, b collectionBuckets) error {
		s, err := b.classSet(set)
		if err != nil {
			return err
		}
		if numbers, err = which(s); err != nil || len(numbers) == 0 {
			return err
		}
		slices.Sort(numbers)
		return b.removeSupports(s, set, numbers, len(c.schema))
	})
	if err != nil {
		return 0, err
	}
	c.classChanges.Add(1)
	return len(numbers), nil
}

// removeSupports removes supports and their vectors; numbers ascend.
func (b collectionBuckets) removeSupports(s classSet, set string, numbers []uint32, fieldCount int) error {
	collection, err := b.state()
	if err != nil {
		return err
	}
	state, err := s.state()
	if err != nil {
		return err
	}
	if uint64(len(numbers)) > state.supports {
		return fmt.Errorf("%w: more supports than are counted", ErrCorrupt)
	}
	blocks := b.supportBlocks(collection.current, set)
	if state.supports -= uint64(len(numbers)); state.supports == 0 {
		if blocks != nil {
			err = b.generations.Bucket(orderedKey(collection.current)).Bucket(bucketSupports).DeleteBucket(setKey(set))
		}
		if err != nil {
			return err
		}
		return b.root.Bucket(bucketClasses).DeleteBucket(setKey(set))
	}
	for _, n := range numbers {
		key := orderedKey(n)
		_, one, err := decodeSupport(key, s.supports.Get(key), fieldCount)
		if err != nil {
			return err
		}
		if err := s.names.Delete(one.name()); err != nil {
			return err
		}
		if err := s.supports.Delete(key); err != nil {
			return err
		}
	}
	if err := s.putState(state); err != nil || blocks == nil {
		return err
	}
	g, err := b.generation(collection.current)
	if err != nil {
		return err
	}
	return removeVectors(blocks, numbers, g.dim)
}

// Classes lists the classes of all sets, by set, then by name.
func (c *Collection) Classes() ([]Class, error) {
	out := []Class{}
	err := c.view(func(_ *bolt.Tx, b collectionBuckets) (err error) {
		out, err = b.listClasses(len(c.schema))
		return err
	})
	return out, err
}

func (b collectionBuckets) listClasses(fieldCount int) ([]Class, error) {
	out := []Class{}
	sets, err := b.classSets()
	if err != nil {
		return nil, err
	}
	for _, set := range sets {
		s, err := b.classSet(set)
		if err != nil {
			return nil, err
		}
		count := map[string]int{}
		err = s.each(fieldCount, func(_ uint32, one support) error {
			count[one.class]++
			return nil
		})
		if err != nil {
			return nil, err
		}
		for _, name := range sortedKeys(count) {
			out = append(out, Class{set, name, count[name]})
		}
	}
	return out, nil
}

// Supports gives the supports of a class, in the order in which their keys came:
// ErrNotFound if there is no such class.
func (c *Collection) Supports(set, class string) ([]record.Record, error) {
	var out []record.Record
	err := c.view(func(_ *bolt.Tx, b collectionBuckets) error {
		s, err := b.classSet(set)
		if err != nil {
			return err
		}
		return s.each(len(c.schema), func(_ uint32, one support) error {
			if one.class == class {
				out = append(out, one.Record)
			}
			return nil
		})
	})
	if err == nil && out == nil {
		err = fmt.Errorf("collection %q: class %q: %w", c.name, class, ErrNotFound)
	}
	return out, err
}

func sortedKeys(m map[string]int) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
