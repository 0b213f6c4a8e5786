package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/ingest"
	"github.com/doppeldb/doppel/query"
)

// stored is a command on a file that is there: its flags, and what they opened.
type stored struct {
	*app
	dbPath, name string
	file         *db.DB
	c            *db.Collection
}

// dbFlags are those of every command on the records of a file.
func (s *stored) dbFlags(c *cobra.Command) {
	c.Flags().StringVar(&s.dbPath, "db", "", "the `FILE`.doppel that holds the records")
	c.Flags().StringVar(&s.name, "collection", "", "the collection `NAME` (default: the only one)")
}

// open opens the file, for reading only unless it is to be written.
func (s *stored) open(write bool) (err error) {
	s.file, err = openFile(s.dbPath, write)
	return err
}

// openFile opens a file that must be there.
func openFile(path string, write bool) (*db.DB, error) {
	if path == "-" {
		return nil, usagef("a doppel file cannot be stdin or stdout; name a file")
	}
	file, err := db.Open(path, &db.Options{ReadOnly: !write, MustExist: true})
	if err != nil {
		return nil, fileError(path, err)
	}
	return file, nil
}

// fileError says what to do about a file that does not open.
func fileError(path string, err error) error {
	var at *fs.PathError
	switch {
	case errors.Is(err, db.ErrNotFound):
		return fmt.Errorf("%s: no such file; check the name and the directory that you are in, or make it with doppel import FILE --db %s", path, path)
	case errors.Is(err, db.ErrNotDoppel):
		return fmt.Errorf("%w; name a file that doppel import or --db made", err)
	case errors.Is(err, db.ErrLocked):
		return fmt.Errorf("%w; wait until that is done, or end it", err)
	case errors.Is(err, db.ErrCorrupt):
		return fmt.Errorf("%w; doppel check %s says more", err, path)
	case errors.As(err, &at) && errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: %w; ask for access to it or use another path", path, plainCause(err))
	case errors.As(err, &at):
		return fmt.Errorf("%s: %w", path, plainCause(err))
	}
	return err // names the path and says what to do
}

// openCollection opens the file and finds the collection of --collection.
func (s *stored) openCollection(command string, write bool) (err error) {
	if err := needs(command, [2]string{"db", s.dbPath}); err != nil {
		return err
	}
	if err := s.open(write); err != nil {
		return err
	}
	s.c, err = s.find(s.name)
	return err
}

// find gives the collection called name, for "" the only one.
func (s *stored) find(name string) (*db.Collection, error) {
	have, err := s.file.Collections()
	if err != nil {
		return nil, s.damaged(err)
	}
	if name == "" {
		switch len(have) {
		case 0:
			return nil, fmt.Errorf("%s: there is no collection in it; doppel import FILE --db %s makes one", s.dbPath, s.dbPath)
		case 1:
			name = have[0]
		default:
			return nil, usagef("%s: there are several collections; name one with --collection: %s", s.dbPath, nameList(have))
		}
	}
	if !slices.Contains(have, name) {
		return nil, fmt.Errorf("%s: no collection %q; %s", s.dbPath, name, meant(name, have))
	}
	c, err := s.file.Collection(name)
	if err != nil {
		return nil, s.damaged(err)
	}
	return c, nil
}

// meant says which of the names there are may be meant.
func meant(name string, have []string) string {
	for _, h := range have {
		if edits(strings.ToLower(name), strings.ToLower(h)) <= max(1, len(name)/3) {
			return fmt.Sprintf("did you mean %q?", h)
		}
	}
	if len(have) == 0 {
		return "there is none in it"
	}
	return "there is " + nameList(have)
}

// nameList quotes names for a message, the first of many.
func nameList(names []string) string {
	const most = 12
	var quoted []string
	for _, n := range names[:min(len(names), most)] {
		quoted = append(quoted, fmt.Sprintf("%q", n))
	}
	list := strings.Join(quoted, ", ")
	if len(names) > most {
		list += fmt.Sprintf(" and %s more", thousands(len(names)-most))
	}
	return list
}

// damaged adds to an error of a damaged file what to do about it.
func (s *stored) damaged(err error) error {
	if !errors.Is(err, db.ErrCorrupt) {
		return fmt.Errorf("%s: %w", s.dbPath, err)
	}
	return fmt.Errorf("%s: %w; doppel check %s says more", s.dbPath, err, s.dbPath)
}

// vectorError is [stored.damaged] for what needs vectors.
func (s *stored) vectorError(err error) error {
	if errors.Is(err, db.ErrNoEncoder) {
		return fmt.Errorf("%s: the records of %q have no vectors; doppel export them and import what it wrote", s.dbPath, s.c.Name())
	}
	return s.damaged(err)
}

// close closes the file; an error of closing is the command's only if there is no other.
func (s *stored) close(err *error) {
	if s.file != nil {
		if e := s.file.Close(); e != nil && *err == nil {
			*err = fmt.Errorf("%s: %w", s.dbPath, e)
		}
	}
}

// keyName is what the key column is called in a file of the records: as the query language calls it,
// unless a field has that name.
func keyName(c *db.Collection) string {
	names := c.Schema().Names()
	if name, err := query.KeyName(c); err == nil && ingest.FindName(names, name) < 0 {
		return name
	}
	for _, name := range []string{"id", "key", ingest.ClusterPrefix + "key"} {
		if ingest.FindName(names, name) < 0 {
			return name
		}
	}
	name := "key_2"
	for n := 3; ingest.FindName(names, name) >= 0; n++ {
		name = fmt.Sprintf("key_%d", n)
	}
	return name
}

// fileSize is the size of a file in bytes, 0 if it cannot be known.
func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}
