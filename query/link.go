package query

import (
	"context"
	"errors"
	"strconv"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/query/match"
	"github.com/doppeldb/doppel/query/syntax"
	"github.com/doppeldb/doppel/record"
)

// linkPlan is a LINK that is ready to run.
type linkPlan struct {
	pairPlan
	into destination
}

var cardinalities = map[syntax.Cardinality]match.Cardinality{
	syntax.AnyCardinality: match.OneToOne, syntax.OneToOne: match.OneToOne, syntax.OneToMany: match.OneToMany, syntax.ManyToMany: match.ManyToMany,
}

func (st statement) planLink(x *syntax.Link) (plan, error) {
	pairs, err := st.pairs([]syntax.Name{x.Left, x.Right}, x.Model)
	if err != nil {
		return nil, err
	}
	p := &linkPlan{pairPlan: pairs}
	p.opts.Cardinality = cardinalities[x.Cardinality]
	if p.opts.Threshold, err = st.threshold(st.plainScope(), x.Threshold); err != nil {
		return nil, err
	}
	p.into, err = st.destination(x.Into)
	return p, err
}

var linkColumns = []Column{{"left_id", Text}, {"right_id", Text}, {"score", Number}}

func (p *linkPlan) run(ctx context.Context) (*Rows, error) {
	model, err := p.useModel()
	if err != nil {
		return nil, err
	}
	res, err := match.Link(ctx, p.left, p.right, p.opts)
	if err != nil {
		return nil, p.linkError(err)
	}
	rows, err := p.give(ctx, res)
	if err != nil {
		return nil, err
	}
	p.saw(rows, res, model)
	return rows, nil
}

// linkError points at the statement where the collections do not fit.
func (p *pairPlan) linkError(err error) error {
	if errors.Is(err, db.ErrSchema) || errors.Is(err, match.ErrModel) || errors.Is(err, match.ErrLabels) {
		return p.at(p.leftName.At, err)
	}
	return err
}

// saw notes how the result was found.
func (p *pairPlan) saw(rows *Rows, res *match.Result, model string) {
	if model != "" {
		rows.note("judged by the model %s", syntax.QuoteName(model))
	}
	how := "given"
	if res.AutoThreshold {
		how = "automatic"
	}
	rows.note("%s compared, threshold %.2f (%s)", count(res.Stats.Candidates, "candidate pair", "candidate pairs"), res.Threshold, how)
	rows.notes = append(rows.notes, res.Warnings...)
}

// score is written with four decimals, as doppel link does.
func score(x float64) Value {
	v := NumberValue(x)
	v.text = strconv.FormatFloat(x, 'f', 4, 64)
	return v
}

func (p *linkPlan) give(ctx context.Context, res *match.Result) (*Rows, error) {
	what := count(len(res.Matches), "match", "matches")
	switch {
	case p.into.file != "":
		_, err := writeFile(p.into.file, []string{"left_id", "right_id", "score"}, func(yield func([]string, error) bool) {
			for _, m := range res.Matches {
				left, right := res.Keys(m)
				if !yield([]string{left, right, score(m.Score).String()}, nil) {
					return
				}
			}
		})
		return p.into.say(len(res.Matches), what), err
	case p.into.collection != "":
		schema := record.Schema{{Name: "left_id", Kind: record.Code}, {Name: "right_id", Kind: record.Code}, {Name: "score", Kind: record.Number}}
		_, err := p.writeCollection(ctx, p.into, DefaultKey, schema, func(yield func(record.Record, error) bool) {
			for i, m := range res.Matches {
				left, right := res.Keys(m)
				if !yield(record.Record{Key: strconv.Itoa(i + 1), Values: []string{left, right, score(m.Score).String()}}, nil) {
					return
				}
			}
		})
		return p.into.say(len(res.Matches), what), err
	}
	return &Rows{columns: linkColumns, each: func(yield func([]Value, error) bool) {
		for _, m := range res.Matches {
			left, right := res.Keys(m)
			if !yield([]Value{TextValue(left), TextValue(right), score(m.Score)}, nil) {
				return
			}
		}
	}}, nil
}
