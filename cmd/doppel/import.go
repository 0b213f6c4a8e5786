package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/ingest"
	"github.com/doppeldb/doppel/internal/table"
)

// importer is one run of the import command.
type importer struct {
	stored
	read                    readOptions
	schema, model           string
	drop                    []string
	mapping                 []string
	replace, update, append bool
	json, index             bool
	threads                 int
	seed                    uint64
	started                 time.Time
	path                    string
}

func newImport(a *app) *cobra.Command {
	im := &importer{stored: stored{app: a}}
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Put the records of a file, or the pictures of a folder, into a doppel file",
		Long: `import reads FILE, which is CSV, TSV or JSON lines, plain or gzipped, and puts
its rows into a collection of the file that --db names, with a vector for each.
The file may be larger than memory: it is read twice, first to find what cannot be
imported, then to import it.

A column whose values are names of picture files, as seen from the folder of FILE,
becomes a field of kind image, and the pictures go into the file. FILE may also be
a folder of pictures, or a .zip of one: the key of a record is the path, its
class the folder that the picture is in.

Into a collection that is there, a row goes in the place of the record with its
key, or is added; its columns meet the fields by name.

A run that is cut off, by Ctrl-C or by a crash, goes on where it was when the same
command is given again. No row is put twice.`,
		Example: `  doppel import products.csv --db shop.doppel
  doppel import abt.csv --db shops.doppel --collection abt --id sku
  doppel import new.csv --db shop.doppel --collection products --drop notes --map title=name
  doppel import faces --db faces.doppel --model faces.model
  zcat products.csv.gz | doppel import - --db shop.doppel --collection products`,
		Args: exactArgs("FILE"),
		RunE: func(c *cobra.Command, args []string) error { im.path = args[0]; return im.run(c.Context(), args[0]) },
	}
	f := c.Flags()
	f.StringVar(&im.dbPath, "db", "", "put the records into `FILE`.doppel, which is made if need be")
	f.StringVar(&im.name, "collection", "", "put them into the collection `NAME` (default: the name of the file)")
	f.StringVar(&im.read.id, "id", "", "`COL` is the key (default: id, else the first column whose values are unique, else the row number)")
	f.StringVar(&im.schema, "schema", "", "`COL:KIND,...` for columns that were guessed wrong, such as price:number,notes:ignore; kinds are text, number, category, code, image, ignore")
	f.StringVar(&im.model, "model", "", "pictures are seen by the network of `FILE`, which doppel train --classes wrote (default: by what they look like)")
	f.StringSliceVar(&im.drop, "drop", nil, "leave out the columns `COL,...`")
	f.StringArrayVar(&im.mapping, "map", nil, "`FIELD=COLUMN`: the column is the field; repeat as needed")
	f.BoolVar(&im.replace, "replace", false, "replace the collection")
	f.BoolVar(&im.update, "update", false, "a key may come again, the last row counts (default only for a collection that has records)")
	f.BoolVar(&im.append, "append", false, "only add records: a key that is taken is an error")
	f.StringVar(&im.read.delimiter, "delimiter", "", "`CHAR` between values: ',', ';', '|' or tab (default: the header decides)")
	f.StringVar(&im.read.badRows, "bad-rows", "fail", "`WHAT` to do with rows that cannot be read: fail or skip")
	f.BoolVar(&im.index, "index", false, "build the search graph of a large collection now and keep it; some 500 us of processor time a record")
	f.BoolVar(&im.json, "json", false, "print a summary as JSON to stdout")
	f.IntVar(&im.threads, "threads", 0, "use `N` threads; the result does not depend on it (default all cores)")
	f.Uint64Var(&im.seed, "seed", 1, "seed `N` of what is sampled; same seed, same result")
	return c
}

func (im *importer) run(ctx context.Context, path string) (err error) {
	im.started = time.Now()
	opts, err := im.options(path)
	if err != nil {
		return err
	}
	bar := newProgress(im.app)
	defer bar.end()
	opts.Progress = bar.show
	isNew, err := im.openOld()
	if err != nil {
		return err
	}
	defer im.close(&err)
	to := ingest.Target{DB: im.file, Collection: im.name, Make: func() (*db.DB, error) {
		file, err := db.Open(im.dbPath, nil)
		if err != nil {
			os.Remove(im.dbPath) // what a full disk left of it, if anything
			return nil, importError(im.dbPath, err)
		}
		return file, nil
	}}
	res, err := ingest.Import(ctx, path, to, opts)
	bar.end()
	im.file = res.DB
	if err != nil {
		err = im.giveUp(ctx, res, err)
		if isNew && im.file != nil && (res.TakenBack || res.Collection == nil) {
			err = errors.Join(err, im.file.Close(), os.Remove(im.dbPath))
			im.file = nil
		}
		return err
	}
	if im.index {
		bar.show("index", 0, -1)
		err = im.file.SaveIndexes(ctx)
		bar.end()
		switch {
		case ctx.Err() != nil:
			return &keptError{fmt.Sprintf("interrupted; all rows are in %s, its search graph is not", im.dbPath)}
		case err != nil:
			return im.damaged(err)
		}
	}
	return im.finish(res)
}

// options checks the flags before any work is done.
func (im *importer) options(path string) (o ingest.Options, err error) {
	if err := needs("import", [2]string{"db", im.dbPath}); err != nil {
		return o, err
	}
	switch {
	case im.append && (im.replace || im.update):
		return o, usagef("--append cannot go with --replace or --update")
	case im.replace && im.update:
		return o, usagef("--replace cannot go with --update")
	case im.threads < 0:
		return o, usagef("--threads: %d is negative", im.threads)
	case im.dbPath == "-":
		return o, usagef("--db needs a file, it cannot be stdout")
	case path != "-" && sameFile(path, im.dbPath):
		return o, usagef("--db names the input %s; put the records into another file", path)
	}
	if im.name == "" {
		im.name = collectionNames([]string{path})[0]
	}
	read, err := im.read.table(im.app)
	if err != nil {
		return o, err
	}
	model, err := readPictureModel(im.model)
	if err != nil {
		return o, err
	}
	o = ingest.Options{
		Table: *read, Key: im.read.id, Schema: im.schema, Drop: im.drop, Map: im.mapping, Threads: im.threads, Seed: im.seed,
		Say:   func(line string) { im.say("%s", line) },
		Warn:  func(line string) { im.warn("%s", line) },
		Spell: func(option string) string { return "--" + option },
	}
	if model != nil {
		o.Encoder = model.Encoder
	}
	switch {
	case im.replace:
		o.Mode = ingest.Replace
	case im.update:
		o.Mode = ingest.Update
	case im.append:
		o.Mode = ingest.Append
	}
	return o, nil
}

// openOld opens the file if it is there. One that is not is made only when there
// is something to put into it.
func (im *importer) openOld() (isNew bool, err error) {
	if _, err := os.Stat(im.dbPath); errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Dir(im.dbPath)); err != nil {
			return true, storeError(im.dbPath, err)
		}
		return true, nil
	}
	if im.file, err = db.Open(im.dbPath, nil); err != nil {
		return false, importError(im.dbPath, err)
	}
	return false, nil
}

// importError is about a file of --db that does not open.
func importError(path string, err error) error {
	if errors.Is(err, db.ErrLocked) || errors.Is(err, db.ErrCorrupt) {
		return fileError(path, err)
	}
	return storeError(path, err)
}

// giveUp says what became of an import that did not end, and what to do.
func (im *importer) giveUp(ctx context.Context, res *ingest.Result, err error) error {
	var at *fs.PathError
	var input *table.Error
	var in string
	if res.Done > 0 && !res.TakenBack && res.Done < res.Rows {
		in = fmt.Sprintf("; %s of %s rows are in %s", thousands(res.Done), thousands(res.Rows), im.dbPath)
	}
	const goesOn = ", the same command goes on from there"
	switch {
	case ctx.Err() != nil && in != "":
		return &keptError{"interrupted" + in + goesOn}
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, ingest.ErrOptions):
		return &usageError{err}
	case errors.Is(err, db.ErrCorrupt):
		return im.damaged(err)
	case res.Fault:
		return fmt.Errorf("%w%s", err, in)
	case res.Collection == nil && (res.DB == nil || !errors.As(err, &at) || errors.As(err, &input)): // before anything was written
		return err
	}
	if in != "" {
		in += goesOn
	}
	return fmt.Errorf("%s: %w; free some space, or name another file with --db%s", im.dbPath, plainCause(err), in)
}

// importSummary is what --json prints. All but seconds is the same for the same input.
type importSummary struct {
	File        string   `json:"file"`
	DB          string   `json:"db"`
	Collection  string   `json:"collection"`
	Schema      string   `json:"schema"`
	Key         string   `json:"key"`
	Rows        int      `json:"rows"`
	Inserted    int      `json:"inserted"`
	Updated     int      `json:"updated"`
	WentOnFrom  int      `json:"went_on_from"`
	SkippedRows int      `json:"skipped_rows"`
	Records     int      `json:"records"`
	Warnings    []string `json:"warnings"`
	Seconds     float64  `json:"seconds"`
}

// finish says what was done.
func (im *importer) finish(res *ingest.Result) error {
	n, err := res.Collection.Len()
	if err != nil {
		return im.damaged(err)
	}
	took := time.Since(im.started).Seconds()
	what := count(res.Inserted, "record", "records") + " added"
	if res.Updated > 0 {
		what += ", " + thousands(res.Updated) + " updated"
	}
	if res.From > 0 {
		what += fmt.Sprintf(" (and %s before)", thousands(res.From))
	}
	im.say("%s; %q in %s has %s (%.1f s)", what, im.name, im.dbPath, thousands(n), took)
	if !im.json {
		return nil
	}
	return writeIndented(im.stdout, importSummary{
		File: im.path, DB: im.dbPath, Collection: im.name, Schema: res.Collection.Schema().String(), Key: res.Key,
		Rows: res.Rows, Inserted: res.Inserted, Updated: res.Updated, WentOnFrom: res.From, SkippedRows: res.SkippedRows,
		Records: n, Warnings: append([]string{}, im.warnings...), Seconds: math.Round(took*1000) / 1000,
	})
}
