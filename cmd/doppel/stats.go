package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/db"
)

// statser is one run of the stats command.
type statser struct {
	stored
	json bool
}

func newStats(a *app) *cobra.Command {
	s := &statser{stored: stored{app: a}}
	c := &cobra.Command{
		Use:     "stats DB",
		Short:   "Say what is in a doppel file",
		Long:    `stats lists the collections of a file: records, fields and their kinds, vectors.`,
		Example: `  doppel stats shop.doppel`,
		Args:    exactArgs("DB"),
		RunE:    func(_ *cobra.Command, args []string) error { s.dbPath = args[0]; return s.run() },
	}
	c.Flags().BoolVar(&s.json, "json", false, "print JSON")
	return c
}

// collectionStats is one collection in what --json prints.
type collectionStats struct {
	Name    string       `json:"name"`
	Records int          `json:"records"`
	Fields  []fieldStats `json:"fields"`
	Key     string       `json:"key"`
	Encoder string       `json:"encoder,omitempty"`
	Dim     int          `json:"dim,omitempty"`
	Import  *importStats `json:"import,omitempty"`
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

type fileStats struct {
	DB          string            `json:"db"`
	Bytes       int64             `json:"bytes"`
	Collections []collectionStats `json:"collections"`
}

func (s *statser) run() (err error) {
	if err := s.open(false); err != nil {
		return err
	}
	defer s.close(&err)
	names, err := s.file.Collections()
	if err != nil {
		return s.damaged(err)
	}
	out := fileStats{DB: s.dbPath, Bytes: fileSize(s.dbPath), Collections: []collectionStats{}}
	for _, name := range names {
		c, err := s.collection(name)
		if err != nil {
			return s.damaged(err)
		}
		out.Collections = append(out.Collections, c)
	}
	if s.json {
		return writeIndented(s.stdout, out)
	}
	_, err = io.WriteString(s.stdout, s.text(out))
	return err
}

func (s *statser) collection(name string) (out collectionStats, err error) {
	c, err := s.file.Collection(name)
	if err != nil {
		return out, err
	}
	out = collectionStats{Name: name, Fields: []fieldStats{}, Key: keyName(c)}
	if out.Records, err = c.Len(); err != nil {
		return out, err
	}
	for _, f := range c.Schema() {
		out.Fields = append(out.Fields, fieldStats{f.Name, f.Kind.String()})
	}
	enc, err := c.Encoder()
	switch {
	case err == nil:
		out.Encoder, out.Dim = enc.Fingerprint().String(), enc.Dim()
	case !errors.Is(err, db.ErrNoEncoder):
		return out, err
	}
	state, err := readImport(c)
	if err != nil || state == nil {
		return out, err
	}
	out.Import = &importStats{state.File, state.Rows, state.Done, !state.unfinished()}
	return out, nil
}

func (s *statser) text(f fileStats) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", f.DB, byteCount(f.Bytes))
	for _, c := range f.Collections {
		vectors := "no vectors"
		if c.Dim > 0 {
			vectors = fmt.Sprintf("vectors of %d numbers by encoder %s", c.Dim, c.Encoder[:8])
		}
		fmt.Fprintf(&b, "\n%s: %s, %s\n", c.Name, count(c.Records, "record", "records"), vectors)
		if i := c.Import; i != nil && !i.Finished {
			fmt.Fprintf(&b, "the import of %s is not finished: %s of %s rows; the same command goes on\n", i.File, thousands(i.Done), thousands(i.Rows))
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
