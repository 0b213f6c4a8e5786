package db

import (
	"context"
	"errors"
	"fmt"
	"math"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/encoder"
)

// Problem is one thing that is wrong in a file.
type Problem struct {
	Where string // such as `collection "products", row 17`
	What  string
}

// String gives both in one line.
func (p Problem) String() string { return p.Where + ": " + p.What }

// Report is what [DB.Check] found and how much it looked at.
type Report struct {
	Problems    []Problem // the first 1,000
	More        int       // problems beyond those
	Collections int
	Rows        int
	Vectors     int
	Models      int // encoders
	Named       int // named models
	Labels      int
	Supports    int // of classes

	graphs []string // collections of those problems that are a damaged graph
}

// OK says that nothing is wrong.
func (r *Report) OK() bool { return len(r.Problems) == 0 }

// onlyGraphs says that no problem is of anything but graphs, which are made anew when they are not there.
func (r *Report) onlyGraphs() bool { return len(r.graphs) == len(r.Problems)+r.More }

// maxProblems bounds a report: one bad page can spoil every row.
const maxProblems = 1000

func (r *Report) add(where, format string, args ...any) {
	if len(r.Problems) == maxProblems {
		r.More++
		return
	}
	r.Problems = append(r.Problems, Problem{where, fmt.Sprintf(format, args...)})
}

// Check reads the whole file and reports everything that does not hold: bbolt's
// pages and order, every checksum, keys and rows both ways, sizes, vectors
// (one per row and support, finite, unit or zero), encoders, counts, labels, classes,
// named models. Problems are in the
// report; an error means that the check itself did not end. Writers wait.
func (db *DB) Check(ctx context.Context) (*Report, error) {
	r := &Report{}
	if err := ctx.Err(); err != nil {
		return r, err
	}
	db.writer.Lock()
	defer db.writer.Unlock()
	whole, err := db.checkStructure(r)
	if err != nil || !whole {
		return r, err
	}
	err = guard(func() error {
		return db.bolt.View(func(tx *bolt.Tx) error {
			for err := range tx.Check() {
				r.add("file", "%v", err)
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			c := fileCheck{ctx: ctx, tx: tx, report: r, models: map[encoder.Fingerprint]*encoder.Encoder{}}
			return c.run()
		})
	})
	if err != nil && ctx.Err() == nil && !errors.Is(err, ErrClosed) {
		r.add("file", "%v", err) // bbolt gave up
		return r, nil
	}
	return r, err
}

// checkStructure says whether the pages hold together, so that bbolt's own check
// can follow them. REQUIRES db.writer.
func (db *DB) checkStructure(r *Report) (whole bool, err error) {
	err = guard(func() error { return db.bolt.View(func(*bolt.Tx) error { return nil }) })
	if errors.Is(err, ErrClosed) {
		return false, err
	}
	info, err := db.file.Stat()
	if err != nil {
		return false, err
	}
	_, damaged, err := checkPages(db.file, info.Size())
	if err != nil {
		r.add("file", "%v", err)
		return false, nil
	}
	if damaged > 0 || db.recovered { // the next commit writes over a damaged one
		r.add("file", "one of the two meta pages was damaged: the last transaction before it was opened may be lost")
	}
	return true, nil
}

// fileCheck goes over our own buckets.
type fileCheck struct {
	ctx    context.Context
	tx     *bolt.Tx
	report *Report
	models map[encoder.Fingerprint]*encoder.Encoder // whole ones
}

func (c *fileCheck) run() error {
	if err := checkHead(c.tx); err != nil {
		c.report.add("file", "%v", err)
		return nil
	}
	c.only(c.tx.Cursor(), "file", bucketMeta, bucketCollections, bucketModels, bucketLabels, bucketNamed)
	c.only(c.tx.Bucket(bucketMeta).Cursor(), "file head", keyHead)
	if err := c.checkModels(); err != nil {
		return err
	}
	all := c.tx.Bucket(bucketCollections).Cursor()
	for name, v := all.First(); name != nil; name, v = all.Next() {
		if v != nil {
			c.report.add("collections", "%q is not a collection", name)
			continue
		}
		c.report.Collections++
		if err := c.collection(string(name)); err != nil {
			return err
		}
	}
	if err := c.labels(); err != nil {
		return err
	}
	return c.named()
}

// only reports entries that have no business in a bucket.
func (c *fileCheck) only(cursor *bolt.Cursor, where string, allowed ...[]byte) {
	for k, _ := cursor.First(); k != nil; k, _ = cursor.Next() {
		known := false
		for _, a := range allowed {
			known = known || string(a) == string(k)
		}
		if !known {
			c.report.add(where, "unknown entry %s", quoteKey(string(k)))
		}
	}
}

func (c *fileCheck) checkModels() error {
	models := c.tx.Bucket(bucketModels).Cursor()
	for k, v := models.First(); k != nil; k, v = models.Next() {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		var fp encoder.Fingerprint
		where := fmt.Sprintf("model %x", k)
		if v != nil || len(k) != len(fp) {
			c.report.add(where, "is not a model")
			continue
		}
		copy(fp[:], k)
		c.report.Models++
		data, err := modelBytes(c.tx, fp)
		if err != nil {
			c.report.add(where, "%v", err)
			continue
		}
		enc, err := encoder.Unmarshal(data)
		if err != nil {
			c.report.add(where, "%v", err)
			continue
		}
		if enc.Fingerprint() != fp {
			c.report.add(where, "its weights have the fingerprint %v", enc.Fingerprint())
			continue
		}
		c.models[fp] = enc
	}
	return nil
}

// unitSlack is how far the length of a vector of float32 numbers may be from 1.
const unitSlack = 1e-3

// vectorFault says what is wrong with a stored vector, "" for nothing.
func vectorFault(v []float32) string {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	switch {
	case math.IsNaN(sum) || math.IsInf(sum, 0):
		return "vector is not finite"
	case sum != 0 && math.Abs(math.Sqrt(sum)-1) > unitSlack:
		return fmt.Sprintf("vector has length %.4g, not 1 or 0", math.Sqrt(sum))
	}
	return ""
}
