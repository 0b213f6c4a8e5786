package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/record"
)

// classer is one run of a class command.
type classer struct {
	stored
	question
	set, column string
	read        readOptions
	json        bool
}

func newClass(a *app) *cobra.Command {
	parent := &cobra.Command{
		Use:   "class",
		Short: "Add, list and remove the classes that classify knows",
		Long: `A class is a name and a few records that stand for it. One is enough, and more
make it surer; nothing is trained. classify finds the class of a record.

A collection can have several sets of classes, named by --set.`,
		Args: cobra.ArbitraryArgs,
		RunE: helpUnlessArgs,
	}
	parent.AddCommand(newClassAdd(a), newClassImport(a), newClassList(a), newClassRemove(a))
	return parent
}

func (k *classer) classFlags(c *cobra.Command) {
	k.dbFlags(c)
	c.Flags().StringVar(&k.set, "set", "", "the set of classes `NAME` (default: the one without a name)")
}

func newClassAdd(a *app) *cobra.Command {
	k := &classer{stored: stored{app: a}}
	c := &cobra.Command{
		Use:   "add CLASS [TEXT...]",
		Short: "Let texts or records stand for a class",
		Example: `  doppel class add tv 'sony bravia 40 inch lcd' 'samsung plasma hdtv' --db shops.doppel --collection abt
  doppel class add camera --record 883 --db shops.doppel --collection abt`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("class add needs CLASS")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return k.add(c.Context(), args[0], args[1:]) },
	}
	k.classFlags(c)
	k.question.flags(c)
	return c
}

// add puts texts, a stored record or one of fields into a class.
func (k *classer) add(ctx context.Context, class string, texts []string) (err error) {
	if len(texts) == 0 || k.key != "" || len(k.fields) > 0 {
		if err := k.check("class add CLASS", texts); err != nil {
			return err
		}
	}
	if err := k.openCollection("class add", true); err != nil {
		return err
	}
	defer k.close(&err)
	var supports []record.Record
	switch {
	case k.key != "":
		values, err := k.storedValues(&k.stored)
		if err != nil {
			return err
		}
		supports = append(supports, record.Record{Key: k.key, Values: values})
	case len(texts) == 0:
		texts = []string{""}
		fallthrough
	default:
		for _, t := range texts {
			args := []string{t}
			if t == "" {
				args = nil
			}
			values, err := k.values(k.c.Schema(), args)
			if err != nil {
				return err
			}
			supports = append(supports, record.Record{Values: values})
		}
	}
	if err := k.c.AddSupports(ctx, k.set, class, supports...); err != nil {
		return k.classError(err)
	}
	all, err := k.c.Supports(k.set, class)
	if err != nil {
		return k.classError(err)
	}
	k.say("%s added; %q has %s", count(len(supports), "record", "records"), class, thousands(len(all)))
	return nil
}

func newClassList(a *app) *cobra.Command {
	k := &classer{stored: stored{app: a}}
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the classes, how many records stand for each, and how far a record of it may be",
		Example: `  doppel class list --db shops.doppel --collection abt`,
		Args:    exactArgs(),
		RunE:    func(c *cobra.Command, _ []string) error { return k.list(c.Context()) },
	}
	k.dbFlags(c)
	c.Flags().BoolVar(&k.json, "json", false, "print JSON")
	return c
}

func (k *classer) list(ctx context.Context) (err error) {
	if err := k.openCollection("class list", false); err != nil {
		return err
	}
	defer k.close(&err)
	classes, err := k.c.Classes()
	if err != nil {
		return k.damaged(err)
	}
	thresholds, err := k.thresholds(ctx, classes)
	if err != nil {
		return k.searchError(ctx, err)
	}
	if k.json {
		out := []jsonListedClass{}
		for i, c := range classes {
			one := jsonListedClass{jsonClass: jsonClass{c.Set, c.Name, c.Supports}}
			if t := thresholds[i]; t != nil {
				one.Threshold, one.Own = defined(float64(t.Distance)), t.Own
			}
			out = append(out, one)
		}
		return writeIndented(k.stdout, out)
	}
	if len(classes) == 0 {
		k.say("%q has no class; doppel class add makes one", k.c.Name())
		return nil
	}
	return k.printClasses(classes, thresholds)
}

// thresholds gives those of classes, nil for one that has none.
func (k *classer) thresholds(ctx context.Context, classes []db.Class) ([]*db.ClassThreshold, error) {
	type name struct{ set, class string }
	known := map[name]*db.ClassThreshold{}
	out := make([]*db.ClassThreshold, len(classes))
	for i, c := range classes {
		if i == 0 || c.Set != classes[i-1].Set {
			all, err := k.c.Thresholds(ctx, c.Set, db.Prototype)
			if err != nil && !errors.Is(err, db.ErrNoEncoder) {
				return nil, err
			}
			for j := range all {
				known[name{c.Set, all[j].Class}] = &all[j]
			}
		}
		out[i] = known[name{c.Set, c.Name}]
	}
	return out, nil
}

func (k *classer) printClasses(classes []db.Class, thresholds []*db.ClassThreshold) error {
	sets := slices.ContainsFunc(classes, func(c db.Class) bool { return c.Set != "" })
	g := newGrid(k.app, "class", "records", "threshold", "").numbers(1, 2)
	if sets {
		g = newGrid(k.app, "set", "class", "records", "threshold", "").numbers(2, 3)
	}
	for i, c := range classes {
		threshold, whose := "", ""
		if t := thresholds[i]; t != nil {
			threshold, whose = strconv.FormatFloat(float64(t.Distance), 'f', 3, 32), "of the set"
			if t.Own {
				whose = "its own"
			}
		}
		row := []string{c.Name, thousands(c.Supports), threshold, whose}
		if sets {
			row = append([]string{c.Set}, row...)
		}
		g.add(row...)
	}
	_, err := io.WriteString(k.stdout, g.String())
	return err
}

type jsonClass struct {
	Set     string `json:"set"`
	Class   string `json:"class"`
	Records int    `json:"records"`
}

type jsonListedClass struct {
	jsonClass
	Threshold *float64 `json:"threshold"`     // null where nothing can be measured
	Own       bool     `json:"own_threshold"` // found from its own records, not those of the set
}

func newClassRemove(a *app) *cobra.Command {
	k := &classer{stored: stored{app: a}}
	c := &cobra.Command{
		Use:     "remove CLASS [KEY...]",
		Short:   "Remove a class, or some of the records that stand for it",
		Example: `  doppel class remove camera --db shops.doppel --collection abt`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("class remove needs CLASS")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return k.remove(c.Context(), args[0], args[1:]) },
	}
	k.classFlags(c)
	return c
}

func (k *classer) remove(ctx context.Context, class string, keys []string) (err error) {
	if err := k.openCollection("class remove", true); err != nil {
		return err
	}
	defer k.close(&err)
	all, err := k.c.Supports(k.set, class)
	if errors.Is(err, db.ErrNotFound) {
		return fmt.Errorf("%s: no class %q in %q; %s", k.dbPath, class, k.c.Name(), k.meantClass(class))
	}
	if err != nil {
		return k.damaged(err)
	}
	if len(keys) == 0 {
		if err := k.c.DropClass(ctx, k.set, class); err != nil {
			return k.damaged(err)
		}
		k.say("%q is removed, with %s", class, count(len(all), "record", "records"))
		return nil
	}
	n, err := k.c.RemoveSupports(ctx, k.set, class, keys...)
	if err != nil {
		return k.damaged(err)
	}
	k.say("%s of %q removed, %s left", count(n, "record", "records"), class, thousands(len(all)-n))
	return nil
}

// meantClass says which classes there are.
func (k *classer) meantClass(class string) string {
	classes, err := k.c.Classes()
	if err != nil {
		return "doppel class list lists them"
	}
	var names []string
	for _, c := range classes {
		if c.Set == k.set {
			names = append(names, c.Name)
		}
	}
	return meant(class, names)
}

// classError says what to do about a class that cannot be.
func (k *classer) classError(err error) error {
	if errors.Is(err, db.ErrName) || errors.Is(err, db.ErrKey) {
		return usagef("%w", err)
	}
	return k.vectorError(err)
}
