package query

import (
	"context"
	"errors"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/query/syntax"
)

// labelPlan is a LABEL or a DROP LABEL that is ready to run.
type labelPlan struct {
	pairPlan
	left, right db.RecordRef
	at          [2]syntax.Pos
	drop, same  bool
	source      string
}

// defaultSource is the source of a label without BY.
const defaultSource = "shell"

func (st statement) planLabel(x *syntax.Label) (plan, error) {
	p, err := st.planPair(x.Left, x.Right, x.In)
	if err != nil {
		return nil, err
	}
	p.same, p.source = x.Same, defaultSource
	if x.By != nil {
		p.source, err = st.plainScope().text(x.By, "who judged")
	}
	return p, err
}

func (st statement) planDropLabel(x *syntax.DropLabel) (plan, error) {
	p, err := st.planPair(x.Left, x.Right, x.In)
	if err != nil {
		return nil, err
	}
	p.drop = true
	return p, nil
}

func (st statement) planPair(left, right syntax.Expr, in []syntax.Name) (*labelPlan, error) {
	pairs, err := st.pairs(in, syntax.Model{})
	if err != nil {
		return nil, err
	}
	p := &labelPlan{pairPlan: pairs, at: [2]syntax.Pos{left.Pos(), right.Pos()}}
	l, r := p.names()
	p.left.Collection, p.right.Collection = l, r
	if p.left.Key, err = st.plainScope().keyOf(left); err != nil {
		return nil, err
	}
	if p.right.Key, err = st.plainScope().keyOf(right); err != nil {
		return nil, err
	}
	if p.left == p.right {
		return nil, st.parsed.Error(p.at[1], "this is the same record; name two")
	}
	return p, nil
}

func (p *labelPlan) run(ctx context.Context) (*Rows, error) {
	if p.drop {
		err := p.DB.DeleteLabel(ctx, p.left, p.right)
		if errors.Is(err, db.ErrNotFound) {
			e := p.parsed.Error(p.at[0], "there is no label of %s and %s", syntax.QuoteText(p.left.Key), syntax.QuoteText(p.right.Key))
			e.Err = err
			return nil, e
		}
		return done(1, "label dropped"), err
	}
	for i, ref := range []db.RecordRef{p.left, p.right} {
		c := p.pairPlan.left
		if i == 1 {
			c = p.other()
		}
		if _, err := c.Get(ref.Key); errors.Is(err, db.ErrNotFound) {
			return nil, noRecord(&p.statement, p.at[i], c, ref.Key)
		} else if err != nil {
			return nil, err
		}
	}
	res, err := p.DB.PutLabels(ctx, db.Label{Left: p.left, Right: p.right, Match: p.same, Source: p.source})
	if err != nil {
		return nil, err
	}
	rows := done(1, "label added")
	if res.Replaced > 0 {
		rows = done(1, "label replaced")
	}
	return rows, p.contradictions(ctx, rows)
}

// contradictions tells which labels cannot all be right.
func (p *labelPlan) contradictions(ctx context.Context, rows *Rows) error {
	left, right := p.names()
	list, err := p.DB.Contradictions(ctx, left, right)
	if err != nil {
		return err
	}
	const most = 3
	for i, c := range list {
		if i == most {
			rows.note("and %d more contradictions", len(list)-most)
			break
		}
		rows.note("%s and %s are labelled different, but %s lead from one to the other; one of these is wrong",
			syntax.QuoteText(c.NonMatch.Left.Key), syntax.QuoteText(c.NonMatch.Right.Key), count(len(c.Matches), "match", "matches"))
	}
	return nil
}
