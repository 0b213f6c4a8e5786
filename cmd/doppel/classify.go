package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/db"
)

// classifier is one run of the classify command.
type classifier struct {
	stored
	question
	set, rule string
	top       int
	json      bool
	// With --supports.
	supports, model, out string
	strict               bool
	threads              int
}

func newClassify(a *app) *cobra.Command {
	k := &classifier{stored: stored{app: a}}
	c := &cobra.Command{
		Use:   "classify [TEXT | PICTURE...]",
		Short: "Find the class that a text, a record or a picture is of",
		Long: `classify lists the classes whose records are closest to that of a text, of a stored
record, or of values of fields, with a confidence: the probability that it is this
class, if it is one of them at all. Whether it is, says the threshold, which is found
from the records that stand for the classes (doppel class add).

With --supports the classes are folders of pictures, one picture is enough for each, and
all PICTUREs are classified, those of a folder too. --model names what doppel train
--classes wrote, of these classes or of any others; without it pictures are compared by
what they look like.`,
		Example: `  doppel classify 'sony 46 inch flat panel' --db shops.doppel --collection abt
  doppel classify --record 5 --db shops.doppel --collection abt --json
  doppel classify --model faces.doppel --supports people/ who.jpg
  doppel classify --supports people/ inbox/ -o who.csv`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if k.supports != "" {
				return k.runPictures(c.Context(), args)
			}
			if k.model != "" || k.out != "" || k.strict {
				return usagef("--model, -o and --strict go with --supports")
			}
			return k.run(c.Context(), args)
		},
	}
	k.dbFlags(c)
	k.question.flags(c)
	f := c.Flags()
	f.StringVar(&k.set, "set", "", "the set of classes `NAME` (default: the one without a name)")
	f.IntVar(&k.top, "top", 5, "list at most `N` classes")
	f.StringVar(&k.rule, "rule", "prototype", "compare with the mean of a class's records, prototype, or with its `nearest` one")
	f.BoolVar(&k.json, "json", false, "print JSON")
	f.StringVar(&k.supports, "supports", "", "the classes are the folders of pictures in `DIR`, or in a .zip of it")
	f.StringVar(&k.model, "model", "", "with --supports: compare with the network of `FILE`, which doppel train --classes wrote")
	f.StringVarP(&k.out, "output", "o", "", "with --supports: write a row for each picture to `FILE`: .csv, .tsv or .jsonl, each also .gz; - is stdout")
	f.BoolVar(&k.strict, "strict", false, "with --supports: fail at the first file that is no picture")
	f.IntVar(&k.threads, "threads", 0, "with --supports: use `N` threads; the result does not depend on it (default all cores)")
	return c
}

// options turns flags into options.
func (k *classifier) options() (db.ClassifyOptions, error) {
	o := db.ClassifyOptions{Set: k.set, Top: k.top}
	switch {
	case k.top < 1:
		return o, usagef("--top: %d; use 1 or more", k.top)
	case k.rule == db.NearestSupport.String():
		o.Rule = db.NearestSupport
	case k.rule != db.Prototype.String():
		return o, usagef("--rule: %q is neither prototype nor nearest", k.rule)
	case k.threads < 0:
		return o, usagef("--threads: %d is negative", k.threads)
	}
	return o, nil
}

func (k *classifier) run(ctx context.Context, args []string) (err error) {
	if err := k.check("classify", args); err != nil {
		return err
	}
	o, err := k.options()
	if err != nil {
		return err
	}
	if err := k.openCollection("classify", false); err != nil {
		return err
	}
	defer k.close(&err)
	values, err := k.asked(args)
	if err != nil {
		return err
	}
	got, err := k.c.Classify(ctx, values, &o)
	if errors.Is(err, db.ErrNotFound) {
		return k.noClasses()
	}
	if err != nil {
		return k.searchError(ctx, err)
	}
	return k.print(got)
}

// asked gives the values that are asked about.
func (k *classifier) asked(args []string) ([]string, error) {
	if k.key == "" {
		return k.values(k.c.Schema(), args)
	}
	return k.storedValues(&k.stored)
}

// noClasses says which sets of classes there are.
func (k *classifier) noClasses() error {
	classes, err := k.c.Classes()
	if err != nil {
		return k.damaged(err)
	}
	var sets []string
	for _, c := range classes {
		if len(sets) == 0 || sets[len(sets)-1] != c.Set {
			sets = append(sets, c.Set)
		}
	}
	if len(sets) == 0 {
		return fmt.Errorf("%s: %q has no class; doppel class add makes one", k.dbPath, k.c.Name())
	}
	return fmt.Errorf("%s: %q has no set of classes %q; --set names one: %s", k.dbPath, k.c.Name(), k.set, nameList(sets))
}

// jsonClassification is what --json prints.
type jsonClassification struct {
	Class     *string        `json:"class"` // null for none of these
	Threshold float64        `json:"threshold"`
	Classes   []jsonClassHit `json:"classes"`
}

type jsonClassHit struct {
	Class      string  `json:"class"`
	Distance   float64 `json:"distance"`
	Confidence float64 `json:"confidence"`
	Threshold  float64 `json:"threshold"`
	Support    string  `json:"closest"`
}

func newJSONClassification(got *db.Classification) *jsonClassification {
	out := &jsonClassification{Threshold: plainDistance(got.Threshold), Classes: []jsonClassHit{}}
	for _, h := range got.Classes {
		out.Classes = append(out.Classes, jsonClassHit{h.Class, plainDistance(h.Distance), *defined(h.Confidence), plainDistance(h.Threshold), h.Support})
	}
	if !got.None {
		out.Class = &got.Classes[0].Class
	}
	return out
}

func (k *classifier) print(got *db.Classification) error {
	if k.json {
		return writeIndented(k.stdout, newJSONClassification(got))
	}
	first := "none of these"
	if !got.None {
		first = got.Classes[0].Class
	}
	text := plainText(first) + "\n"
	if len(got.Classes) > 0 {
		g := newGrid(k.app, "class", "confidence", "distance").numbers(1, 2)
		for _, h := range got.Classes {
			g.add(h.Class, strconv.FormatFloat(h.Confidence, 'f', 3, 64), strconv.FormatFloat(float64(h.Distance), 'f', 3, 32))
		}
		text += "\n" + g.String()
	}
	if got.None && len(got.Classes) > 0 {
		k.say("the closest is farther away than %.3f, up to where a record is taken for that class", got.Threshold)
	}
	_, err := io.WriteString(k.stdout, text)
	return err
}
