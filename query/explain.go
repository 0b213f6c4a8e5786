package query

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/query/syntax"
)

// explainPlan is EXPLAIN: the steps of a SELECT, and with ANALYZE what they did.
type explainPlan struct {
	*selectPlan
	analyze bool
}

func (st statement) planExplain(x *syntax.Explain) (plan, error) {
	p, err := st.planSelect(x.Select)
	if err != nil {
		return nil, err
	}
	return explainPlan{p, x.Analyze}, nil
}

// step is a line of the explanation. Negative rows and times are not known.
type step struct {
	name, detail string
	rows         int
	took         time.Duration
}

const unknown = -1

func (p explainPlan) run(ctx context.Context) (*Rows, error) {
	columns := []Column{{"step", Text}, {"detail", Text}}
	total, given := time.Duration(unknown), unknown
	var notes []string
	if p.analyze {
		columns = append(columns, Column{"rows", Number}, Column{"ms", Number})
		p.trace = &trace{}
		start := time.Now()
		rows, err := p.selectPlan.run(ctx)
		if err != nil {
			return nil, err
		}
		given = 0
		for _, err := range rows.All() {
			if err != nil {
				return nil, err
			}
			given++
		}
		total = time.Since(start)
		notes = rows.Notes()
	}
	var out [][]Value
	for _, s := range p.steps(given, total) {
		line := []Value{TextValue(s.name), TextValue(s.detail)}
		if p.analyze {
			line = append(line, orNull(s.rows >= 0, float64(s.rows)), orNull(s.took >= 0, milliseconds(s.took)))
		}
		out = append(out, line)
	}
	rows := listed(columns, out)
	rows.notes = notes
	return rows, nil
}

func orNull(known bool, x float64) Value {
	if !known {
		return Value{}
	}
	return NumberValue(x)
}

// milliseconds with three decimals.
func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// steps lists what is done, in its order.
func (p explainPlan) steps(given int, total time.Duration) []step {
	var steps []step
	add := func(name, detail string, rows int, took time.Duration) {
		steps = append(steps, step{name, detail, rows, took})
	}
	records := unknown
	if n, err := p.c.Len(); err == nil {
		records = n
	}
	add("collection", syntax.QuoteName(p.c.Name()), records, unknown)
	if p.where.none {
		add("where", "no record can fulfil it", 0, unknown)
	}
	if len(p.where.served) > 0 {
		add("where, by columns", joined(p.where.served), unknown, unknown)
	}
	if len(p.where.read) > 0 {
		add("where, by reading rows", joined(p.where.read), unknown, unknown)
	}
	if p.nearest != nil {
		steps = append(steps, p.nearSteps()...)
	} else if served := p.servedBy(); served != "" {
		add("aggregate", served, unknown, unknown)
	} else if !p.where.none {
		s := step{"read", "records in the order of the file", unknown, unknown}
		if p.trace != nil {
			s.rows, s.took = p.trace.read, p.trace.readTime
		}
		steps = append(steps, s)
	}
	if p.group != nil && p.servedBy() == "" {
		add("group", fmt.Sprintf("%s, %s", count(len(p.group.keys), "key", "keys"), count(len(p.group.aggregates), "aggregate", "aggregates")), unknown, unknown)
	}
	if !p.sorted() {
		s := step{"sort", p.sortDetail(), unknown, unknown}
		if p.trace != nil {
			s.rows, s.took = p.trace.sortedRows, p.trace.sortTime
		}
		steps = append(steps, s)
	}
	if p.limit >= 0 || p.offset > 0 {
		detail := ""
		if p.limit >= 0 {
			detail = fmt.Sprintf("at most %d", p.limit)
		}
		if p.offset > 0 {
			detail = strings.TrimPrefix(fmt.Sprintf("%s, after the first %d", detail, p.offset), ", ")
		}
		add("limit", detail, unknown, unknown)
	}
	if p.analyze {
		add("total", "", given, total)
	}
	return steps
}

// joined writes conditions with semicolons between.
func joined(list []syntax.Expr) string {
	texts := make([]string, len(list))
	for i, x := range list {
		texts[i] = syntax.ExprString(x)
	}
	return strings.Join(texts, "; ")
}

func (p explainPlan) sortDetail() string {
	var keys []string
	for i, o := range p.order {
		dir := "ascending"
		if o.desc {
			dir = "descending"
		}
		keys = append(keys, fmt.Sprintf("key %d %s", i+1, dir))
	}
	return strings.Join(keys, ", ")
}

// servedBy says how aggregates are answered without rows, "" where they are not.
func (p explainPlan) servedBy() string {
	if p.group == nil {
		return ""
	}
	switch how, field := p.service(); how {
	case countRecords:
		return "count of the records, by columns"
	case countValues:
		return "counts of the values of " + p.c.Schema()[field].Name + ", by its column"
	case scanNumbers:
		return "numbers of " + p.c.Schema()[field].Name + ", from its column"
	}
	return ""
}

// nearSteps are those of NEAREST.
func (p explainPlan) nearSteps() []step {
	q := &p.nearest.search
	var ask []string
	if q.K > 0 {
		ask = append(ask, fmt.Sprintf("%d closest", q.K))
	}
	if q.Within {
		ask = append(ask, fmt.Sprintf("within %g", q.Radius))
	}
	engine := "the planner chooses by size and filter"
	switch q.Engine {
	case db.SearchExact:
		engine = "exact, as USING says"
	case db.SearchHNSW:
		engine = "hnsw, as USING says"
	}
	if p.trace == nil || p.trace.answer == nil {
		return []step{{"nearest", strings.Join(ask, ", ") + "; " + engine, unknown, unknown}}
	}
	a := p.trace.answer
	steps := []step{{"encode", "the question as a vector", unknown, a.Plan.Encode}}
	if a.Plan.Kept >= 0 {
		share := 0.
		if a.Plan.Records > 0 {
			share = 100 * float64(a.Plan.Kept) / float64(a.Plan.Records)
		}
		steps = append(steps, step{"filter", fmt.Sprintf("WHERE keeps %d of %d (%.3g %%)", a.Plan.Kept, a.Plan.Records, share), a.Plan.Kept, a.Plan.Filter})
	}
	detail := fmt.Sprintf("%s; %s: %s; %d distances", strings.Join(ask, ", "), a.Plan.Engine, a.Plan.Why, a.Plan.Distances)
	if a.Plan.Ef > 0 {
		detail += fmt.Sprintf("; ef %d", a.Plan.Ef)
	}
	return append(steps, step{"nearest", detail, len(a.Hits), a.Plan.Search}, step{"read", "rows of what was found", len(a.Hits), a.Plan.Read})
}
