package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/ingest"
)

// statser is one run of the stats command.
type statser struct {
	stored
	json bool
}

func newStats(a *app) *cobra.Command {
	s := &statser{stored: stored{app: a}}
	c := &cobra.Command{
		Use:   "stats DB",
		Short: "Say what is in a doppel file",
		Long: `stats lists the collections of a file with their fields and kinds, how large they are,
and the labels, classes and models that are kept with them.`,
		Example: `  doppel stats shop.doppel`,
		Args:    exactArgs("DB"),
		RunE:    func(c *cobra.Command, args []string) error { s.dbPath = args[0]; return s.run(c.Context()) },
	}
	c.Flags().BoolVar(&s.json, "json", false, "print JSON")
	return c
}

// fileStats is what --json prints.
type fileStats struct {
	DB          string            `json:"db"`
	Format      int               `json:"format"`
	Created     time.Time         `json:"created"`
	Bytes       int64             `json:"bytes"`
	FreeBytes   int64             `json:"free_bytes"`
	Collections []collectionStats `json:"collections"`
	Labels      int               `json:"labels"`
	Models      []modelStats      `json:"models"`
}

// collectionStats is one collection.
type collectionStats struct {
	Name        string       `json:"name"`
	Records     int          `json:"records"`
	Bytes       int64        `json:"bytes"`
	RowBytes    int64        `json:"row_bytes"`
	VectorBytes int64        `json:"vector_bytes"`
	Key         string       `json:"key"`
	Fields      []fieldStats `json:"fields"`
	Encoder     string       `json:"encoder,omitempty"`
	Dim         int          `json:"dim,omitempty"`
	Classes     []jsonClass  `json:"classes"`
	Labels      int          `json:"labels"`
	Import      *importStats `json:"import,omitempty"`
}

type fieldStats struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
}

type importStats struct {
	File     string `json:"file"`
	Rows     int    `json:"rows"`
	Done     int    `json:"done"`
	Finished bool   `json:"finished"`
}

type modelStats struct {
	Name    string    `json:"name"`
	Kind    string    `json:"kind"`
	Version int       `json:"version"`
	Bytes   int       `json:"bytes"`
	Created time.Time `json:"created"`
}

func (s *statser) run(ctx context.Context) (err error) {
	if err := s.open(false); err != nil {
		return err
	}
	defer s.close(&err)
	have, err := s.file.Stats(ctx)
	if err != nil {
		return s.damaged(err)
	}
	out := fileStats{DB: s.dbPath, Format: have.Format, Created: have.Created, Bytes: have.Size, FreeBytes: int64(have.FreePages) * int64(have.PageSize),
		Collections: []collectionStats{}, Labels: have.Labels, Models: []modelStats{}}
	for _, m := range have.Models {
		out.Models = append(out.Models, modelStats{m.Name, m.Kind, m.Version, m.Size, m.Created})
	}
	for _, c := range have.Collections {
		one, err := s.collection(c)
		if err != nil {
			return s.damaged(err)
		}
		out.Collections = append(out.Collections, one)
	}
	if s.json {
		return writeIndented(s.stdout, out)
	}
	_, err = io.WriteString(s.stdout, s.text(out))
	return err
}

func (s *statser) collection(have db.CollectionStats) (collectionStats, error) {
	c := collectionStats{Name: have.Name, Records: have.Rows, Bytes: have.Bytes, RowBytes: have.RowBytes, VectorBytes: have.VectorBytes,
		Fields: []fieldStats{}, Encoder: have.Encoder, Dim: have.Dim, Classes: []jsonClass{}, Labels: have.Labels}
	for _, f := range have.Schema {
		c.Fields = append(c.Fields, fieldStats{f.Name, f.Kind.String()})
	}
	for _, k := range have.Classes {
		c.Classes = append(c.Classes, jsonClass{k.Set, k.Name, k.Supports})
	}
	stored, err := s.file.Collection(have.Name)
	if err != nil {
		return c, err
	}
	c.Key = keyName(stored)
	last, err := ingest.LastImport(stored)
	if err != nil || last == nil {
		return c, err
	}
	c.Import = &importStats{last.File, last.Rows, last.Done, last.Finished()}
	return c, nil
}

func (s *statser) text(f fileStats) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s, %s of them free, format %d\n", f.DB, byteCount(f.Bytes), byteCount(f.FreeBytes), f.Format)
	if f.Labels > 0 {
		fmt.Fprintf(&b, "%s\n", count(f.Labels, "label", "labels"))
	}
	for _, m := range f.Models {
		fmt.Fprintf(&b, "model %s: %s, version %d of %s\n", m.Name, byteCount(int64(m.Bytes)), m.Version, m.Created.Local().Format(time.DateTime))
	}
	for _, c := range f.Collections {
		vectors := "no vectors"
		if c.Dim > 0 {
			vectors = fmt.Sprintf("vectors of %d numbers by encoder %s", c.Dim, c.Encoder[:8])
		}
		fmt.Fprintf(&b, "\n%s: %s, %s, %s\n", c.Name, count(c.Records, "record", "records"), byteCount(c.Bytes), vectors)
		if n := len(c.Classes); n > 0 {
			fmt.Fprintf(&b, "  %s\n", count(n, "class", "classes"))
		}
		if i := c.Import; i != nil && !i.Finished {
			fmt.Fprintf(&b, "  the import of %s is not finished: %s of %s rows; the same command goes on\n", i.File, thousands(i.Done), thousands(i.Rows))
		}
		g := newGrid(s.app, "field", "kind")
		g.add(c.Key, "key")
		for _, field := range c.Fields {
			g.add(field.Name, field.Kind)
		}
		b.WriteString(indent(g.String()))
	}
	return b.String()
}

// indent puts two spaces before every line.
func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ") + "\n"
}

// byteCount writes a number of bytes for a reader.
func byteCount(n int64) string {
	x, unit := float64(n), 0
	for x >= 1000 && unit < 4 {
		x /= 1024
		unit++
	}
	if unit == 0 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.*f %s", 1-index(x >= 100), x, [...]string{"", "KB", "MB", "GB", "TB"}[unit])
}
