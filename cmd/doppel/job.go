package main

import (
	"context"
	"math"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/query/match"
)

// job is one run of dedupe or link: its flags, and what they opened.
type job struct {
	*app
	// The flags.
	read                          readOptions
	schema, out, report, dbPath   string
	threshold, cardinality, pairs string
	mapping                       []string
	modelPath, truth, curves      string
	replace, json                 bool
	collection, rightName         string // of --db, with no file
	noModel                       bool
	topK, threads                 int
	seed                          uint64
	// What they mean.
	verb, command string
	opts          match.Options
	model         *match.Model // of --model, nil without
	learns        bool         // the job makes a model, which should ask for no column that it does not compare
	// What the run opened.
	started          time.Time
	writers          []committer
	result, pairsOut *table.Writer
	page             *table.File
	sources          []*source
	layout           *layout
	store            *store
	names            []string // of the collections, one per source
	progress         *progress
}

// committer is an output that appears only when the whole run went well.
type committer interface {
	Prepare() error
	Commit() error
	Abort()
}

// flags that dedupe and link share.
func (j *job) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVarP(&j.out, "output", "o", "-", "write the result to `FILE`: .csv, .tsv or .jsonl, each also .gz; - is stdout")
	f.StringVar(&j.report, "report", "", "write a page about the run to `FILE`.html")
	f.StringVar(&j.threshold, "threshold", "auto", "least score `X` of a match, above 0 and up to 1, or auto")
	f.IntVar(&j.topK, "top", 0, "take the best `K` candidates of each record from each view (default 20 for link, 10 for dedupe)")
	j.modelFlag(f)
	f.StringVar(&j.dbPath, "db", "", "keep records, vectors and encoder in `FILE`.doppel")
	f.BoolVar(&j.replace, "replace", false, "with --db: replace collections of the same name")
	f.BoolVar(&j.json, "json", false, "print a summary as JSON: to stdout when -o names a file, else to stderr")
	j.inputFlags(f)
}

// modelFlag names what "doppel train" wrote.
func (j *job) modelFlag(f *pflag.FlagSet) {
	f.StringVar(&j.modelPath, "model", "", "judge with the model of `FILE`, which doppel train wrote")
}

// inputFlags are those of every command that reads records.
func (j *job) inputFlags(f *pflag.FlagSet) {
	f.StringVar(&j.schema, "schema", "", "`COL:KIND,...` for columns that were guessed wrong, such as price:number,notes:ignore; kinds are text, number, category, code, image, ignore")
	f.StringVar(&j.read.delimiter, "delimiter", "", "`CHAR` between values: ',', ';', '|' or tab (default: the header decides)")
	f.StringVar(&j.read.badRows, "bad-rows", "fail", "`WHAT` to do with rows that cannot be read: fail or skip")
	f.IntVar(&j.threads, "threads", 0, "use `N` threads; the result does not depend on it (default all cores)")
	f.Uint64Var(&j.seed, "seed", 1, "seed `N` of what is sampled; same seed, same result")
}

// validate turns flags into options before any work is done.
func (j *job) validate(paths []string) error {
	if j.threshold != "auto" {
		t, err := strconv.ParseFloat(j.threshold, 64)
		if err != nil || math.IsNaN(t) || t <= 0 || t > 1 {
			return usagef("--threshold: %q is neither auto nor a number above 0 and up to 1", j.threshold)
		}
		j.opts.Threshold = t
	}
	card, err := match.ParseCardinality(j.cardinality)
	if err != nil {
		return usagef("--cardinality: %q is none of one-to-one, one-to-many, many-to-many", j.cardinality)
	}
	if j.topK < 0 {
		return usagef("--top: %d is negative", j.topK)
	}
	if j.replace && j.dbPath == "" {
		return usagef("--replace needs --db")
	}
	j.opts.Cardinality, j.opts.TopK = card, j.topK
	if err := j.validateInput(paths); err != nil {
		return err
	}
	j.opts.Model = j.model
	if j.modelPath != "" {
		paths = append(slices.Clone(paths), j.modelPath)
	}
	return j.distinctPaths(paths)
}

// validateInput checks what [job.inputFlags] and the arguments say, and reads the model.
func (j *job) validateInput(paths []string) (err error) {
	j.started = time.Now()
	if j.threads < 0 {
		return usagef("--threads: %d is negative", j.threads)
	}
	j.opts.Threads, j.opts.Seed = j.threads, j.seed
	stdin := 0
	for _, p := range paths {
		if p == "-" {
			stdin++
		}
	}
	if stdin > 1 && len(paths) == 2 {
		return usagef("only one of the two files can be stdin")
	}
	if stdin > 1 {
		return usagef("only one of the files can be stdin")
	}
	if j.modelPath == "" {
		return nil
	}
	if j.schema != "" {
		return usagef("--schema cannot go with --model: the model knows what its columns are")
	}
	j.model, err = readModel(j.modelPath)
	return err
}

// open makes the outputs ready, so that a path that cannot be written fails first.
func (j *job) open(paths []string) (err error) {
	j.names = collectionNames(paths)
	if j.store, err = openStore(j.dbPath, j.replace, j.names); err != nil {
		return err
	}
	return j.openOutputs()
}

func (j *job) openOutputs() (err error) {
	if j.result, err = table.Create(j.out, j.stdout); err != nil {
		return err
	}
	j.writers = append(j.writers, j.result)
	if j.pairs != "" {
		if j.pairsOut, err = table.Create(j.pairs, j.stdout); err != nil {
			return err
		}
		j.writers = append(j.writers, j.pairsOut)
	}
	if j.report != "" {
		if j.page, err = table.CreateFile(j.report, j.stdout); err != nil {
			return err
		}
		j.writers = append(j.writers, j.page)
	}
	return nil
}

// commit puts every output in its place, once all of them are on the disk.
func (j *job) commit() error {
	for _, w := range j.writers {
		if err := w.Prepare(); err != nil {
			return err
		}
	}
	for _, w := range j.writers {
		if err := w.Commit(); err != nil {
			return err
		}
	}
	j.writers = nil
	if j.store != nil { // a job on pictures has none
		j.store.keep()
	}
	return nil
}

// close gives back what the job holds; outputs that were not committed vanish.
func (j *job) close() {
	for _, w := range j.writers {
		w.Abort()
	}
	if j.store != nil {
		if err := j.store.close(); err != nil {
			j.warn("%v", err)
		}
	}
	j.progress.end()
}

// load reads the files and stores their rows: in the file of --db, else in a
// temporary one.
func (j *job) load(ctx context.Context, paths []string, keys []string) ([]*db.Collection, error) {
	if err := j.readAll(ctx, paths, keys); err != nil {
		return nil, err
	}
	j.spareMemory()
	if err := j.arrange(); err != nil {
		return nil, err
	}
	j.describe()
	if j.learns {
		j.layout.compared()
	}
	var out []*db.Collection
	for s := range j.sources {
		if err := j.layout.loadPictures(ctx, j.app, s, j.sources[s], j.read, j.threads); err != nil {
			return nil, err
		}
		c, err := j.store.put(ctx, j.names[s], j.layout.schema, j.layout.records(s, j.sources[s]), j.threads)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// Memory decides whether a large table fits, and garbage is half of it unless it is
// collected early: 100,000 rows take 515 MB instead of 803, and 51 s of processor time instead of 46.
const (
	manyRows  = 50_000
	collectAt = 25 // percent of what is alive
)

func (j *job) spareMemory() {
	rows := 0
	for _, s := range j.sources {
		rows += len(s.Rows)
	}
	if rows >= manyRows && os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
}

func (j *job) readAll(ctx context.Context, paths, keys []string) error {
	for i, p := range paths {
		s, err := j.readSource(ctx, p, j.read, keys[i], j.truth)
		if err != nil {
			return err
		}
		j.sources = append(j.sources, s)
	}
	return nil
}

// arrange lets the columns of the files meet: those of the model, or all.
func (j *job) arrange() (err error) {
	if j.model != nil {
		j.layout, err = modelColumns(j.sources, j.mapping, j.modelPath, j.model.Encoder.Schema())
		return err
	}
	j.layout, err = joinColumns(j.sources, j.mapping, j.schema)
	return err
}

// describe says what was understood of the files.
func (j *job) describe() {
	for _, s := range j.sources {
		key := "row number"
		if s.key != rowNumbers {
			key = s.keyName()
		}
		j.say("%s: %s, key: %s", s.name(), count(len(s.Rows), "row", "rows"), key)
	}
	var fields []string
	for _, f := range j.layout.schema {
		fields = append(fields, f.Name+" "+f.Kind.String())
	}
	j.say("columns: %s", strings.Join(fields, ", "))
	for s, src := range j.sources {
		if names := j.layout.unknown(s, src); j.model != nil && len(names) > 0 {
			j.say("%s: not in the model and not compared: %s", src.name(), strings.Join(names, ", "))
		}
	}
	for _, name := range j.layout.earlier() {
		j.say("%s is taken for the result of an earlier run and not compared (--schema %s:category compares it)", name, name)
	}
	if len(j.sources) == 2 {
		for s, side := range []string{"left", "right"} {
			if names := j.layout.alone(s); len(names) > 0 {
				j.say("only in the %s file: %s (--map LEFT=RIGHT lets columns meet)", side, strings.Join(names, ", "))
			}
		}
	}
}
