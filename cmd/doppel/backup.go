package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/db"
)

func newBackup(a *app) *cobra.Command {
	s := &stored{app: a}
	return &cobra.Command{
		Use:   "backup DB OUT",
		Short: "Copy a doppel file, as it is at one moment",
		Long: `backup copies a file and checks the copy before it appears at OUT. A backup that
is already there is replaced, any other file is not. OUT is a doppel file like any
other.`,
		Example: `  doppel backup shop.doppel shop-monday.doppel`,
		Args:    exactArgs("DB", "OUT"),
		RunE: func(c *cobra.Command, args []string) error {
			s.dbPath = args[0]
			return s.backup(c.Context(), args[1])
		},
	}
}

func (s *stored) backup(ctx context.Context, out string) (err error) {
	if out == "-" {
		return usagef("a backup is checked before it is done, so that it cannot go to stdout; name a file")
	}
	if sameFile(s.dbPath, out) {
		return usagef("DB and OUT both name %s; write to another file", out)
	}
	if err := s.open(false); err != nil {
		return err
	}
	defer s.close(&err)
	r, err := s.file.Backup(ctx, out)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, db.ErrCorrupt):
		return fmt.Errorf("%s: %w, and no backup is made of it; doppel check %s says what, and --repair saves the rest", s.dbPath, db.ErrCorrupt, s.dbPath)
	case err != nil:
		return plainPath(out, err)
	}
	s.say("wrote %s (%s)", out, byteCount(fileSize(out)))
	s.sayGraphs(r)
	return nil
}

func newRestore(a *app) *cobra.Command {
	s := &stored{app: a}
	return &cobra.Command{
		Use:   "restore BACKUP DB",
		Short: "Put a backup in the place of a doppel file",
		Long: `restore checks BACKUP and puts a copy of it in the place of DB. What was there stays
until the copy is whole.`,
		Example: `  doppel restore shop-monday.doppel shop.doppel`,
		Args:    exactArgs("BACKUP", "DB"),
		RunE: func(c *cobra.Command, args []string) error {
			s.dbPath = args[1]
			return s.restore(c.Context(), args[0])
		},
	}
}

func (s *stored) restore(ctx context.Context, from string) error {
	switch {
	case from == "-" || s.dbPath == "-":
		return usagef("a doppel file cannot be stdin or stdout; name a file")
	case sameFile(from, s.dbPath):
		return usagef("BACKUP and DB both name %s", from)
	}
	if err := there(from); err != nil {
		return err
	}
	r, err := db.Restore(ctx, from, s.dbPath)
	switch {
	case ctx.Err() != nil:
		return &keptError{"interrupted; " + s.dbPath + " is as it was"}
	case errors.Is(err, db.ErrCorrupt):
		return fmt.Errorf("%s: %w; %s is as it was, doppel check %s says more", from, db.ErrCorrupt, s.dbPath, from)
	case err != nil:
		return plainPath(s.dbPath, err)
	}
	s.say("%s is restored from %s (%s)", s.dbPath, from, byteCount(fileSize(s.dbPath)))
	s.sayGraphs(r)
	return nil
}

// sayGraphs says what was left out of a copy.
func (s *stored) sayGraphs(r db.CopyResult) {
	for _, name := range r.Graphs {
		s.say("the stored graph of collection %q was damaged and is left out; nothing is lost, searches build it anew", name)
	}
}

// plainPath puts a path before an error that does not name one.
func plainPath(path string, err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return fmt.Errorf("%s: %w", path, plainCause(err))
	}
	return err
}
