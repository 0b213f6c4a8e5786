package shell

import (
	"context"
	"errors"
	"fmt"

	"github.com/doppeldb/doppel/query"
)

// errDamaged ends a script: what comes after it should not build on a damaged file.
var errDamaged = errors.New("the file is damaged")

func (sh *Shell) dotCheck(ctx context.Context, args []string) error {
	if err := atMost(0, "check", args); err != nil {
		return err
	}
	report, err := sh.File.Check(ctx)
	if err != nil {
		return err
	}
	for _, p := range report.Problems {
		fmt.Fprintln(sh.out(), p)
	}
	fmt.Fprintf(sh.out(), "%d rows, %d vectors, %d problems\n", report.Rows, report.Vectors, len(report.Problems)+report.More)
	if !report.OK() {
		return errDamaged
	}
	return nil
}

func (sh *Shell) dotBackup(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New(".backup needs the name of a file")
	}
	if err := atMost(1, "backup", args); err != nil {
		return err
	}
	r, err := sh.File.Backup(ctx, args[0])
	if err != nil {
		return fmt.Errorf(".backup: %w", err)
	}
	fmt.Fprintf(sh.Err, "copied to %s\n", args[0])
	for _, name := range r.Graphs {
		fmt.Fprintf(sh.Err, "the stored graph of collection %q was damaged and is left out; nothing is lost, searches build it anew\n", name)
	}
	return nil
}

// dotStats shows what takes how much room.
func (sh *Shell) dotStats(ctx context.Context, args []string) error {
	if err := atMost(0, "stats", args); err != nil {
		return err
	}
	s, err := sh.File.Stats(ctx)
	if err != nil {
		return err
	}
	columns := []query.Column{{Name: "collection", Kind: query.Text}, {Name: "records", Kind: query.Number}, {Name: "bytes", Kind: query.Number},
		{Name: "rows", Kind: query.Number}, {Name: "vectors", Kind: query.Number}, {Name: "dim", Kind: query.Number},
		{Name: "classes", Kind: query.Number}, {Name: "labels", Kind: query.Number}}
	p := sh.Mode.printer(sh.out(), columns, look{width: sh.width(), colour: sh.colour()})
	for _, c := range s.Collections {
		row := []query.Value{query.TextValue(c.Name)}
		for _, n := range []int64{int64(c.Rows), c.Bytes, c.RowBytes, c.VectorBytes, int64(c.Dim), int64(len(c.Classes)), int64(c.Labels)} {
			row = append(row, query.NumberValue(float64(n)))
		}
		if err := p.row(row); err != nil {
			return err
		}
	}
	if err := p.end(); err != nil {
		return err
	}
	fmt.Fprintf(sh.Err, "%s: %d bytes, format %d, %d free pages of %d bytes, %d encoders, %d models, %d labels\n",
		s.Path, s.Size, s.Format, s.FreePages, s.PageSize, s.Encoders, len(s.Models), s.Labels)
	return nil
}
