package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"github.com/doppeldb/doppel/query/gallery"
)

// pictureRead is how a command reads folders of pictures.
type pictureRead struct {
	*app
	strict  bool
	threads int
}

// mostSkipped is how many of the files that were left out are named.
const mostSkipped = 8

// set reads a folder or a zip, and says what was left out.
func (r pictureRead) set(ctx context.Context, path string) (*gallery.Set, error) {
	if path == "-" {
		return nil, usagef("pictures cannot be read from stdin; name a folder of them or a .zip of one")
	}
	bar := newProgress(r.app)
	defer bar.end()
	var mu sync.Mutex
	s, err := gallery.Read(ctx, path, gallery.ReadOptions{Strict: r.strict, Threads: r.threads, Progress: func(done, total int) {
		mu.Lock()
		defer mu.Unlock()
		bar.show("read pictures", done, total)
	}})
	bar.end()
	if err != nil {
		return nil, err
	}
	for i, skipped := range s.Skipped {
		if i == mostSkipped {
			r.warn("and %s more left out; --strict ends at the first", count(len(s.Skipped)-i, "file", "files"))
			break
		}
		r.warn("left out: %v", skipped)
	}
	return s, nil
}

// readPictureModel reads what doppel train --classes wrote; nil for "".
func readPictureModel(path string) (*gallery.Model, error) {
	if path == "" {
		return nil, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		hint := "name the file that doppel train --classes wrote"
		if errors.Is(err, fs.ErrPermission) {
			hint = "ask for access to it"
		}
		return nil, fmt.Errorf("--model: %s: %w; %s", path, plainCause(err), hint)
	}
	m, err := gallery.Unmarshal(data)
	if err != nil {
		return nil, fmt.Errorf("--model: %s: %w; name the file that doppel train --classes wrote, or train again", path, err)
	}
	return m, nil
}

// countPictures says how many pictures of how many classes a set has.
func countPictures(s *gallery.Set) string {
	return fmt.Sprintf("%s of %s", count(len(s.Pictures), "picture", "pictures"), count(len(s.Names), "class", "classes"))
}
