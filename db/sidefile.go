package db

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// sideFile is a file that is being made beside its target and takes its place
// whole or not at all.
type sideFile struct {
	path   string   // what is written; nobody else knows it
	target string   // where it goes, links followed
	held   *os.File // the file that is replaced, locked; nil for none
}

// newSideFile makes an empty file beside target. A target that is there must be
// a doppel file, whole or damaged, or empty, and nobody may have it open: it stays
// locked until commit or abort.
func newSideFile(target string) (*sideFile, error) {
	if real, err := filepath.EvalSymlinks(target); err == nil {
		target = real
	}
	mode := fs.FileMode(fileMode)
	s := &sideFile{target: target}
	info, err := os.Stat(target)
	switch {
	case err == nil:
		mode = info.Mode().Perm()
		if _, err := isNew(target, false); err != nil {
			return nil, fmt.Errorf("%s: %w; it is not replaced", target, err)
		}
		if s.held, err = lockPath(target); err != nil {
			return nil, err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	return s, s.create(mode)
}

// create makes the empty file; without it the lock is given up.
func (s *sideFile) create(mode fs.FileMode) error {
	for n := 0; ; n++ {
		s.path = filepath.Join(filepath.Dir(s.target), fmt.Sprintf(".%s-%d-%d.tmp", filepath.Base(s.target), os.Getpid(), n))
		f, err := os.OpenFile(s.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if err == nil {
			err = f.Close()
		}
		if err == nil {
			return nil
		}
		if !errors.Is(err, fs.ErrExist) || n > 1000 {
			s.path = ""
			s.abort()
			return err
		}
	}
}

// besideItself makes a file that is to take the place of db's own, which db has locked.
func (db *DB) besideItself() (*sideFile, error) {
	target, err := filepath.EvalSymlinks(db.path)
	if err != nil {
		return nil, err
	}
	info, err := db.file.Stat()
	if err != nil {
		return nil, err
	}
	s := &sideFile{target: target}
	return s, s.create(info.Mode().Perm())
}

// lockPath opens a file and locks it as bbolt does, or gives ErrLocked at once.
func lockPath(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	if err := lockFile(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w: %s", path, ErrLocked, whoHolds(path))
	}
	return f, nil
}

// commit brings the file to the disk and puts it in its place.
func (s *sideFile) commit() error {
	err := syncFile(s.path)
	if err == nil && runtime.GOOS == "windows" {
		s.release() // it does not replace an open file
	}
	if err == nil {
		err = os.Rename(s.path, s.target)
	}
	if err != nil {
		s.abort()
		return err
	}
	syncDir(filepath.Dir(s.target))
	s.path = ""
	s.release()
	return nil
}

// abort removes the file; after commit it does nothing.
func (s *sideFile) abort() {
	if s.path != "" {
		os.Remove(s.path)
		s.path = ""
	}
	s.release()
}

// release gives up the lock on what was replaced, or was not.
func (s *sideFile) release() {
	if s.held != nil {
		s.held.Close()
		s.held = nil
	}
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// syncDir makes a rename durable. Not every system can sync a directory; the
// file itself is on the disk by then, so that an error is of no use to anyone.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}
