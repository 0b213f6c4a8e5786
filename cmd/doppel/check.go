package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/db"
)

// checker is one run of the check command.
type checker struct {
	stored
	json bool
}

func newCheck(a *app) *cobra.Command {
	k := &checker{stored: stored{app: a}}
	c := &cobra.Command{
		Use:   "check DB",
		Short: "Look for damage in a doppel file",
		Long: `check reads the whole file: its pages, every checksum, that keys and records and
vectors belong together, that every encoder is whole. The exit code is 0 for a file
that is whole and 1 for one that is damaged, with a list of what is.`,
		Example: `  doppel check shop.doppel
  doppel check shop.doppel --json`,
		Args: exactArgs("DB"),
		RunE: func(c *cobra.Command, args []string) error { k.dbPath = args[0]; return k.run(c.Context()) },
	}
	c.Flags().BoolVar(&k.json, "json", false, "print the list as JSON")
	return c
}

func (k *checker) run(ctx context.Context) (err error) {
	report, err := k.check(ctx)
	if err != nil {
		return err
	}
	if k.json {
		err = writeIndented(k.stdout, newCheckSummary(k.dbPath, report))
	} else {
		err = k.print(report)
	}
	if err != nil || report.OK() {
		return err
	}
	return fmt.Errorf("%s: damaged: %s", k.dbPath, count(len(report.Problems)+report.More, "problem", "problems"))
}

// check opens and checks the file; one that is too damaged to be opened is a report too.
func (k *checker) check(ctx context.Context) (report *db.Report, err error) {
	if k.dbPath == "-" {
		return nil, usagef("a doppel file cannot be stdin or stdout; name a file")
	}
	file, err := db.Open(k.dbPath, &db.Options{ReadOnly: true, MustExist: true})
	if errors.Is(err, db.ErrCorrupt) {
		what := strings.TrimPrefix(strings.TrimPrefix(err.Error(), k.dbPath+": "), db.ErrCorrupt.Error()+": ")
		return &db.Report{Problems: []db.Problem{{Where: "file", What: what}}}, nil
	}
	if err != nil {
		return nil, fileError(k.dbPath, err)
	}
	k.file = file
	defer k.close(&err)
	report, err = file.Check(ctx)
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("%s: %w", k.dbPath, err)
	}
	return report, err
}

// print writes what was looked at, or the list.
func (k *checker) print(r *db.Report) error {
	var b strings.Builder
	if r.OK() {
		fmt.Fprintf(&b, "%s is whole: %s, %s, %s, %s\n", k.dbPath, count(r.Collections, "collection", "collections"),
			count(r.Rows, "record", "records"), count(r.Vectors, "vector", "vectors"), count(r.Models, "encoder", "encoders"))
	}
	for _, p := range r.Problems {
		fmt.Fprintln(&b, plainText(p.String()))
	}
	if r.More > 0 {
		fmt.Fprintf(&b, "and %s more\n", thousands(r.More))
	}
	_, err := fmt.Fprint(k.stdout, b.String())
	return err
}

// checkSummary is what --json prints.
type checkSummary struct {
	DB          string         `json:"db"`
	Whole       bool           `json:"whole"`
	Collections int            `json:"collections"`
	Records     int            `json:"records"`
	Vectors     int            `json:"vectors"`
	Models      int            `json:"encoders"`
	Problems    []checkProblem `json:"problems"`
	More        int            `json:"problems_not_listed"`
}

type checkProblem struct {
	Where string `json:"where"`
	What  string `json:"what"`
}

func newCheckSummary(path string, r *db.Report) checkSummary {
	s := checkSummary{path, r.OK(), r.Collections, r.Rows, r.Vectors, r.Models, []checkProblem{}, r.More}
	for _, p := range r.Problems {
		s.Problems = append(s.Problems, checkProblem(p))
	}
	return s
}
