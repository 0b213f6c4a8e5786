package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/record"
)

// importer is one run of the import command.
type importer struct {
	stored
	read                    readOptions
	schema                  string
	drop                    []string
	mapping                 []string
	replace, update, append bool
	json                    bool
	threads                 int
	seed                    uint64
	// What the run found and made.
	started time.Time
	look    *look
	layout  *layout
	isNew   bool // the file was not there before
	made    bool // the collection is this run's
	state   importState
	from    int // rows that an earlier run has put
	put     db.PutResult
	pending pending
	bar     *progress
}

func newImport(a *app) *cobra.Command {
	im := &importer{stored: stored{app: a}}
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Put the records of a file into a doppel file",
		Long: `import reads FILE, which is CSV, TSV or JSON lines, plain or gzipped, and puts
its rows into a collection of the file that --db names, with a vector for each.
The file may be larger than memory: it is read twice, first to find what cannot be
imported, then to import it.

Into a collection that is there, a row goes in the place of the record with its
key, or is added; its columns meet the fields by name.

A run that is cut off, by Ctrl-C or by a crash, goes on where it was when the same
command is given again. No row is put twice.`,
		Example: `  doppel import products.csv --db shop.doppel
  doppel import abt.csv --db shops.doppel --collection abt --id sku
  doppel import new.csv --db shop.doppel --collection products --drop notes --map title=name
  zcat products.csv.gz | doppel import - --db shop.doppel --collection products`,
		Args: exactArgs("FILE"),
		RunE: func(c *cobra.Command, args []string) error { return im.run(c.Context(), args[0]) },
	}
	f := c.Flags()
	f.StringVar(&im.dbPath, "db", "", "put the records into `FILE`.doppel, which is made if need be")
	f.StringVar(&im.name, "collection", "", "put them into the collection `NAME` (default: the name of the file)")
	f.StringVar(&im.read.id, "id", "", "`COL` is the key (default: id, else the first column whose values are unique, else the row number)")
	f.StringVar(&im.schema, "schema", "", "`COL:KIND,...` for columns that were guessed wrong, such as price:number,notes:ignore; kinds are text, number, category, code, ignore")
	f.StringSliceVar(&im.drop, "drop", nil, "leave out the columns `COL,...`")
	f.StringArrayVar(&im.mapping, "map", nil, "`FIELD=COLUMN`: the column is the field; repeat as needed")
	f.BoolVar(&im.replace, "replace", false, "replace the collection")
	f.BoolVar(&im.update, "update", false, "a key may come again, the last row counts (default only for a collection that has records)")
	f.BoolVar(&im.append, "append", false, "only add records: a key that is taken is an error")
	f.StringVar(&im.read.delimiter, "delimiter", "", "`CHAR` between values: ',', ';', '|' or tab (default: the header decides)")
	f.StringVar(&im.read.badRows, "bad-rows", "fail", "`WHAT` to do with rows that cannot be read: fail or skip")
	f.BoolVar(&im.json, "json", false, "print a summary as JSON to stdout")
	f.IntVar(&im.threads, "threads", 0, "use `N` threads; the result does not depend on it (default all cores)")
	f.Uint64Var(&im.seed, "seed", 1, "seed `N` of what is sampled; same seed, same result")
	return c
}

func (im *importer) run(ctx context.Context, path string) (err error) {
	im.started = time.Now()
	if err := im.validate(path); err != nil {
		return err
	}
	defer im.close(&err)
	im.bar = newProgress(im.app)
	defer im.bar.end()
	known, err := im.openOld()
	if err != nil {
		return err
	}
	if err := im.lookAt(ctx, path, known); err != nil {
		return err
	}
	defer im.look.file.Close()
	if err := im.arrange(known); err != nil {
		return err
	}
	if err := im.refuse(known); err != nil {
		return err
	}
	if err := im.begin(ctx, known); err != nil {
		return im.giveUp(ctx, err)
	}
	if err := im.putAll(ctx); err != nil {
		return im.giveUp(ctx, err)
	}
	return im.finish()
}

// validate checks the flags before any work is done.
func (im *importer) validate(path string) error {
	if err := needs("import", [2]string{"db", im.dbPath}); err != nil {
		return err
	}
	modes := 0
	for _, on := range []bool{im.replace, im.update, im.append} {
		modes += index(on)
	}
	switch {
	case modes > 1 && (im.replace && im.append || im.update && im.append):
		return usagef("--append cannot go with --replace or --update")
	case im.threads < 0:
		return usagef("--threads: %d is negative", im.threads)
	case im.dbPath == "-":
		return usagef("--db needs a file, it cannot be stdout")
	case path != "-" && sameFile(path, im.dbPath):
		return usagef("--db names the input %s; put the records into another file", path)
	}
	if im.name == "" {
		im.name = collectionNames([]string{path})[0]
	}
	return nil
}

// earlier is what was there before an import: the collection, and the state of the last
// import into it.
type earlier struct {
	c     *db.Collection // nil if there is none
	n     int            // its records
	state *importState
}

// openOld opens the file if it is there. One that is not is made only when there
// is something to put into it.
func (im *importer) openOld() (known earlier, err error) {
	if _, err := os.Stat(im.dbPath); errors.Is(err, fs.ErrNotExist) {
		im.isNew = true
		if _, err := os.Stat(filepath.Dir(im.dbPath)); err != nil {
			return known, storeError(im.dbPath, err)
		}
		return known, nil
	}
	if im.file, err = db.Open(im.dbPath, nil); err != nil {
		return known, importError(im.dbPath, err)
	}
	known.c, err = im.file.Collection(im.name)
	switch {
	case errors.Is(err, db.ErrNotFound):
		return earlier{}, nil
	case err != nil:
		return known, im.damaged(err)
	}
	if known.n, err = known.c.Len(); err != nil {
		return known, im.damaged(err)
	}
	if known.state, err = readImport(known.c); err != nil {
		return known, im.damaged(err)
	}
	return known, nil
}

// importError is about a file of --db that does not open.
func importError(path string, err error) error {
	if errors.Is(err, db.ErrLocked) || errors.Is(err, db.ErrCorrupt) {
		return fileError(path, err)
	}
	return storeError(path, err)
}

// lookAt makes the first pass over the file.
func (im *importer) lookAt(ctx context.Context, path string, known earlier) error {
	opts, err := im.read.table(im.app)
	if err != nil {
		return err
	}
	opts.Spool = true
	o := lookOptions{read: opts, key: im.read.id, mapping: im.mapping, seed: im.seed}
	if s := known.state; s != nil && o.key == "" && !im.replace && !s.empty() {
		o.key, o.numbers, o.of = s.Key, s.Key == "", im.name // as the collection has it
	}
	if im.look, err = lookAt(ctx, path, o, im.bar); err != nil {
		return err
	}
	return im.reportLook()
}

// reportLook passes on what was odd about the file.
func (im *importer) reportLook() error {
	f := im.look.file
	for _, w := range f.Warnings() {
		im.warn("%s", w)
	}
	errs, n := f.Skipped()
	im.reportSkipped(im.look.name(), errs, n)
	return nil
}

// arrange finds the fields: those of the collection that is there, or new ones.
func (im *importer) arrange(known earlier) (err error) {
	src := im.look.source()
	for _, name := range im.drop {
		c := src.column(name)
		if c < 0 {
			return usagef("--drop: %s has no column %q; the columns are %s", src.name(), name, strings.Join(src.Header, ", "))
		}
		if c == src.key {
			return usagef("--drop: %s is the key; name another key with --id", src.Header[c])
		}
		src.left = append(src.left, c)
	}
	im.state = importState{File: src.name(), Size: im.look.size, CRC: im.look.crc, Key: src.keyName(), Rows: im.look.rows, Skip: im.look.skipped, How: im.how()}
	if known.c == nil || im.anew(known) {
		im.state.Fresh = true
		im.layout, err = joinColumns([]*source{src}, nil, im.schema)
		return err
	}
	if im.schema != "" && !im.goesOn(known) {
		return usagef("--schema: the collection %q is there, with %s; --replace makes it anew", im.name, known.c.Schema())
	}
	im.layout, err = onSchema(src, known.c.Schema(), im.name)
	return err
}

// how writes down the options that say which row becomes which record.
func (im *importer) how() string {
	return fmt.Sprintf("delimiter=%q bad-rows=%s map=%q drop=%q schema=%q replace=%t update=%t append=%t",
		im.read.delimiter, im.read.badRows, im.mapping, im.drop, im.schema, im.replace, im.update, im.append)
}

// goesOn says whether this run takes up one that was cut off.
func (im *importer) goesOn(known earlier) bool {
	return known.state.unfinished() && known.state.same(&im.state)
}

// anew says whether the collection that is there goes: by --replace, or because it is what
// an import left that was cut off before its first row.
func (im *importer) anew(known earlier) bool {
	return (im.replace || known.state.empty()) && !im.goesOn(known)
}

// begin makes the collection ready, and says what is going to happen.
func (im *importer) begin(ctx context.Context, known earlier) error {
	if im.file == nil {
		file, err := db.Open(im.dbPath, nil)
		if err != nil {
			os.Remove(im.dbPath) // what a full disk left of it, if anything
			return importError(im.dbPath, err)
		}
		im.file = file
	}
	im.describe()
	switch {
	case im.goesOn(known):
		im.c, im.from, im.state.Fresh, im.made = known.c, known.state.Done, known.state.Fresh, known.state.Fresh
		im.say("going on behind row %s of %s", thousands(im.from), thousands(im.state.Rows))
	case im.state.Fresh:
		if known.c != nil {
			if err := im.file.Drop(im.name); err != nil {
				return err
			}
		}
		c, err := im.file.Create(im.name, im.layout.schema)
		if errors.Is(err, db.ErrName) {
			return usagef("--collection: %w", err)
		}
		if err != nil {
			return err
		}
		im.c, im.made = c, true
		if err := im.state.write(ctx, c); err != nil {
			return err
		}
	default:
		im.c, im.state.Fresh = known.c, known.n == 0
	}
	im.state.Done = im.from
	return im.ensureEncoder(ctx)
}

// refuse says what must not be done to a collection that is there.
func (im *importer) refuse(known earlier) error {
	switch s := known.state; {
	case known.c == nil || im.anew(known) || im.goesOn(known):
		return nil
	case s.unfinished() && !im.update:
		return fmt.Errorf("%s: an import of %s into %q is not finished (%s of %s rows), and this is another file or another way to read it; "+
			"give that command again to finish it, or add --update to import this one over it, or --replace to start afresh",
			im.dbPath, s.File, im.name, thousands(s.Done), thousands(s.Rows))
	case im.look.key == rowNumbers && known.n > 0 && !im.update:
		return fmt.Errorf("%s: there is no key column, and the numbers of its rows would replace the records 1, 2, 3 ... of %q; "+
			"name a key with --id, another collection with --collection, or add --update if these are the same rows", im.look.name(), im.name)
	}
	return nil
}

// ensureEncoder gives the collection an encoder: idf of the sample, and of nothing else, so
// that vectors can be made while rows are read.
func (im *importer) ensureEncoder(ctx context.Context) error {
	_, err := im.c.Encoder()
	if !errors.Is(err, db.ErrNoEncoder) {
		return err
	}
	values := make([][]string, len(im.look.sample))
	for i, row := range im.look.sample {
		values[i] = im.layout.pick(0, row)
	}
	enc, err := encoder.Fit(ctx, im.layout.schema, len(values), func(i int) []string { return values[i] }, encoder.Options{Threads: im.threads})
	if err != nil {
		return err
	}
	im.look.sample = nil
	return im.c.SetEncoder(ctx, enc)
}

// describe says what was understood of the file.
func (im *importer) describe() {
	key := "row number"
	if im.look.key != rowNumbers {
		key = im.state.Key
	}
	im.say("%s: %s, key: %s", im.look.name(), count(im.look.rows, "row", "rows"), key)
	var fields, empty []string
	for f, field := range im.layout.schema {
		fields = append(fields, field.Name+" "+field.Kind.String())
		if im.layout.at[0][f] == missing {
			empty = append(empty, field.Name)
		}
	}
	im.say("columns: %s", strings.Join(fields, ", "))
	for _, name := range im.layout.earlier() {
		im.say("%s is taken for the result of an earlier run and not compared (--schema %s:category compares it)", name, name)
	}
	if len(empty) > 0 {
		im.say("not in the file: %s (new records have none, others keep theirs)", strings.Join(empty, ", "))
	}
}

// values of a row as a record of the collection.
func (im *importer) record(values []string, number int) record.Record {
	r := record.Record{Values: im.layout.pick(0, values)}
	if im.look.key == rowNumbers {
		r.Key = fmt.Sprint(number)
	} else {
		r.Key = values[im.look.key]
	}
	return r
}
