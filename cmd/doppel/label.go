package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/db"
)

// labeller is one run of a label command. Pairs are of one collection, or of
// --collection and --right.
type labeller struct {
	stored
	right           string
	same, different bool
	source, out     string
	read            readOptions
	cs              [2]*db.Collection
}

func newLabel(a *app) *cobra.Command {
	l := &labeller{stored: stored{app: a}}
	c := &cobra.Command{
		Use:   "label A B --same|--different",
		Short: "Keep what was judged about two records; list, import, remove it",
		Long: `label keeps the judgement that the records A and B are the same thing, or are
different ones: of one collection, or A of --collection and B of --right. doppel train
--db learns from it.`,
		Example: `  doppel label 5 17 --same --db shops.doppel --collection abt --right buy
  doppel label import pairs.csv --db shops.doppel --collection abt --right buy
  doppel label list --db shops.doppel --collection abt --right buy > pairs.csv`,
		Args: twoKeys,
		RunE: func(c *cobra.Command, args []string) error { return l.judge(c.Context(), args[0], args[1]) },
	}
	l.pairFlags(c)
	c.Flags().BoolVar(&l.same, "same", false, "A and B are the same thing")
	c.Flags().BoolVar(&l.different, "different", false, "A and B are different things")
	c.Flags().StringVar(&l.source, "source", "", "`WHO` judged (default: your user name)")
	c.AddCommand(newLabelList(a), newLabelImport(a), newLabelRemove(a))
	return c
}

// twoKeys is for commands about two records.
func twoKeys(c *cobra.Command, args []string) error {
	switch {
	case len(args) < 2:
		return usagef("%s needs %s", c.CommandPath()[len("doppel "):], strings.Join([]string{"A", "B"}[len(args):], " and "))
	case len(args) > 2:
		return usagef("%s takes A and B and no more: %q is one too many (a key with spaces needs quotes)", c.CommandPath()[len("doppel "):], args[2])
	}
	return nil
}

func (l *labeller) pairFlags(c *cobra.Command) {
	l.dbFlags(c)
	c.Flags().StringVar(&l.right, "right", "", "the collection `NAME` of B (default: that of A)")
}

// openBoth opens the file and finds both collections.
func (l *labeller) openBoth(command string, write bool) (err error) {
	if err := l.openCollection(command, write); err != nil {
		return err
	}
	l.cs = [2]*db.Collection{l.c, l.c}
	if l.right != "" {
		l.cs[1], err = l.find(l.right)
	}
	return err
}

// pair finds the records of two keys.
func (l *labeller) pair(a, b string) (left, right db.RecordRef, err error) {
	refs := [2]db.RecordRef{}
	for i, key := range []string{a, b} {
		l.c = l.cs[i]
		if _, err := l.record(key); err != nil {
			return left, right, err
		}
		refs[i] = db.RecordRef{Collection: l.cs[i].Name(), Key: key}
	}
	return refs[0], refs[1], nil
}

func (l *labeller) judge(ctx context.Context, a, b string) (err error) {
	if l.same == l.different {
		return usagef("label needs --same or --different, and one of them only")
	}
	if err := l.openBoth("label", true); err != nil {
		return err
	}
	defer l.close(&err)
	left, right, err := l.pair(a, b)
	if err != nil {
		return err
	}
	if l.source == "" {
		l.source = userName()
	}
	before, err := l.file.Label(left, right)
	known := err == nil
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return l.damaged(err)
	}
	if _, err := l.file.PutLabels(ctx, db.Label{Left: left, Right: right, Match: l.same, Source: l.source}); err != nil {
		if errors.Is(err, db.ErrLabel) {
			return usagef("%s: %w", l.dbPath, err)
		}
		return l.damaged(err)
	}
	l.say("%s and %s are %s", a, b, verdict(l.same))
	if known && before.Match != l.same {
		l.say("before they were %s, says %s of %s", verdict(before.Match), orNobody(before.Source), before.At.Local().Format(time.DateOnly))
	}
	return l.reportContradictions(ctx, &db.Label{Left: left, Right: right})
}

func verdict(same bool) string {
	if same {
		return "the same"
	}
	return "different"
}

func orNobody(source string) string {
	if source == "" {
		return "a label"
	}
	return fmt.Sprintf("%q", source)
}

// userName is who sits there, as far as that is known.
func userName() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return os.Getenv("USER")
}

func newLabelRemove(a *app) *cobra.Command {
	l := &labeller{stored: stored{app: a}}
	c := &cobra.Command{
		Use:   "remove A B",
		Short: "Take back what was judged about two records",
		Args:  twoKeys,
		RunE:  func(c *cobra.Command, args []string) error { return l.remove(c.Context(), args[0], args[1]) },
	}
	l.pairFlags(c)
	return c
}

func (l *labeller) remove(ctx context.Context, a, b string) (err error) {
	if err := l.openBoth("label remove", true); err != nil {
		return err
	}
	defer l.close(&err)
	left, right := db.RecordRef{Collection: l.cs[0].Name(), Key: a}, db.RecordRef{Collection: l.cs[1].Name(), Key: b}
	err = l.file.DeleteLabel(ctx, left, right)
	if errors.Is(err, db.ErrNotFound) {
		return fmt.Errorf("%s: nothing was judged about %q and %q; doppel label list lists what was", l.dbPath, a, b)
	}
	if err != nil {
		return l.damaged(err)
	}
	l.say("the label of %s and %s is removed", a, b)
	return nil
}
