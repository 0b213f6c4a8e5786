package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

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
	replace, json                 bool
	topK, threads                 int
	seed                          uint64
	// What they mean.
	command string
	opts    match.Options
	// What the run opened.
	started          time.Time
	writers          []committer
	result, pairsOut *table.Writer
	page             *table.File
	sources          []*source
	layout           *layout
	file             *db.DB
	progress         *progress
}

// committer is an output that appears only when the whole run went well.
type committer interface {
	Commit() error
	Abort()
}

// flags that dedupe and link share.
func (j *job) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVarP(&j.out, "output", "o", "-", "write the result here; .csv, .tsv or .jsonl, also .gz; - is stdout")
	f.StringVar(&j.schema, "schema", "", "kinds of columns that were guessed wrong: price:number,notes:ignore (text, number, category, code, ignore)")
	f.StringVar(&j.threshold, "threshold", "auto", "least probability of a match, 0 to 1, or auto")
	f.StringVar(&j.report, "report", "", "write a page about the run: report.html")
	f.StringVar(&j.dbPath, "db", "", "keep records, vectors and encoder in this .doppel file")
	f.BoolVar(&j.replace, "replace", false, "with --db: replace collections of the same name")
	f.IntVar(&j.topK, "top", 0, "candidates of each record from each view (default 20)")
	f.IntVar(&j.threads, "threads", 0, "worker threads; the result does not depend on it (default all cores)")
	f.Uint64Var(&j.seed, "seed", 1, "seed of what is sampled; same seed, same result")
	f.BoolVar(&j.json, "json", false, "write a summary as JSON: to stdout when -o names a file, else to stderr")
	f.StringVar(&j.read.delimiter, "delimiter", "", "separator of values; found from the header by default")
	f.StringVar(&j.read.badRows, "bad-rows", "fail", "what to do with rows that cannot be read: fail or skip")
}

// validate turns flags into options before any work is done.
func (j *job) validate() error {
	j.started = time.Now()
	if j.threshold != "auto" {
		t, err := strconv.ParseFloat(j.threshold, 64)
		if err != nil || math.IsNaN(t) || t <= 0 || t > 1 {
			return usagef("--threshold: %q is neither auto nor a number above 0 and up to 1", j.threshold)
		}
		j.opts.Threshold = t
	}
	card, err := match.ParseCardinality(j.cardinality)
	if err != nil {
		return usagef("--cardinality: %w", err)
	}
	if j.topK < 0 || j.threads < 0 {
		return usagef("--top and --threads must not be negative")
	}
	if j.replace && j.dbPath == "" {
		return usagef("--replace needs --db")
	}
	j.opts.Cardinality, j.opts.TopK, j.opts.Threads, j.opts.Seed = card, j.topK, j.threads, j.seed
	return j.distinctOutputs()
}

// distinctOutputs refuses to write two things to one place, or over an input.
func (j *job) distinctOutputs() error {
	seen := map[string]string{}
	for _, o := range []struct{ flag, path string }{{"-o", j.out}, {"--pairs", j.pairs}, {"--report", j.report}, {"--db", j.dbPath}} {
		if o.path == "" {
			continue
		}
		clean := filepath.Clean(o.path)
		if before, taken := seen[clean]; taken {
			return usagef("%s and %s both name %s", before, o.flag, o.path)
		}
		seen[clean] = o.flag
	}
	return nil
}

// open makes the outputs ready, so that a path that cannot be written fails first.
func (j *job) open() (err error) {
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

// commit puts every output in its place.
func (j *job) commit() error {
	for _, w := range j.writers {
		if err := w.Commit(); err != nil {
			return err
		}
	}
	j.writers = nil
	return nil
}

// close gives back what the job holds; outputs that were not committed vanish.
func (j *job) close() {
	for _, w := range j.writers {
		w.Abort()
	}
	if j.file != nil {
		if err := j.file.Close(); err != nil {
			j.warn("closing the database: %v", err)
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
	var err error
	if j.layout, err = joinColumns(j.sources, j.mapping, j.schema); err != nil {
		return nil, err
	}
	j.describe()
	if j.dbPath == "" {
		j.file, err = db.OpenTemp()
	} else {
		j.file, err = db.Open(j.dbPath, nil)
	}
	if err != nil {
		return nil, err
	}
	var out []*db.Collection
	for s, name := range j.collectionNames() {
		c, err := j.store(ctx, s, name)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func (j *job) readAll(ctx context.Context, paths, keys []string) error {
	if len(paths) == 2 && paths[0] == "-" && paths[1] == "-" {
		return usagef("only one of the two files can be stdin")
	}
	for i, p := range paths {
		s, err := j.readSource(ctx, p, j.read, keys[i])
		if err != nil {
			return err
		}
		j.sources = append(j.sources, s)
	}
	return nil
}

// store writes source s as a collection.
func (j *job) store(ctx context.Context, s int, name string) (*db.Collection, error) {
	c, err := j.file.Create(name, j.layout.schema)
	if errors.Is(err, db.ErrExists) {
		if !j.replace {
			return nil, fmt.Errorf("%s already has a collection %q; add --replace to replace it, or name another file with --db", j.dbPath, name)
		}
		if err := j.file.Drop(name); err != nil {
			return nil, err
		}
		c, err = j.file.Create(name, j.layout.schema)
	}
	if err != nil {
		return nil, err
	}
	_, err = c.PutAll(ctx, j.layout.records(s, j.sources[s]), &db.PutOptions{Insert: true, Threads: j.threads})
	return c, err
}

// collectionNames are the file names without their endings, made different.
func (j *job) collectionNames() []string {
	var names []string
	for _, s := range j.sources {
		name := s.name()
		for ext := filepath.Ext(name); ext != "" && ext != name; ext = filepath.Ext(name) {
			name = strings.TrimSuffix(name, ext)
		}
		for slices.Contains(names, name) {
			name += "-2"
		}
		names = append(names, name)
	}
	return names
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
	if len(j.sources) == 2 {
		for s, side := range []string{"left", "right"} {
			if names := j.layout.alone(s); len(names) > 0 {
				j.say("only in the %s file: %s (--map LEFT=RIGHT lets columns meet)", side, strings.Join(names, ", "))
			}
		}
	}
}
