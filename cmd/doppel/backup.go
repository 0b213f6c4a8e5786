package main

import (
	"context"
	"errors"
	"fmt"

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
	err = s.file.Backup(ctx, out)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, db.ErrCorrupt):
		return s.damaged(err)
	case err != nil:
		return fmt.Errorf("%s: %w", out, plainCause(err))
	}
	s.say("wrote %s (%s)", out, byteCount(fileSize(out)))
	return nil
}
