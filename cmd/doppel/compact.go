package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/db"
)

func newCompact(a *app) *cobra.Command {
	s := &stored{app: a}
	json := false
	c := &cobra.Command{
		Use:   "compact DB",
		Short: "Write a doppel file anew without the space that deletes left",
		Long: `compact makes a file as small as what is in it. The new file is checked before it
takes the old one's place; until then there must be room for both.`,
		Example: `  doppel compact shop.doppel`,
		Args:    exactArgs("DB"),
		RunE: func(c *cobra.Command, args []string) error {
			s.dbPath = args[0]
			return s.compact(c.Context(), json)
		},
	}
	c.Flags().BoolVar(&json, "json", false, "print a summary as JSON to stdout")
	return c
}

func (s *stored) compact(ctx context.Context, json bool) error {
	if s.dbPath == "-" {
		return usagef("a doppel file cannot be stdin or stdout; name a file")
	}
	bar := newProgress(s.app)
	r, err := db.Compact(ctx, s.dbPath, &db.CompactOptions{Progress: func(done, total int64) { bar.show("compact", int(done), int(total)) }})
	bar.end()
	if ctx.Err() != nil {
		return &keptError{"interrupted; " + s.dbPath + " is as it was"}
	}
	if err != nil {
		return s.careError(err)
	}
	s.say("%s: %s before, %s now", s.dbPath, byteCount(r.Before), byteCount(r.After))
	s.sayGraphs(r.CopyResult)
	if !json {
		return nil
	}
	return writeIndented(s.stdout, struct {
		Before int64 `json:"bytes_before"`
		After  int64 `json:"bytes_after"`
	}{r.Before, r.After})
}

// careError is [fileError] for work on a whole file.
func (s *stored) careError(err error) error {
	if errors.Is(err, db.ErrOptions) || errors.Is(err, db.ErrNotDoppel) || errors.Is(err, db.ErrLocked) || errors.Is(err, db.ErrNotFound) || errors.Is(err, db.ErrCorrupt) {
		return fileError(s.dbPath, err)
	}
	return fmt.Errorf("%s: %w", s.dbPath, err)
}
