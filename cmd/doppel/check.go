package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/db"
)

// checker is one run of the check command.
type checker struct {
	stored
	repair bool
	out    string
	json   bool
}

func newCheck(a *app) *cobra.Command {
	k := &checker{stored: stored{app: a}}
	c := &cobra.Command{
		Use:   "check DB",
		Short: "Look for damage in a doppel file",
		Long: `check reads the whole file: its pages, every checksum, that keys and records and
vectors belong together, that every encoder is whole. The exit code is 0 for a file
that is whole and 1 for one that is damaged, with a list of what is.

--repair writes what is intact in a damaged file into a new one, and leaves the
damaged one as it is. The exit code is then 0 if nothing was lost.`,
		Example: `  doppel check shop.doppel
  doppel check shop.doppel --json
  doppel check shop.doppel --repair -o shop-saved.doppel`,
		Args: exactArgs("DB"),
		RunE: func(c *cobra.Command, args []string) error { k.dbPath = args[0]; return k.run(c.Context()) },
	}
	c.Flags().BoolVar(&k.repair, "repair", false, "if the file is damaged, save what is intact")
	c.Flags().StringVarP(&k.out, "output", "o", "", "with --repair: write to `FILE`.doppel (default: DB with -repaired in its name)")
	c.Flags().BoolVar(&k.json, "json", false, "print the list as JSON")
	return c
}

func (k *checker) run(ctx context.Context) (err error) {
	if err := k.validate(); err != nil {
		return err
	}
	report, err := k.check(ctx)
	if err != nil {
		return err
	}
	var saved *db.RepairReport
	if k.repair && !report.OK() {
		if saved, err = db.Repair(ctx, k.dbPath, k.out); err != nil {
			return errors.Join(k.tell(report, nil), k.repairError(ctx, err))
		}
	}
	if err := k.tell(report, saved); err != nil || report.OK() {
		return err
	}
	switch {
	case saved == nil && k.repair:
		return nil
	case saved == nil:
		return fmt.Errorf("%s: damaged: %s; doppel check %s --repair saves what is intact", k.dbPath,
			count(len(report.Problems)+report.More, "problem", "problems"), k.dbPath)
	case saved.OK():
		return nil
	}
	return fmt.Errorf("%s: not all could be saved: %s", k.dbPath, count(len(saved.Lost)+saved.More, "loss", "losses"))
}

// validate checks the flags and names the file of --repair.
func (k *checker) validate() error {
	switch {
	case k.dbPath == "-" || k.out == "-":
		return usagef("a doppel file cannot be stdin or stdout; name a file")
	case !k.repair && k.out != "":
		return usagef("-o goes with --repair")
	case !k.repair:
		return nil
	}
	if k.out == "" {
		ext := filepath.Ext(k.dbPath)
		k.out = strings.TrimSuffix(k.dbPath, ext) + "-repaired" + ext
	}
	if sameFile(k.dbPath, k.out) {
		return usagef("-o names %s itself; what is saved goes into a new file", k.dbPath)
	}
	return nil
}

// tell writes what was found, and what was saved if anything was tried.
func (k *checker) tell(r *db.Report, saved *db.RepairReport) error {
	if k.json {
		s := newCheckSummary(k.dbPath, r)
		if saved != nil {
			s.Repair = newRepairSummary(k.out, saved)
		}
		return writeIndented(k.stdout, s)
	}
	if err := k.print(r); err != nil || saved == nil {
		return err
	}
	return k.printSaved(saved)
}

// repairError says why nothing could be saved.
func (k *checker) repairError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return plainPath(k.out, err)
}

// printSaved writes what is in the new file and what is not.
func (k *checker) printSaved(r *db.RepairReport) error {
	var b strings.Builder
	parts := []string{count(r.Collections, "collection", "collections"), count(r.Rows, "record", "records")}
	for _, x := range []struct {
		n         int
		one, many string
	}{{r.Labels, "label", "labels"}, {r.Supports, "record of classes", "records of classes"}, {r.Models, "model", "models"}, {r.Bookmarks, "bookmark", "bookmarks"}} {
		if x.n > 0 {
			parts = append(parts, count(x.n, x.one, x.many))
		}
	}
	fmt.Fprintf(&b, "\nSaved in %s: %s\n", k.out, strings.Join(parts, ", "))
	if r.Doubtful > 0 {
		fmt.Fprintf(&b, "%s may be of an older state of the file, or deleted since\n", count(r.Doubtful, "record", "records"))
	}
	for _, p := range r.Lost {
		fmt.Fprintf(&b, "lost: %s\n", plainText(p.String()))
	}
	if r.More > 0 {
		fmt.Fprintf(&b, "and %s more\n", thousands(r.More))
	}
	_, err := fmt.Fprint(k.stdout, b.String())
	return err
}

// check opens and checks the file; one that is too damaged to be opened is a report too.
func (k *checker) check(ctx context.Context) (report *db.Report, err error) {
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
	Repair      *repairSummary `json:"repair,omitempty"`
}

type repairSummary struct {
	DB          string         `json:"db"`
	Collections int            `json:"collections"`
	Records     int            `json:"records"`
	Doubtful    int            `json:"doubtful_records"`
	Labels      int            `json:"labels"`
	Supports    int            `json:"records_of_classes"`
	Models      int            `json:"models"`
	Lost        []checkProblem `json:"lost"`
	More        int            `json:"losses_not_listed"`
}

func newRepairSummary(path string, r *db.RepairReport) *repairSummary {
	s := &repairSummary{path, r.Collections, r.Rows, r.Doubtful, r.Labels, r.Supports, r.Models, []checkProblem{}, r.More}
	for _, p := range r.Lost {
		s.Lost = append(s.Lost, checkProblem(p))
	}
	return s
}

type checkProblem struct {
	Where string `json:"where"`
	What  string `json:"what"`
}

func newCheckSummary(path string, r *db.Report) checkSummary {
	s := checkSummary{path, r.OK(), r.Collections, r.Rows, r.Vectors, r.Models, []checkProblem{}, r.More, nil}
	for _, p := range r.Problems {
		s.Problems = append(s.Problems, checkProblem(p))
	}
	return s
}
