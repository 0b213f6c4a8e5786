package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"slices"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/query/match"
	"github.com/doppeldb/doppel/record"
)

// store is where a job's records live while it runs: a temporary file, or the
// one of --db, which is as it was before when the job fails.
type store struct {
	file    *db.DB
	path    string   // of --db, "" for a temporary file
	isNew   bool     // the file was not there before
	created []string // collections that a failed job takes back
	kept    bool
}

// openStore opens the file of --db, or a temporary one for "". Collections of
// the given names must not exist, unless they may be replaced.
func openStore(path string, replace bool, names []string) (*store, error) {
	if path == "" {
		file, err := db.OpenTemp()
		if err != nil {
			return nil, fmt.Errorf("no temporary file for the work: %w; set TMPDIR to a directory with space", plainCause(err))
		}
		return &store{file: file}, nil
	}
	_, err := os.Stat(path)
	s := &store{path: path, isNew: errors.Is(err, fs.ErrNotExist)}
	if s.file, err = db.Open(path, nil); err != nil {
		if s.isNew {
			os.Remove(path) // what a full disk left of it, if anything
		}
		return nil, storeError(path, err)
	}
	have, err := s.file.Collections()
	if err != nil {
		return nil, errors.Join(storeError(path, err), s.close())
	}
	for _, name := range names {
		if slices.Contains(have, name) && !replace {
			err := fmt.Errorf("%s: there is a collection %q already; add --replace to replace it, or name another file with --db", path, name)
			return nil, errors.Join(err, s.close())
		}
	}
	return s, nil
}

func storeError(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w; make its directory first, or name another file with --db", path, plainCause(err))
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		return fmt.Errorf("%s: %w; name another file with --db", path, plainCause(err))
	}
	return fmt.Errorf("%w; name another file with --db", err)
}

// plainCause leaves the operation and the path off a system error.
func plainCause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// put stores records as a collection, in the place of an older one.
func (s *store) put(ctx context.Context, name string, schema record.Schema, records iter.Seq2[record.Record, error], threads int) (*db.Collection, error) {
	if err := s.file.Drop(name); err != nil && !errors.Is(err, db.ErrNotFound) {
		return nil, err
	}
	c, err := s.file.Create(name, schema)
	if err != nil {
		return nil, s.workError(ctx, err)
	}
	s.created = append(s.created, name)
	_, err = c.PutAll(ctx, records, &db.PutOptions{Insert: true, Threads: threads})
	if err != nil {
		return nil, s.workError(ctx, err)
	}
	return c, nil
}

// workError says which file gave an error of the work, and what to do.
func (s *store) workError(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil || errors.Is(err, db.ErrTooLarge) || errors.Is(err, match.ErrModel) || errors.Is(err, match.ErrLabels):
		return err // no matter of space
	case s.path == "":
		return fmt.Errorf("working in a temporary file: %w; free some space in %s, or let TMPDIR name a directory that has it", err, os.TempDir())
	}
	return fmt.Errorf("working in %s: %w; free some space, or name another file with --db", s.path, err)
}

// keep says that the job went well: close leaves all in place.
func (s *store) keep() { s.kept = true }

// close closes the file; without keep it takes back what the job put there.
func (s *store) close() error {
	undo := !s.kept && s.path != ""
	var errs []error
	if undo && !s.isNew {
		for _, name := range s.created {
			errs = append(errs, s.file.Drop(name))
		}
	}
	errs = append(errs, s.file.Close())
	if undo && s.isNew {
		errs = append(errs, os.Remove(s.path))
	}
	return errors.Join(errs...)
}
