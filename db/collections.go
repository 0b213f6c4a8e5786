package db

import (
	"context"
	"fmt"
	"unicode"
	"unicode/utf8"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/record"
)

// maxName is the most bytes of a collection's name.
const maxName = 255

func checkName(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("%w: empty", ErrName)
	case len(name) > maxName:
		return fmt.Errorf("%w: %d bytes, at most %d are possible", ErrName, len(name), maxName)
	case !utf8.ValidString(name):
		return fmt.Errorf("%w: %q is not UTF-8", ErrName, name)
	}
	for _, r := range name {
		if unicode.IsControl(r) {
			return fmt.Errorf("%w: %q has a control character", ErrName, name)
		}
	}
	return nil
}

// Create makes an empty collection. Errors: ErrExists, ErrName, ErrSchema, ErrReadOnly.
func (db *DB) Create(name string, schema record.Schema) (*Collection, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	if err := schema.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSchema, err)
	}
	schema = append(record.Schema(nil), schema...)
	db.mu.Lock()
	defer db.mu.Unlock()
	err := db.update(func(tx *bolt.Tx) error {
		all := tx.Bucket(bucketCollections)
		if all.Bucket([]byte(name)) != nil {
			return fmt.Errorf("collection %q: %w", name, ErrExists)
		}
		root, err := all.CreateBucket([]byte(name))
		if err != nil {
			return err
		}
		for _, sub := range [][]byte{bucketKeys, bucketRows, bucketGenerations} {
			if _, err := root.CreateBucket(sub); err != nil {
				return err
			}
		}
		if err := root.Put(keySchema, encodeSchema(schema)); err != nil {
			return err
		}
		return root.Put(keyState, collectionState{}.encode())
	})
	if err != nil {
		return nil, err
	}
	return db.handle(name, schema), nil
}

// Collection gives the collection called name, always the same one: ErrNotFound
// when there is none.
func (db *DB) Collection(name string) (*Collection, error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if c := db.collections[name]; c != nil { // nobody else can drop it or change its schema
		if err := db.view(func(*bolt.Tx) error { return nil }); err != nil {
			return nil, err
		}
		return c, nil
	}
	var schema record.Schema
	err := db.view(func(tx *bolt.Tx) error {
		b, err := openBuckets(tx, name)
		if err != nil {
			return err
		}
		schema, err = decodeSchema(b.root.Get(keySchema))
		return err
	})
	if err != nil {
		return nil, err
	}
	return db.handle(name, schema), nil
}

// handle gives the one Collection for a name. REQUIRES db.mu.
func (db *DB) handle(name string, schema record.Schema) *Collection {
	c := db.collections[name]
	if c == nil {
		c = &Collection{db: db, name: name, schema: schema, writer: make(chan struct{}, 1), embedder: make(chan struct{}, 1)}
		db.collections[name] = c
	}
	return c
}

// Collections lists the names of the collections, in byte order.
func (db *DB) Collections() ([]string, error) {
	names := []string{}
	err := db.view(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketCollections).ForEachBucket(func(name []byte) error {
			names = append(names, string(name))
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return names, nil
}

// Drop removes a collection with all of its records, vectors, classes and labels,
// after what is being written to it. Its Collection gives ErrNotFound from then on.
func (db *DB) Drop(name string) error {
	c, err := db.Collection(name)
	if err != nil {
		return err
	}
	if err := c.lock(context.Background()); err != nil {
		return err
	}
	defer c.unlock()
	db.mu.Lock()
	defer db.mu.Unlock()
	err = db.update(func(tx *bolt.Tx) error {
		if err := tx.Bucket(bucketCollections).DeleteBucket([]byte(name)); err != nil {
			return err
		}
		if err := dropLabels(tx, name); err != nil {
			return err
		}
		return dropUnusedModels(tx)
	})
	if err != nil {
		return err
	}
	c.dropped.Store(true)
	delete(db.collections, name)
	return nil
}
