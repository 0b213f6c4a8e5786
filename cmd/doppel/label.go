package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/query/label"
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

// reportContradictions warns of labels that cannot all be right; with about only of those
// that this label has a part in.
func (l *labeller) reportContradictions(ctx context.Context, about *db.Label) error {
	found, err := l.file.Contradictions(ctx, l.cs[0].Name(), l.cs[1].Name())
	if err != nil {
		return l.damaged(err)
	}
	const shown = 10
	told := 0
	for _, x := range found {
		if about != nil && !takesPart(x, *about) {
			continue
		}
		if told++; told <= shown {
			l.warn("%s", l.contradiction(x))
		}
	}
	if told > shown {
		l.warn("%s more contradictions", thousands(told-shown))
	}
	return nil
}

// takesPart says whether a pair is one of those of a contradiction.
func takesPart(x db.Contradiction, about db.Label) bool {
	is := func(l db.Label) bool {
		return l.Left == about.Left && l.Right == about.Right || l.Left == about.Right && l.Right == about.Left
	}
	for _, m := range x.Matches {
		if is(m) {
			return true
		}
	}
	return is(x.NonMatch)
}

// contradiction puts one into words.
func (l *labeller) contradiction(x db.Contradiction) string {
	name := func(r db.RecordRef) string {
		if l.cs[0] == l.cs[1] {
			return r.Key
		}
		return r.Collection + "/" + r.Key
	}
	by := func(x db.Label) string {
		if x.Source == "" {
			return ""
		}
		return " (" + x.Source + ")"
	}
	var way []string
	for _, m := range x.Matches {
		way = append(way, fmt.Sprintf("%s = %s%s", name(m.Left), name(m.Right), by(m)))
	}
	n := x.NonMatch
	return fmt.Sprintf("%s and %s are different%s, but %s; one of these labels is wrong", name(n.Left), name(n.Right), by(n), strings.Join(way, ", "))
}

func newLabelList(a *app) *cobra.Command {
	l := &labeller{stored: stored{app: a}}
	c := &cobra.Command{
		Use:   "list",
		Short: "Write the labels as a pair file, which doppel train reads",
		Args:  exactArgs(),
		RunE:  func(c *cobra.Command, _ []string) error { return l.list(c.Context()) },
	}
	l.pairFlags(c)
	c.Flags().StringVarP(&l.out, "output", "o", "-", "write the pairs to `FILE`: .csv, .tsv or .jsonl, each also .gz; - is stdout")
	return c
}

func (l *labeller) list(ctx context.Context) (err error) {
	if err := l.openBoth("label list", false); err != nil {
		return err
	}
	defer l.close(&err)
	if l.out != "-" && sameFile(l.out, l.dbPath) {
		return usagef("-o names the doppel file %s itself; write to another file", l.out)
	}
	w, err := table.Create(l.out, l.stdout)
	if err != nil {
		return err
	}
	defer w.Abort()
	ids := []string{"ltable_id", "rtable_id"}
	if l.cs[0] == l.cs[1] {
		ids = []string{"id1", "id2"}
	}
	if err := w.WriteHeader(append(ids, "label", "source", "at")); err != nil {
		return err
	}
	n, same := 0, 0
	for x, err := range l.file.Labels(l.cs[0].Name(), l.cs[1].Name()) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return l.damaged(err)
		}
		n, same = n+1, same+index(x.Match)
		if err := w.WriteRow([]string{x.Left.Key, x.Right.Key, fmt.Sprint(index(x.Match)), x.Source, x.At.Format(time.RFC3339)}); err != nil {
			return err
		}
	}
	if err := w.Commit(); err != nil {
		return err
	}
	l.say("%s, %s", count(n, "label", "labels"), count(same, "of a match", "of matches"))
	return l.reportContradictions(ctx, nil)
}

func newLabelImport(a *app) *cobra.Command {
	l := &labeller{stored: stored{app: a}}
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Keep the labels of a pair file",
		Long: `label import keeps the labels of a pair file: ltable_id,rtable_id,label for two
collections and id1,id2,label for one, with 1 for a match and 0 for none. All of them
are kept, or on an error none.`,
		Args: exactArgs("FILE"),
		RunE: func(c *cobra.Command, args []string) error { return l.importFile(c.Context(), args[0]) },
	}
	l.pairFlags(c)
	c.Flags().StringVar(&l.source, "source", "", "`WHO` judged (default: the name of the file)")
	c.Flags().StringVar(&l.read.delimiter, "delimiter", "", "`CHAR` between values: ',', ';', '|' or tab (default: the header decides)")
	c.Flags().StringVar(&l.read.badRows, "bad-rows", "fail", "`WHAT` to do with rows that cannot be read: fail or skip")
	return c
}

func (l *labeller) importFile(ctx context.Context, path string) (err error) {
	opts, err := l.read.table(l.app)
	if err != nil {
		return err
	}
	if err := l.openBoth("label import", true); err != nil {
		return err
	}
	defer l.close(&err)
	t, err := table.ReadAll(path, opts)
	if err != nil {
		return err
	}
	l.reportReading(t)
	f, err := label.NewFile(t)
	if err != nil {
		return err
	}
	keys, all, err := l.keys()
	if err != nil {
		return err
	}
	set, err := f.Labels(keys)
	if err != nil {
		return err
	}
	for _, w := range set.Warnings {
		l.warn("%s", w)
	}
	if l.source == "" {
		l.source = filepath.Base(orStdin(path))
	}
	labels := make([]db.Label, len(set.Labels))
	for i, x := range set.Labels {
		labels[i] = db.Label{Left: db.RecordRef{Collection: l.cs[0].Name(), Key: all[0][x.Left]},
			Right: db.RecordRef{Collection: l.cs[1].Name(), Key: all[1][x.Right]}, Match: x.Match, Source: l.source}
	}
	done, err := l.file.PutLabels(ctx, labels...)
	if err != nil {
		return l.damaged(err)
	}
	l.say("%s added, %s replaced", count(done.Added, "label", "labels"), thousands(done.Replaced))
	return l.reportContradictions(ctx, nil)
}

// keys reads the keys of both collections, in the order of insertion.
func (l *labeller) keys() (*label.Keys, [2][]string, error) {
	var all [2][]string
	for i, c := range l.cs {
		if i == 1 && c == l.cs[0] {
			all[1] = all[0]
			return label.NewKeys(c.Name(), all[0], c.Name(), nil), all, nil
		}
		all[i] = []string{}
		for r, err := range c.All() {
			if err != nil {
				return nil, all, l.damaged(err)
			}
			all[i] = append(all[i], r.Key)
		}
	}
	return label.NewKeys(l.cs[0].Name(), all[0], l.cs[1].Name(), all[1]), all, nil
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
