package query

import (
	"context"
	"iter"
	"strconv"

	"github.com/doppeldb/doppel/query/match"
	"github.com/doppeldb/doppel/query/syntax"
	"github.com/doppeldb/doppel/record"
	"github.com/doppeldb/doppel/record/picture"
)

// dedupePlan is a DEDUPE that is ready to run.
type dedupePlan struct {
	pairPlan
	into destination
}

func (st statement) planDedupe(x *syntax.Dedupe) (plan, error) {
	pairs, err := st.pairs([]syntax.Name{x.Name}, x.Model)
	if err != nil {
		return nil, err
	}
	p := &dedupePlan{pairPlan: pairs}
	if p.opts.Threshold, err = st.threshold(st.plainScope(), x.Threshold); err != nil {
		return nil, err
	}
	p.into, err = st.destination(x.Into)
	return p, err
}

func (p *dedupePlan) run(ctx context.Context) (*Rows, error) {
	model, err := p.useModel()
	if err != nil {
		return nil, err
	}
	res, err := match.Dedupe(ctx, p.left, p.opts)
	if err != nil {
		return nil, p.linkError(err)
	}
	rows, err := p.give(ctx, res)
	if err != nil {
		return nil, err
	}
	grouped := 0
	for _, c := range res.Clusters {
		grouped += len(c)
	}
	rows.note("%s in %d of %s", count(len(res.Clusters), "group of duplicates", "groups of duplicates"), grouped, count(len(res.ClusterOf), "record", "records"))
	p.saw(rows, res, model)
	return rows, nil
}

// clusterColumn is the column of a group's number.
const clusterColumn = "cluster_id"

// give writes every record with its group's number, or gives those that have company.
func (p *dedupePlan) give(ctx context.Context, res *match.Result) (*Rows, error) {
	schema := p.left.Schema()
	key, err := p.keyName(p.left)
	if err != nil {
		return nil, err
	}
	cluster := freeName(append(record.Schema{{Name: key}}, schema...), clusterColumn)
	number := func(i int) string { return strconv.Itoa(int(res.ClusterOf[i]) + 1) }
	what := count(len(res.ClusterOf), "record", "records")
	switch {
	case p.into.file != "":
		header := append([]string{cluster, key}, schema.Names()...)
		_, err := writeFile(p.into.file, header, func(yield func([]string, error) bool) {
			for i, values := range res.Left.Rows {
				if !yield(append([]string{number(i), res.Left.Keys[i]}, picture.Shown(values)...), nil) {
					return
				}
			}
		})
		return p.into.say(len(res.ClusterOf), what), err
	case p.into.collection != "":
		// A group's number is no evidence for whoever compares these records again.
		grouped := append(record.Schema{{Name: cluster, Kind: record.Ignore}}, schema...)
		_, err := p.writeCollection(ctx, p.into, key, grouped, records(res, number))
		return p.into.say(len(res.ClusterOf), what), err
	}
	columns := []Column{{cluster, Number}, {key, Text}}
	for _, f := range schema {
		kind := Text
		if f.Kind == record.Number {
			kind = Number
		}
		columns = append(columns, Column{f.Name, kind})
	}
	return &Rows{columns: columns, each: func(yield func([]Value, error) bool) {
		for _, c := range res.Clusters {
			for _, i := range c {
				row := []Value{NumberValue(float64(res.ClusterOf[i]) + 1), TextValue(res.Left.Keys[i])}
				for f, v := range res.Left.Rows[i] {
					row = append(row, stored(v, schema[f].Kind))
				}
				if !yield(row, nil) {
					return
				}
			}
		}
	}}, nil
}

func records(res *match.Result, number func(i int) string) iter.Seq2[record.Record, error] {
	return func(yield func(record.Record, error) bool) {
		for i, values := range res.Left.Rows {
			if !yield(record.Record{Key: res.Left.Keys[i], Values: append([]string{number(i)}, values...)}, nil) {
				return
			}
		}
	}
}
