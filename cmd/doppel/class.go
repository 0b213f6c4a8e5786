package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

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
		Short:   "List the classes and how many records stand for each",
		Example: `  doppel class list --db shops.doppel --collection abt`,
		Args:    exactArgs(),
		RunE:    func(*cobra.Command, []string) error { return k.list() },
	}
	k.dbFlags(c)
	c.Flags().BoolVar(&k.json, "json", false, "print JSON")
	return c
}

func (k *classer) list() (err error) {
	if err := k.openCollection("class list", false); err != nil {
		return err
	}
	defer k.close(&err)
	classes, err := k.c.Classes()
	if err != nil {
		return k.damaged(err)
	}
	if k.json {
		out := []jsonClass{}
		for _, c := range classes {
			out = append(out, jsonClass{c.Set, c.Name, c.Supports})
		}
		return writeIndented(k.stdout, out)
	}
	if len(classes) == 0 {
		k.say("%q has no class; doppel class add makes one", k.c.Name())
		return nil
	}
	sets := slices.ContainsFunc(classes, func(c db.Class) bool { return c.Set != "" })
	g := newGrid(k.app, "class", "records").numbers(1)
	if sets {
		g = newGrid(k.app, "set", "class", "records").numbers(2)
	}
	for _, c := range classes {
		row := []string{c.Name, thousands(c.Supports)}
		if sets {
			row = append([]string{c.Set}, row...)
		}
		g.add(row...)
	}
	_, err = io.WriteString(k.stdout, g.String())
	return err
}

type jsonClass struct {
	Set     string `json:"set"`
	Class   string `json:"class"`
	Records int    `json:"records"`
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
