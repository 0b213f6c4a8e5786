package query

import (
	"context"
	"strings"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/query/syntax"
	"github.com/doppeldb/doppel/record"
)

// describePlan is a DESCRIBE that is ready to run.
type describePlan struct {
	statement
	c *db.Collection
}

func (st statement) planDescribe(x *syntax.Describe) (plan, error) {
	c, err := st.collection(x.Name)
	return describePlan{st, c}, err
}

// howCompared says in words what the kinds mean.
var howCompared = map[record.Kind]string{
	record.Text: "by words and pieces of words", record.Number: "by relative difference", record.Category: "as a whole",
	record.Code: "as a whole, without separators", record.Image: "by what it looks like", record.Ignore: "not at all",
}

func (p describePlan) run(context.Context) (*Rows, error) {
	key, err := p.keyName(p.c)
	if err != nil {
		return nil, err
	}
	rows := [][]Value{{TextValue(key), TextValue("KEY"), TextValue("not at all")}}
	for _, f := range p.c.Schema() {
		rows = append(rows, []Value{TextValue(f.Name), TextValue(strings.ToUpper(f.Kind.String())), TextValue(howCompared[f.Kind])})
	}
	return listed([]Column{{"field", Text}, {"kind", Text}, {"compared", Text}}, rows), nil
}
