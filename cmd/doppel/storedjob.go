package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/record/picture"
)

// storedFlags let a job run on the collections of a file in place of tables.
func (j *job) storedFlags(c *cobra.Command, two bool) {
	f := c.Flags()
	f.StringVar(&j.collection, "collection", "", "with --db and no file: the collection `NAME` (default: the only one)")
	f.BoolVar(&j.noModel, "no-model", false, "with --db and no file: do without the model that doppel train --db left there")
	if two {
		f.StringVar(&j.rightName, "right", "", "with --db and no file: the collection `NAME` of the right records")
	}
}

// orStored takes the names of files, or none with --db.
func (j *job) orStored(names ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if j.dbPath == "" || len(args) > 0 {
			return exactArgs(names...)(c, args)
		}
		return nil
	}
}

// onStored says that a job is about collections of a file; other flags are then about nothing.
func (j *job) onStored(paths []string) (bool, error) {
	stored := len(paths) == 0
	switch {
	case !stored && (j.collection != "" || j.rightName != "" || j.noModel):
		return false, usagef("--collection, --right and --no-model are about the records of --db; leave the files out")
	case stored && (j.schema != "" || j.read.id != "" || len(j.mapping) > 0 || j.read.delimiter != "" || j.replace):
		return false, usagef("--id, --schema, --map, --delimiter and --replace are about files; the records of --db are as they were imported")
	case stored && j.noModel && j.modelPath != "":
		return false, usagef("--model and --no-model: use one of them")
	}
	return stored, nil
}

// collections gives what the job is about: tables, stored for the time of the work or in the file of
// --db, or what is there already.
func (j *job) collections(ctx context.Context, paths, keys []string, stored bool) ([]*db.Collection, error) {
	if stored {
		l, err := j.openStored()
		if err != nil {
			return nil, err
		}
		return j.loadStored(ctx, l, len(keys) == 2)
	}
	if err := j.open(paths); err != nil {
		return nil, err
	}
	return j.load(ctx, paths, keys)
}

// openStored opens the file for reading, and the outputs.
func (j *job) openStored() (*labeller, error) {
	l := &labeller{stored: stored{app: j.app, dbPath: j.dbPath, name: j.collection}, right: j.rightName}
	err := l.openBoth(j.verb, false)
	if err != nil {
		l.close(&err)
		return nil, err
	}
	j.store = &store{file: l.file, path: j.dbPath, kept: true}
	return l, j.openOutputs()
}

// loadStored reads the collections as tables, for what is written, and finds the model that is
// kept with them.
func (j *job) loadStored(ctx context.Context, l *labeller, two bool) ([]*db.Collection, error) {
	cs := l.cs[:1]
	if two {
		if cs = l.cs[:]; cs[0] == cs[1] {
			return nil, usagef("%s needs two collections; --right names the other", j.verb)
		}
		if !cs[0].Schema().Equal(cs[1].Schema()) {
			return nil, usagef("%q has the fields %s and %q has %s; collections to be linked need the same: import one of them again with --map and --schema",
				cs[0].Name(), cs[0].Schema(), cs[1].Name(), cs[1].Schema())
		}
	}
	for _, c := range cs {
		s, err := readStored(ctx, c)
		if err != nil {
			return nil, l.searchError(ctx, err)
		}
		j.sources = append(j.sources, s)
	}
	j.layout = &layout{schema: cs[0].Schema()}
	for range cs {
		at := make([]int, len(j.layout.schema))
		for f := range at {
			at[f] = f + 1 // behind the key
		}
		j.layout.at = append(j.layout.at, at)
	}
	j.spareMemory()
	j.describe()
	if j.model == nil && !j.noModel {
		k := &comparer{labeller: *l}
		var err error
		if j.model, err = k.storedModel(cs[len(cs)-1]); err != nil {
			return nil, err
		}
		if j.opts.Model = j.model; j.model != nil {
			j.say("judging by the model %s (--no-model does without)", k.modelName)
		}
	}
	return cs, nil
}

// readStored gives a collection as a source: its key, then its fields.
func readStored(ctx context.Context, c *db.Collection) (*source, error) {
	t := &table.Table{Path: c.Name(), Header: append([]string{keyName(c)}, c.Schema().Names()...)}
	s := &source{Table: t, truth: missing}
	for r, err := range c.All() {
		if err == nil && len(t.Rows)&1023 == 0 {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		t.Rows, s.keys = append(t.Rows, append([]string{r.Key}, picture.Shown(r.Values)...)), append(s.keys, r.Key)
	}
	return s, nil
}
