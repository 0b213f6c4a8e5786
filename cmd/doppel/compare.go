package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/query/match"
)

// comparer is one run of the compare command.
type comparer struct {
	labeller
	modelPath string
	noModel   bool
	json      bool
	threads   int
	// What the run found.
	modelName string // of what judged, "" for no model
	score     float64
	isMatch   bool
	threshold float64
	why       match.Explanation
	label     *db.Label // nil where nothing was judged
}

func newCompare(a *app) *cobra.Command {
	k := &comparer{labeller: labeller{stored: stored{app: a}}}
	c := &cobra.Command{
		Use:   "compare A B",
		Short: "Say whether two records are the same thing, and why",
		Long: `compare judges the records A and B: of one collection, or A of --collection and B of
--right. It uses the model that doppel train --db has put into the file, or that of
--model, else what doppel dedupe or link would think without labels.

What is thought of two records depends on all others, so all of them are read.`,
		Example: `  doppel compare 5 17 --db shops.doppel --collection abt --right buy
  doppel compare p1 p2 --db shop.doppel --model model.doppel --json`,
		Args: twoKeys,
		RunE: func(c *cobra.Command, args []string) error { return k.run(c.Context(), args[0], args[1]) },
	}
	k.pairFlags(c)
	f := c.Flags()
	f.StringVar(&k.modelPath, "model", "", "judge with the model of `FILE`, which doppel train wrote")
	f.BoolVar(&k.noModel, "no-model", false, "judge without a model, even if there is one in the file")
	f.IntVar(&k.threads, "threads", 0, "use `N` threads; the result does not depend on it (default all cores)")
	f.BoolVar(&k.json, "json", false, "print JSON")
	return c
}

func (k *comparer) run(ctx context.Context, a, b string) (err error) {
	switch {
	case k.threads < 0:
		return usagef("--threads: %d is negative", k.threads)
	case k.noModel && k.modelPath != "":
		return usagef("--model and --no-model: use one of them")
	}
	var model *match.Model
	if k.modelPath != "" {
		if model, err = readModel(k.modelPath); err != nil {
			return err
		}
		k.modelName = k.modelPath
	}
	if err := k.openBoth("compare", false); err != nil {
		return err
	}
	defer k.close(&err)
	left, right, err := k.pair(a, b)
	if err != nil {
		return err
	}
	if left == right {
		return usagef("compare needs two records: %q is one", a)
	}
	if model == nil && !k.noModel {
		if model, err = k.storedModel(); err != nil {
			return err
		}
	}
	if l, err := k.file.Label(left, right); err == nil {
		k.label = &l
	} else if !errors.Is(err, db.ErrNotFound) {
		return k.damaged(err)
	}
	if err := k.judgePair(ctx, model, a, b); err != nil {
		return err
	}
	if k.json {
		return writeIndented(k.stdout, k.asJSON())
	}
	return k.print(left, right)
}

// storedModel gives the model that doppel train --db put into the file, nil for none.
func (k *comparer) storedModel() (*match.Model, error) {
	name := modelName(k.cs[0], k.cs[1])
	data, info, err := k.file.Model(name)
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, k.damaged(err)
	}
	if info.Kind != modelKind {
		return nil, nil
	}
	m, err := match.UnmarshalModel(data)
	if err != nil {
		return nil, fmt.Errorf("%s: model %q: %w; train again, or add --no-model", k.dbPath, name, err)
	}
	k.modelName = name
	return m, nil
}

// modelKind is the kind of the models that train --db keeps.
const modelKind = "match.Model"

// modelName is what the model of one or two collections is called in their file.
func modelName(left, right *db.Collection) string {
	if left == right || right == nil {
		return left.Name()
	}
	return left.Name() + "+" + right.Name()
}

// judgePair asks what is thought of the pair.
func (k *comparer) judgePair(ctx context.Context, model *match.Model, a, b string) error {
	bar := newProgress(k.app)
	defer bar.end()
	ids, err := k.ids(a, b)
	if err != nil {
		return err
	}
	opts := match.Options{Threads: k.threads, Model: model}
	if bar != nil {
		opts.Progress = bar.show
	}
	right := k.cs[1]
	if right == k.cs[0] {
		right = nil
	}
	got, err := match.Compare(ctx, k.cs[0], right, []match.Label{{Left: ids[0], Right: ids[1]}}, opts)
	bar.end()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, match.ErrModel):
		return fmt.Errorf("%w; train again, or add --no-model", err)
	case err != nil:
		return k.damaged(err)
	}
	k.score, k.isMatch, k.threshold, k.why = got.Pairs[0].Score, got.Match(0), got.Threshold, got.Explain(0)
	return nil
}

// ids finds the places of two keys in the order of insertion.
func (k *comparer) ids(a, b string) (ids [2]uint32, err error) {
	for side, key := range []string{a, b} {
		n := uint32(0)
		for r, err := range k.cs[side].All() {
			if err != nil {
				return ids, k.damaged(err)
			}
			if r.Key == key {
				break
			}
			n++
		}
		ids[side] = n
	}
	return ids, nil
}

// At most so many facts are told, and none of less weight.
const (
	shownEvidence = 8
	leastTold     = .05
)

func (k *comparer) print(left, right db.RecordRef) error {
	var b strings.Builder
	what := "different things"
	if k.isMatch {
		what = "the same thing"
	}
	by := "without a model"
	if k.modelName != "" {
		by = "by the model " + k.modelName
	}
	fmt.Fprintf(&b, "%s: %s %.2f, from %.2f on it is the same (%s)\n", what, k.measure(), k.score, k.threshold, by)
	if l := k.label; l != nil {
		fmt.Fprintf(&b, "judged to be %s by %s on %s\n", verdict(l.Match), orNobody(l.Source), l.At.Local().Format(time.DateOnly))
	}
	b.WriteByte('\n')
	names := [2]string{left.Key, right.Key}
	if left.Collection != right.Collection {
		names = [2]string{left.Collection + "/" + left.Key, right.Collection + "/" + right.Key}
	}
	g := newGrid(k.app, "", names[0], names[1], "alike").numbers(3)
	for _, f := range k.why.Fields {
		alike := ""
		if f.Similarity >= 0 {
			alike = strconv.FormatFloat(f.Similarity, 'f', 2, 64)
		}
		g.add(f.Name, f.Left, f.Right, alike)
	}
	b.WriteString(g.String())
	told := 0
	for _, x := range k.why.Evidence {
		if math.Abs(x.Weight) < leastTold || told == shownEvidence {
			break // strongest first
		}
		if told++; told == 1 {
			b.WriteString("\nWhat speaks for it (+) and against it (-), in log-odds\n")
		}
		fmt.Fprintf(&b, "  %+5.1f   %s\n", x.Weight, x.Text)
	}
	_, err := io.WriteString(k.stdout, plainText(b.String()))
	return err
}

// measure says what the score is.
func (k *comparer) measure() string {
	if k.modelName == "" && k.cs[0] == k.cs[1] {
		return "likeness"
	}
	return "probability"
}

// jsonComparison is what --json prints.
type jsonComparison struct {
	Same      bool            `json:"same"`
	Measure   string          `json:"measure"` // likeness or probability
	Score     *float64        `json:"score"`
	Threshold *float64        `json:"threshold"`
	Model     *string         `json:"model"`
	Label     *jsonJudgement  `json:"label"`
	Fields    []jsonFieldPair `json:"fields"`
	Evidence  []jsonEvidence  `json:"evidence"`
}

type jsonJudgement struct {
	Same   bool      `json:"same"`
	Source string    `json:"source"`
	At     time.Time `json:"at"`
}

type jsonFieldPair struct {
	Field string   `json:"field"`
	Left  string   `json:"left"`
	Right string   `json:"right"`
	Alike *float64 `json:"alike"`
}

type jsonEvidence struct {
	Name   string   `json:"name"`
	Text   string   `json:"text"`
	Weight *float64 `json:"weight"`
}

func (k *comparer) asJSON() jsonComparison {
	out := jsonComparison{Same: k.isMatch, Measure: k.measure(), Score: defined(k.score), Threshold: defined(k.threshold),
		Fields: []jsonFieldPair{}, Evidence: []jsonEvidence{}}
	if k.modelName != "" {
		out.Model = &k.modelName
	}
	if l := k.label; l != nil {
		out.Label = &jsonJudgement{l.Match, l.Source, l.At}
	}
	for _, f := range k.why.Fields {
		p := jsonFieldPair{Field: f.Name, Left: f.Left, Right: f.Right}
		if f.Similarity >= 0 {
			p.Alike = defined(f.Similarity)
		}
		out.Fields = append(out.Fields, p)
	}
	for _, e := range k.why.Evidence {
		out.Evidence = append(out.Evidence, jsonEvidence{e.Name, e.Text, defined(e.Weight)})
	}
	return out
}
