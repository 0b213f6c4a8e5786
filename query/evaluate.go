package query

import (
	"context"
	"math"

	"github.com/doppeldb/doppel/query/label"
	"github.com/doppeldb/doppel/query/match"
	"github.com/doppeldb/doppel/query/syntax"
)

// evaluatePlan is an EVALUATE that is ready to run.
type evaluatePlan struct {
	pairPlan
	pairs string // a file
}

func (st statement) planEvaluate(x *syntax.Evaluate) (plan, error) {
	pairs, err := st.pairs([]syntax.Name{x.Left, x.Right}, x.Model)
	if err != nil {
		return nil, err
	}
	p := &evaluatePlan{pairPlan: pairs}
	if x.Model.None {
		return nil, st.parsed.Error(x.At, "EVALUATE measures a model; LINK and DEDUPE do without")
	}
	p.pairs, err = st.plainScope().text(x.Pairs, "a file of pairs")
	return p, err
}

func (p *evaluatePlan) run(ctx context.Context) (*Rows, error) {
	model, err := p.useModel()
	if err != nil {
		return nil, err
	}
	if model == "" {
		return nil, p.noModel(p.modelName(), p.leftName.At)
	}
	keys, err := p.keys(ctx)
	if err != nil {
		return nil, err
	}
	labels, warnings, err := readPairs(p.pairs, keys)
	if err != nil {
		return nil, err
	}
	scored, err := match.ScorePairs(ctx, p.left, p.right, labels, p.opts.Model, p.opts)
	if err != nil {
		return nil, p.linkError(err)
	}
	result := label.Evaluate(keys.Sides(), labels, scored.Scores(), scored.Threshold, label.EvaluateOptions{Seed: p.opts.Seed})
	var lines [][]Value
	for _, f := range result.Figures {
		lines = append(lines, []Value{TextValue(f.Text), fourDigits(f.Value), fourDigits(f.Between.Low), fourDigits(f.Between.High)})
	}
	rows := listed([]Column{{"figure", Text}, {"value", Number}, {"low", Number}, {"high", Number}}, lines)
	rows.notes = append(rows.notes, warnings...)
	rows.note("%s of %s, %d of them matches, each judged once by the model %s; its threshold %.3f was chosen on its validation pairs; low to high holds a figure with 95 %% confidence",
		count(len(labels), "pair", "pairs"), p.pairs, result.Matches, syntax.QuoteName(model), scored.Threshold)
	return rows, nil
}

// fourDigits is NULL for what is not defined.
func fourDigits(x float64) Value {
	if math.IsNaN(x) {
		return Value{}
	}
	return score(x)
}
