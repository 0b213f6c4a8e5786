package db

import (
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// classes checks every set of classes and the vectors of its supports.
func (c *collectionCheck) classes() error {
	all := c.buckets.root.Bucket(bucketClasses)
	if all == nil {
		return nil
	}
	sets := map[string]bool{}
	err := c.each(all, func(k, v []byte) {
		if v != nil || len(k) == 0 || k[0] != ':' {
			c.report.add(c.where, "%s is not a set of classes", quoteKey(string(k)))
			return
		}
		sets[string(k[1:])] = true
		if err := c.classSet(string(k[1:])); err != nil && c.ctx.Err() == nil {
			c.report.add(fmt.Sprintf("%s, classes %q", c.where, k[1:]), "%v", err)
		}
	})
	if err == nil {
		err = c.ctx.Err()
	}
	if err != nil || c.state.current == 0 {
		return err
	}
	gen := c.buckets.generations.Bucket(orderedKey(c.state.current))
	if gen == nil || gen.Bucket(bucketSupports) == nil {
		return nil
	}
	return c.each(gen.Bucket(bucketSupports), func(k, _ []byte) {
		if len(k) == 0 || !sets[string(k[1:])] {
			c.report.add(c.where, "generation %d has vectors for classes %q, which are not there", c.state.current, k)
		}
	})
}

// classSet checks one set. What it returns is reported, unless the context ended.
func (c *collectionCheck) classSet(set string) error {
	where := fmt.Sprintf("%s, classes %q", c.where, set)
	s, err := c.buckets.classSet(set)
	if err != nil {
		return err
	}
	c.only(s.root.Cursor(), where, keyState, bucketSupports, bucketNames)
	state, err := s.state()
	if err != nil {
		return err
	}
	var numbers []uint32
	err = c.each(s.supports, func(k, v []byte) {
		n, one, err := decodeSupport(k, v, len(c.schema))
		if err != nil {
			c.report.add(where, "%v", err)
			if _, ok := orderedNumber(k); !ok {
				return
			}
		}
		numbers = append(numbers, n)
		c.report.Supports++
		if uint64(n) >= state.next {
			c.report.add(where, "support %d: the next number is %d", n, state.next)
		}
		if err != nil {
			return
		}
		if back, ok := orderedNumber(s.names.Get(one.name())); !ok || back != n {
			c.report.add(where, "class %q and key %s do not lead to support %d", one.class, quoteKey(one.Key), n)
		}
		if err := checkClass(set, one.class); err != nil {
			c.report.add(where, "support %d: %v", n, err)
		}
	})
	if err != nil {
		return err
	}
	names := 0
	err = c.each(s.names, func(k, v []byte) { names++ })
	if err != nil {
		return err
	}
	if names != len(numbers) || state.supports != uint64(names) {
		c.report.add(where, "%d names for %d supports, %d are counted", names, len(numbers), state.supports)
	}
	return c.supportVectors(where, set, numbers)
}

func (c *collectionCheck) supportVectors(where, set string, numbers []uint32) error {
	if c.state.current == 0 {
		return nil
	}
	g, err := c.buckets.generation(c.state.current)
	if err != nil {
		return nil // reported with the generation
	}
	blocks := c.buckets.supportBlocks(c.state.current, set)
	if blocks == nil {
		return fmt.Errorf("generation %d has no vectors for its supports", c.state.current)
	}
	return c.vectors(where, "support", blocks, g.dim, numbers, false)
}

// labels checks every label, whether its records are there or not.
func (c *fileCheck) labels() error {
	all := c.tx.Bucket(bucketLabels)
	if all == nil {
		return nil
	}
	collections := c.tx.Bucket(bucketCollections)
	lefts := all.Cursor()
	for left, v := lefts.First(); left != nil; left, v = lefts.Next() {
		if v != nil || collections.Bucket(left) == nil {
			c.report.add("labels", "%q is not a collection", left)
			continue
		}
		rights := all.Bucket(left).Cursor()
		for right, v := rights.First(); right != nil; right, v = rights.Next() {
			if v != nil || collections.Bucket(right) == nil || string(right) < string(left) {
				c.report.add("labels", "%q after %q is not a collection, or out of order", right, left)
				continue
			}
			if err := c.pairLabels(all.Bucket(left).Bucket(right), string(left), string(right)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *fileCheck) pairLabels(pair *bolt.Bucket, left, right string) error {
	where := fmt.Sprintf("labels of %q and %q", left, right)
	cursor := pair.Cursor()
	for k, v := cursor.First(); k != nil; k, v = cursor.Next() {
		if c.report.Labels++; c.report.Labels&1023 == 0 && c.ctx.Err() != nil {
			return c.ctx.Err()
		}
		if _, err := decodeLabel(k, v, left, right); err != nil {
			c.report.add(where, "%v", err)
		}
	}
	return nil
}

// named checks every named model.
func (c *fileCheck) named() error {
	all := c.tx.Bucket(bucketNamed)
	if all == nil {
		return nil
	}
	cursor := all.Cursor()
	for name, v := cursor.First(); name != nil; name, v = cursor.Next() {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		c.report.Named++
		where := fmt.Sprintf("model %q", name)
		if v != nil {
			c.report.add(where, "is not a model")
			continue
		}
		if _, _, err := namedModel(all.Bucket(name), string(name)); err != nil {
			c.report.add(where, "%v", err)
		}
	}
	return nil
}
