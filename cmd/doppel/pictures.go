package main

import (
	"context"
	"fmt"

	"github.com/doppeldb/doppel/internal/ingest"
	"github.com/doppeldb/doppel/record"
)

// loadPictures reads the pictures that source s names. What is wrong with one ends the job, or, where bad rows are
// skipped, leaves the picture out.
func (l *layout) loadPictures(ctx context.Context, a *app, s int, src *source, o readOptions, threads int) error {
	l.pictures[s] = map[int][]string{}
	files := ingest.PicturesBeside(src.Path)
	for f, c := range l.at[s] {
		if c == missing || l.schema[f].Kind != record.Image {
			continue
		}
		names := make([]string, len(src.Rows))
		for i, row := range src.Rows {
			names[i] = row[c]
		}
		values, errs, err := files.Load(ctx, names, threads)
		if err != nil {
			return err
		}
		left := 0
		for i, err := range errs {
			if err == nil {
				continue
			}
			err = fmt.Errorf("%s:%d: field %d (%s): %w", src.name(), src.Lines[i], c+1, src.Header[c], err)
			if o.badRows != "skip" {
				return fmt.Errorf("%w; --bad-rows skip does without it", err)
			}
			if left++; left <= picturesNamed {
				a.say("no picture: %v", err)
			}
		}
		if left > 0 {
			a.warn("%s: %s left out", src.name(), count(left, "bad picture", "bad pictures"))
		}
		l.pictures[s][f] = values
	}
	return nil
}

// picturesNamed is how many bad pictures are named.
const picturesNamed = 20

// guessPictures makes image fields of the columns that name picture files.
func (l *layout) guessPictures(sources []*source) {
	for s, src := range sources {
		var rows [][]string
		for i := range src.Rows {
			rows = append(rows, l.values(s, src, i))
		}
		ingest.PicturesBeside(src.Path).Guess(l.schema, rows)
	}
}

// readPicture gives what a record holds of the picture in a file.
func readPicture(path string) (string, error) {
	files := ingest.PicturesBeside("-")
	if err := files.Check(path); err != nil {
		return "", err
	}
	return files.Value(path)
}

// imageField gives the first field that holds pictures, -1 for none.
func imageField(schema record.Schema) int {
	for f, field := range schema {
		if field.Kind == record.Image {
			return f
		}
	}
	return -1
}
