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
	if model != "" {
		return p.byModel(ctx, pair, model)
	}
	return p.withoutModel(ctx, pair)
}

// byModel asks the model about the pair.
func (p *comparePlan) byModel(ctx context.Context, pair label.Label, model string) (*Rows, error) {
	scored, err := match.ScorePairs(ctx, p.left, p.right, []label.Label{pair}, p.opts.Model, p.opts)
	if err != nil {
		return nil, p.linkError(err)
	}
	verdict := "not the same"
	if scored.Match(0) {
		verdict = "the same"
	}
	rows := p.answer(verdict, scored.Pairs[0].Score, scored.Explain(0))
	rows.note("judged by the model %s, threshold %.2f", syntax.QuoteName(model), scored.Threshold)
	return rows, nil
}

// withoutModel links or dedupes and looks what became of the pair: whether two records
// are one thing depends on their rivals.
func (p *comparePlan) withoutModel(ctx context.Context, pair label.Label) (*Rows, error) {
	p.opts.KeepRejected = math.MaxInt32
	var res *match.Result
	var err error
	if p.right == nil {
		if pair.Left > pair.Right {
			pair.Left, pair.Right = pair.Right, pair.Left
			p.keys[0], p.keys[1] = p.keys[1], p.keys[0]
		}
		res, err = match.Dedupe(ctx, p.left, p.opts)
	} else {
		res, err = match.Link(ctx, p.left, p.right, p.opts)
	}
	if err != nil {
		return nil, p.linkError(err)
	}
	is := func(m match.Pair) bool { return m.Left == pair.Left && m.Right == pair.Right }
	for _, m := range res.Matches {
		if is(m) {
			return p.unlabelled(p.answer("the same", m.Score, res.Explain(m)), res), nil
		}
	}
	verdict := "not the same"
	if res.ClusterOf != nil && res.ClusterOf[pair.Left] == res.ClusterOf[pair.Right] {
		verdict = "the same, by way of others of their group"
	}
	for _, m := range res.Rejected {
		if is(m.Pair) {
			if verdict == "not the same" {
				verdict += ": " + m.Reason.String()
			}
			return p.unlabelled(p.answer(verdict, m.Score, res.Explain(m.Pair)), res), nil
		}
	}
	rows := listed(compareColumns, [][]Value{{TextValue(verdict), TextValue(p.keys[0]), TextValue(p.keys[1]), {}, {}}})
	rows.note("neither is among the candidates of the other, so they were not compared in detail")
	return p.unlabelled(rows, res), nil
}

func (p *comparePlan) unlabelled(rows *Rows, res *match.Result) *Rows {
	rows.note("judged without labels, among %s; threshold %.2f", count(res.Stats.Candidates, "candidate pair", "candidate pairs"), res.Threshold)
	return rows
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
