package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/record"
	"github.com/doppeldb/doppel/record/picture"
)

// exporter is one run of the export command.
type exporter struct {
	stored
	out, vectors string
	lines, json  bool
	where        []string
	started      time.Time
	result       *table.Writer   // nil where only vectors are asked for
	pictures     *picture.Writer // nil for stdout
	matrix       *npyFile        // nil without --vectors
	records      int
	dim          int
}

func newExport(a *app) *cobra.Command {
	e := &exporter{stored: stored{app: a}}
	c := &cobra.Command{
		Use:   "export",
		Short: "Write the records of a doppel file as CSV or JSON lines, their vectors as .npy",
		Long: `export writes every record of a collection in the order of insertion: its key,
then its fields. With --vectors it writes the vectors too, as a NumPy matrix of
float32, row i that of record i.

Pictures go as files into a folder beside the output, which names them; to
stdout go their names alone.

What import reads back is the same, byte for byte.`,
		Example: `  doppel export --db shop.doppel -o products.csv
  doppel export --db shops.doppel --collection abt -o abt.jsonl.gz --vectors abt.npy
  doppel export --db shop.doppel --where brand=sony --lines | head`,
		Args: exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error { return e.run(c.Context()) },
	}
	e.dbFlags(c)
	f := c.Flags()
	f.StringVarP(&e.out, "output", "o", "", "write the records to `FILE`: .csv, .tsv or .jsonl, each also .gz; - is stdout (default: stdout, nothing with --vectors)")
	f.BoolVar(&e.lines, "lines", false, "write JSON lines, whatever -o is called")
	f.StringArrayVar(&e.where, "where", nil, whereHelp)
	f.StringVar(&e.vectors, "vectors", "", "write the vectors to `FILE`.npy")
	f.BoolVar(&e.json, "json", false, "print a summary as JSON: to stdout when -o names a file, else to stderr")
	return c
}

func (e *exporter) run(ctx context.Context) (err error) {
	e.started = time.Now()
	if err := e.validate(); err != nil {
		return err
	}
	if err := e.openCollection("export", false); err != nil {
		return err
	}
	defer e.close(&err)
	if err := e.openOutputs(); err != nil {
		return err
	}
	defer e.abort()
	if err := e.begin(); err != nil {
		return err
	}
	if err := e.write(ctx); err != nil {
		return err
	}
	return e.finish()
}

func (e *exporter) validate() error {
	if e.out == "" && e.vectors == "" {
		e.out = "-"
	}
	for _, o := range [][2]string{{"-o", e.out}, {"--vectors", e.vectors}} {
		if o[1] != "" && o[1] != "-" && e.dbPath != "" && sameFile(o[1], e.dbPath) {
			return usagef("%s names the doppel file %s itself; write to another file", o[0], o[1])
		}
	}
	switch {
	case e.vectors != "" && len(e.where) > 0:
		return usagef("--vectors writes those of all records; leave --where out")
	case e.vectors == "-":
		return usagef("--vectors: a matrix is no text; name a file")
	case e.vectors != "" && !strings.HasSuffix(e.vectors, ".npy"):
		return usagef("--vectors: %s does not end in .npy, which is the only format there is", e.vectors)
	case e.vectors != "" && sameFile(e.vectors, e.out):
		return usagef("-o and --vectors both name %s; give each its own file", e.out)
	}
	return nil
}

// openOutputs makes the outputs ready, so that a path that cannot be written fails first.
func (e *exporter) openOutputs() (err error) {
	if e.out != "" {
		create := table.Create
		if e.lines {
			create = table.CreateLines
		}
		if e.result, err = create(e.out, e.stdout); err != nil {
			return err
		}
		if e.out != "-" {
			e.pictures = picture.NewWriter(e.out)
		}
	}
	if e.vectors != "" {
		if e.matrix, err = createNPY(e.vectors); err != nil {
			e.abort()
			return err
		}
	}
	return nil
}

func (e *exporter) abort() {
	if e.result != nil {
		e.result.Abort()
	}
	if e.matrix != nil {
		e.matrix.Abort()
	}
}

// begin writes the heads of the outputs.
func (e *exporter) begin() (err error) {
	if e.records, err = e.c.Len(); err != nil {
		return e.damaged(err)
	}
	if e.matrix != nil {
		enc, err := e.c.Encoder()
		if errors.Is(err, db.ErrNoEncoder) {
			return fmt.Errorf("%s: the records of %q have no vectors; leave --vectors out", e.dbPath, e.c.Name())
		}
		if err != nil {
			return e.damaged(err)
		}
		e.dim = enc.Dim()
		if err := e.matrix.header(e.records, e.dim); err != nil {
			return err
		}
	}
	if e.result == nil {
		return nil
	}
	return e.result.WriteHeader(append([]string{keyName(e.c)}, e.c.Schema().Names()...))
}

// write walks over the records. The file is locked against writers, so that both outputs are
// of one moment.
func (e *exporter) write(ctx context.Context) error {
	bar := newProgress(e.app)
	defer bar.end()
	row := make([]string, 0, 1+len(e.c.Schema()))
	n := 0
	put := func(r db.Embedded) error {
		n++
		if n&1023 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			bar.show("export", n, max(n, e.records))
		}
		if e.matrix != nil {
			if err := e.matrix.row(r.Vector); err != nil {
				return err
			}
		}
		if e.result == nil {
			return nil
		}
		values, err := e.shown(r.Values)
		if err != nil {
			return err
		}
		row = append(append(row[:0], r.Key), values...)
		return e.result.WriteRow(row)
	}
	if e.matrix != nil {
		for r, err := range e.c.Embedded(ctx) {
			if err != nil {
				return e.damaged(err)
			}
			if err := put(r); err != nil {
				return err
			}
		}
		return nil
	}
	records := e.c.All()
	if len(e.where) > 0 {
		where, err := filter(ctx, e.c, e.where)
		if err != nil {
			return err
		}
		e.records, records = 0, e.c.Select(ctx, where)
	}
	for r, err := range records {
		if err != nil {
			return e.searchError(ctx, err)
		}
		if err := put(db.Embedded{Record: r}); err != nil {
			return err
		}
	}
	e.records = n
	return nil
}

// shown gives values as they are written: the names of pictures, which become files beside the output.
func (e *exporter) shown(values []string) ([]string, error) {
	if e.pictures == nil {
		return picture.Shown(values), nil
	}
	return e.pictures.Values(values)
}

// exportSummary is what --json prints.
type exportSummary struct {
	DB         string  `json:"db"`
	Collection string  `json:"collection"`
	Schema     string  `json:"schema"`
	Key        string  `json:"key"`
	Records    int     `json:"records"`
	Dim        int     `json:"dim,omitempty"`
	Seconds    float64 `json:"seconds"`
}

// finish puts all outputs in place and says what was done.
func (e *exporter) finish() error {
	var writers []committer
	var wrote []string
	if e.result != nil {
		writers, wrote = append(writers, e.result), append(wrote, e.out)
	}
	if e.matrix != nil {
		writers, wrote = append(writers, e.matrix), append(wrote, e.vectors)
	}
	for _, w := range writers {
		if err := w.Prepare(); err != nil {
			return err
		}
	}
	for _, w := range writers {
		if err := w.Commit(); err != nil {
			return err
		}
	}
	e.say("%q: %s", e.c.Name(), count(e.records, "record", "records"))
	for _, w := range wrote {
		if w != "-" {
			e.say("wrote %s", w)
		}
	}
	if e.pictures != nil && e.pictures.Count() > 0 {
		e.say("wrote %s to %s", count(e.pictures.Count(), "picture", "pictures"), e.pictures.Dir())
	}
	if key := keyName(e.c); e.result != nil && !record.SameName(key, "id") {
		e.say("its key is called %s: doppel import --id %s", key, key)
	}
	if !e.json {
		return nil
	}
	w := e.stderr
	if e.out != "-" {
		w = e.stdout
	}
	return writeIndented(w, exportSummary{DB: e.dbPath, Collection: e.c.Name(), Schema: e.c.Schema().String(), Key: keyName(e.c),
		Records: e.records, Dim: e.dim, Seconds: math.Round(time.Since(e.started).Seconds()*1000) / 1000})
}
