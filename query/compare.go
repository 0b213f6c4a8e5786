package query

import (
	"context"
	"math"

	"github.com/doppeldb/doppel/query/label"
	"github.com/doppeldb/doppel/query/match"
	"github.com/doppeldb/doppel/query/syntax"
)

// comparePlan is a COMPARE that is ready to run.
type comparePlan struct {
	pairPlan
	keys [2]string
	at   [2]syntax.Pos
}

func (st statement) planCompare(x *syntax.Compare) (plan, error) {
	pairs, err := st.pairs(x.In, x.Model)
	if err != nil {
		return nil, err
	}
	p := &comparePlan{pairPlan: pairs, at: [2]syntax.Pos{x.Left.Pos(), x.Right.Pos()}}
	for i, key := range []syntax.Expr{x.Left, x.Right} {
		if p.keys[i], err = st.plainScope().keyOf(key); err != nil {
			return nil, err
		}
	}
	if p.right == nil && p.keys[0] == p.keys[1] {
		return nil, st.parsed.Error(p.at[1], "this is the same record; name two")
	}
	return p, nil
}

var compareColumns = []Column{{"about", Text}, {"left", Text}, {"right", Text}, {"score", Number}, {"weight", Number}}

func (p *comparePlan) run(ctx context.Context) (*Rows, error) {
	var pair label.Label
	var err error
	if pair.Left, err = p.number(ctx, p.left, p.at[0], p.keys[0]); err != nil {
		return nil, err
	}
	if pair.Right, err = p.number(ctx, p.other(), p.at[1], p.keys[1]); err != nil {
		return nil, err
	}
	model, err := p.useModel()
	if err != nil {
		return nil, err
	}
	scored, err := match.Compare(ctx, p.left, p.right, []label.Label{pair}, p.opts)
	if err != nil {
		return nil, p.linkError(err)
	}
	verdict := "not the same"
	if scored.Match(0) {
		verdict = "the same"
	}
	rows := p.answer(verdict, scored.Pairs[0].Score, scored.Explain(0))
	if model != "" {
		rows.note("judged by the model %s, threshold %.2f", syntax.QuoteName(model), scored.Threshold)
	} else {
		rows.note("judged without labels, threshold %.2f", scored.Threshold)
	}
	return rows, nil
}

// answer puts the verdict first, then the fields, then the evidence, strongest first.
func (p *comparePlan) answer(verdict string, probability float64, why match.Explanation) *Rows {
	out := [][]Value{{TextValue(verdict), TextValue(p.keys[0]), TextValue(p.keys[1]), score(probability), {}}}
	for _, f := range why.Fields {
		likeness := Value{}
		if f.Similarity >= 0 {
			likeness = hundredths(f.Similarity)
		}
		out = append(out, []Value{TextValue(f.Name), orMissing(f.Left), orMissing(f.Right), likeness, {}})
	}
	for _, e := range why.Evidence {
		out = append(out, []Value{TextValue(e.Text), {}, {}, {}, hundredths(e.Weight)})
	}
	return listed(compareColumns, out)
}

func orMissing(s string) Value {
	if s == "" {
		return Value{}
	}
	return TextValue(s)
}

// hundredths rounds what has no more digits worth reading.
func hundredths(x float64) Value { return NumberValue(math.Round(x*100) / 100) }
