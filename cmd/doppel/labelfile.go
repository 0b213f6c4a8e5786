package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/query/label"
)

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
