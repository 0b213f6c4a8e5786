package query_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/query"
	"github.com/doppeldb/doppel/query/syntax"
	"github.com/doppeldb/doppel/record"
)

// The oracle answers a SELECT in the plainest way: it evaluates every expression on every
// record as SQL says, and knows neither filters nor columns. A value is nil,
// string, float64 or bool.

type oracle struct {
	schema  record.Schema
	records []record.Record
}

func (o *oracle) field(r record.Record, name string) any {
	if name == "key" {
		return r.Key
	}
	f := o.schema.Index(name)
	v := r.Values[f]
	if v == "" {
		return nil
	}
	if o.schema[f].Kind == record.Number {
		if x, ok := record.ParseNumber(v); ok {
			return x
		}
	}
	return v
}

func (o *oracle) eval(x syntax.Expr, r record.Record) any {
	ev := func(x syntax.Expr) any { return o.eval(x, r) }
	switch x := x.(type) {
	case *syntax.Literal:
		switch x.Kind {
		case syntax.TextLiteral:
			return x.Text
		case syntax.NumberLiteral:
			return x.Number()
		case syntax.NullLiteral:
			return nil
		}
		return x.Kind == syntax.TrueLiteral
	case *syntax.Field:
		return o.field(r, x.Text)
	case *syntax.Unary:
		v := ev(x.X)
		if b, ok := v.(bool); ok {
			return !b
		}
		if n, ok := v.(float64); ok {
			return -n
		}
		return nil
	case *syntax.Logic:
		var all any = x.Op == syntax.And
		for _, arg := range x.Args {
			switch v := ev(arg); {
			case v == (x.Op == syntax.Or):
				return v
			case v == nil:
				all = nil
			}
		}
		return all
	case *syntax.Binary:
		if x.Op.Compares() {
			return compare3(x.Op, ev(x.X), ev(x.Y))
		}
		a, ok := ev(x.X).(float64)
		b, ok2 := ev(x.Y).(float64)
		if !ok || !ok2 {
			return nil
		}
		v := map[syntax.Op]float64{syntax.Plus: a + b, syntax.Minus: a - b, syntax.Times: a * b, syntax.Over: a / b}[x.Op]
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return nil
		}
		return v
	case *syntax.In:
		var found any = false
		for _, y := range x.List {
			switch c := compare3(syntax.Equal, ev(x.X), ev(y)); {
			case c == true:
				return !x.Not
			case c == nil:
				found = nil
			}
		}
		return turned(found, x.Not)
	case *syntax.Between:
		low, high := compare3(syntax.GreaterEqual, ev(x.X), ev(x.Low)), compare3(syntax.LessEqual, ev(x.X), ev(x.High))
		switch {
		case low == false || high == false:
			return x.Not
		case low == nil || high == nil:
			return nil
		}
		return !x.Not
	case *syntax.Like:
		v := ev(x.X)
		if v == nil {
			return nil
		}
		p := regexp.QuoteMeta(ev(x.Pattern).(string))
		p = "(?is)^" + strings.NewReplacer("%", ".*", "_", ".").Replace(p) + "$"
		return regexp.MustCompile(p).MatchString(v.(string)) != x.Not
	case *syntax.IsNull:
		return (ev(x.X) == nil) != x.Not
	case *syntax.Call:
		v := ev(x.Args[0])
		switch x.Func.Text {
		case "coalesce":
			for _, arg := range x.Args {
				if v := ev(arg); v != nil {
					return v
				}
			}
			return nil
		case "abs":
			if n, ok := v.(float64); ok {
				return math.Abs(n)
			}
			return nil
		}
		s, ok := v.(string)
		if !ok {
			return nil
		}
		switch x.Func.Text {
		case "lower":
			return strings.ToLower(s)
		case "upper":
			return strings.ToUpper(s)
		case "length":
			return float64(utf8.RuneCountInString(s))
		}
	}
	panic(fmt.Sprintf("%T", x))
}

func turned(v any, not bool) any {
	if b, ok := v.(bool); ok {
		return b != not
	}
	return v
}

func compare3(op syntax.Op, a, b any) any {
	if a == nil || b == nil || fmt.Sprintf("%T", a) != fmt.Sprintf("%T", b) {
		return nil
	}
	c := order(a, b)
	return map[syntax.Op]bool{syntax.Equal: c == 0, syntax.Unequal: c != 0, syntax.Less: c < 0, syntax.LessEqual: c <= 0,
		syntax.Greater: c > 0, syntax.GreaterEqual: c >= 0}[op]
}

// order sorts numbers, texts, truths, NULL.
func order(a, b any) int {
	class := func(v any) int {
		switch v.(type) {
		case float64:
			return 0
		case string:
			return 1
		case bool:
			return 2
		}
		return 3
	}
	if c := cmp.Compare(class(a), class(b)); c != 0 {
		return c
	}
	switch a := a.(type) {
	case float64:
		return cmp.Compare(a, b.(float64))
	case string:
		return cmp.Compare(a, b.(string))
	case bool:
		return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
	}
	return 0
}

// where gives the records for which x is TRUE.
func (o *oracle) where(x syntax.Expr) (out []record.Record) {
	for _, r := range o.records {
		if x == nil || o.eval(x, r) == true {
			out = append(out, r)
		}
	}
	return out
}

// run answers a SELECT without groups.
func (o *oracle) run(s *syntax.Select) (out [][]any) {
	records := o.where(s.Where)
	slices.SortStableFunc(records, func(a, b record.Record) int {
		for _, k := range s.Order {
			v, w := o.eval(k.Expr, a), o.eval(k.Expr, b)
			if f, ok := k.Expr.(*syntax.Field); ok && (f.Text == "n" || f.Text == "m") { // numbers are sorted, and what is none is as if it were missing
				if _, ok := v.(float64); !ok {
					v = nil
				}
				if _, ok := w.(float64); !ok {
					w = nil
				}
			}
			c := order(v, w)
			if k.Desc && v != nil && w != nil {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
	for _, r := range records {
		var row []any
		for _, it := range s.Items {
			row = append(row, o.eval(it.Expr, r))
		}
		out = append(out, row)
	}
	return cut(s, out)
}

func cut(s *syntax.Select, rows [][]any) [][]any {
	if s.Offset != nil {
		rows = rows[min(len(rows), int(s.Offset.(*syntax.Literal).Number())):]
	}
	if s.Limit != nil {
		rows = rows[:min(len(rows), int(s.Limit.(*syntax.Literal).Number()))]
	}
	return rows
}

// runGroups answers a SELECT whose items are what it groups by, then aggregates.
func (o *oracle) runGroups(s *syntax.Select) (out [][]any) {
	groups := map[string][]record.Record{}
	keys := map[string][]any{}
	for _, r := range o.where(s.Where) {
		var key []any
		for _, x := range s.Group {
			key = append(key, o.eval(x, r))
		}
		id := fmt.Sprintf("%#v", key)
		keys[id] = key
		groups[id] = append(groups[id], r)
	}
	if len(s.Group) == 0 {
		id := fmt.Sprintf("%#v", []any(nil))
		keys[id], groups[id] = nil, o.where(s.Where)
	}
	for id, key := range keys {
		row := slices.Clone(key)
		for _, it := range s.Items[len(key):] {
			row = append(row, o.aggregate(it.Expr.(*syntax.Call), groups[id]))
		}
		out = append(out, row)
	}
	slices.SortFunc(out, func(a, b []any) int {
		for i := range s.Group {
			if c := order(a[i], b[i]); c != 0 {
				return c
			}
		}
		return 0
	})
	return cut(s, out)
}

func (o *oracle) aggregate(c *syntax.Call, records []record.Record) any {
	if c.Star {
		return float64(len(records))
	}
	var values []any
	for _, r := range records {
		v := o.eval(c.Args[0], r)
		f, isField := c.Args[0].(*syntax.Field)
		if _, isText := v.(string); isText && isField && f.Text != "key" && o.schema[o.schema.Index(f.Text)].Kind == record.Number {
			v = nil
		}
		if v != nil && (!c.Distinct || !slices.Contains(values, v)) {
			values = append(values, v)
		}
	}
	if c.Func.Text == "count" {
		return float64(len(values))
	}
	if len(values) == 0 {
		return nil
	}
	switch c.Func.Text {
	case "min":
		return slices.MinFunc(values, order)
	case "max":
		return slices.MaxFunc(values, order)
	}
	sum := 0.
	for _, v := range values {
		sum += v.(float64)
	}
	if c.Func.Text == "avg" {
		return sum / float64(len(values))
	}
	return sum
}

// selects makes statements at random whose types are right.
type selects struct{ *rand.Rand }

func one[T any](g selects, list ...T) T { return list[g.IntN(len(list))] }

var texts = []string{"sony", "lg", "Sony TV", "", "a1", "kdl-40", "tv", "Ärger", "100", "%", "b"}

func (g selects) text(depth int) string {
	if depth > 0 && g.IntN(5) == 0 {
		return one(g, "lower", "upper") + "(" + g.text(depth-1) + ")"
	}
	return one(g, "t", "c", "k", "x", "key", "t", "c", syntax.QuoteText(one(g, texts...)), "NULL")
}

func (g selects) number(depth int) string {
	if depth > 0 {
		switch g.IntN(8) {
		case 0:
			return g.number(depth-1) + one(g, " + ", " - ", " * ", " / ") + "(" + g.number(depth-1) + ")"
		case 1:
			return "length(" + g.text(depth-1) + ")"
		case 2:
			return "abs(" + g.number(depth-1) + ")"
		}
	}
	return one(g, "n", "m", "n", "m", "0", "1", "2.5", "-3", "1e3", "NULL")
}

func (g selects) condition(depth int) string {
	not := one(g, "", "NOT ")
	if depth > 0 {
		switch g.IntN(4) {
		case 0:
			return "(" + g.condition(depth-1) + one(g, " AND ", " OR ") + g.condition(depth-1) + ")"
		case 1:
			return "NOT (" + g.condition(depth-1) + ")"
		}
	}
	op := one(g, " = ", " <> ", " < ", " <= ", " > ", " >= ")
	switch g.IntN(9) {
	case 0:
		return g.number(depth) + op + g.number(depth)
	case 1:
		return g.text(depth) + op + g.text(depth)
	case 2:
		return g.number(depth) + " " + not + "IN (" + g.number(0) + ", " + g.number(0) + ", 7)"
	case 3:
		return g.text(depth) + " " + not + "IN (" + g.text(0) + ", " + g.text(0) + ", 'lg')"
	case 4:
		return g.number(depth) + " " + not + "BETWEEN " + g.number(0) + " AND " + g.number(0)
	case 5:
		return g.text(depth) + " " + not + "LIKE " + syntax.QuoteText(one(g, "%sony%", "s_ny", "%", "", "_%", "%TV", "ä%", "a%1", "%%g"))
	case 6:
		return g.text(depth) + " " + not + "BETWEEN " + g.text(0) + " AND " + g.text(0)
	case 7:
		return one(g, g.text(depth), g.number(depth)) + " IS " + not + "NULL"
	}
	return one(g, "TRUE", "FALSE", "NULL", "c = 'sony'", "n > 1", "NOT c = 'lg'", "k IS NULL")
}

func (g selects) plain() string {
	items := one(g, "key", "key, t", "key, n, "+g.number(2), "key, "+g.text(2)+", "+g.condition(1))
	s := "SELECT " + items + " FROM things"
	if g.IntN(6) > 0 {
		s += " WHERE " + g.condition(3)
	}
	if g.IntN(2) == 0 {
		s += " ORDER BY " + one(g, g.text(1), "n", "m", "abs(n) - m", "length(t)") + one(g, "", " DESC") + one(g, "", ", m DESC")
	}
	if g.IntN(2) == 0 {
		s += fmt.Sprint(" LIMIT ", g.IntN(12))
	}
	if g.IntN(3) == 0 {
		s += fmt.Sprint(" OFFSET ", g.IntN(8))
	}
	return s
}

func (g selects) grouped() string {
	by := one(g, "", "c", "k", "n", "c, k", "t", "length(t)", "c, n")
	items := by
	for range 1 + g.IntN(3) {
		if items != "" {
			items += ", "
		}
		items += one(g, "count(*)", "count(c)", "count(n)", "count(DISTINCT c)", "sum(n)", "avg(m)", "min(n)", "max(n)", "min(t)", "max(c)", "count(DISTINCT n)", "count(k)")
	}
	s := "SELECT " + items + " FROM things"
	if g.IntN(3) > 0 {
		s += " WHERE " + g.condition(2)
	}
	if by != "" {
		s += " GROUP BY " + by
	}
	if g.IntN(3) == 0 {
		s += fmt.Sprint(" LIMIT ", g.IntN(5))
	}
	return s
}

// things makes a small table in which much is missing.
func things(t *testing.T, seed uint64) (*db.DB, *oracle) {
	t.Helper()
	file := dbtest.Open(t)
	schema := record.Schema{{Name: "t", Kind: record.Text}, {Name: "c", Kind: record.Category}, {Name: "k", Kind: record.Code},
		{Name: "n", Kind: record.Number}, {Name: "m", Kind: record.Number}, {Name: "x", Kind: record.Ignore}}
	c, err := file.Create("things", schema)
	if err != nil {
		t.Fatal(err)
	}
	g := selects{rand.New(rand.NewPCG(seed, 7))}
	o := &oracle{schema: schema}
	numbers := []string{"", "1", "2.5", "-3", "$1,000.00", "call us", "0", "7", "1e3", "12 kg"}
	for i := range 30 {
		o.records = append(o.records, record.Record{Key: fmt.Sprint(one(g, "a", "b", "A"), i), Values: []string{one(g, texts...),
			one(g, "sony", "lg", "", "Sony TV", "b"), one(g, "a1", "kdl-40", "", "100"), one(g, numbers...), one(g, numbers...), one(g, texts...)}})
	}
	if err := c.Put(t.Context(), o.records...); err != nil {
		t.Fatal(err)
	}
	return file, o
}

// answer runs a statement and gives its rows as Go values.
func answer(t *testing.T, file *db.DB, text string, params ...any) ([][]any, error) {
	t.Helper()
	rows, err := query.Run(t.Context(), file, text, params...)
	if err != nil {
		return nil, err
	}
	var out [][]any
	for row, err := range rows.All() {
		if err != nil {
			return nil, err
		}
		var values []any
		for _, v := range row {
			values = append(values, v.Any())
		}
		out = append(out, values)
	}
	return out, nil
}

func sameRows(a, b [][]any) bool {
	return slices.EqualFunc(a, b, func(x, y []any) bool {
		return slices.EqualFunc(x, y, func(v, w any) bool {
			p, ok := v.(float64)
			q, ok2 := w.(float64)
			if ok && ok2 {
				return math.Abs(p-q) <= 1e-9*max(1, math.Abs(p))
			}
			return v == w
		})
	})
}

// Every SELECT gives what the plainest evaluation of every record gives.
func TestSelectAgainstOracle(t *testing.T) {
	const tables, statements = 12, 300
	ran, full := 0, 0
	for seed := range uint64(tables) {
		file, o := things(t, seed)
		g := selects{rand.New(rand.NewPCG(seed, 8))}
		for range statements {
			text, grouped := g.plain(), false
			if g.IntN(3) == 0 {
				text, grouped = g.grouped(), true
			}
			parsed, err := syntax.Parse(text)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			got, err := answer(t, file, text)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			want := o.run
			if grouped {
				want = o.runGroups
			}
			expected := want(parsed.Statement.(*syntax.Select))
			if !sameRows(got, expected) {
				t.Fatalf("table %d: %s\n got %v\nwant %v", seed, text, got, expected)
			}
			ran++
			if len(got) > 0 {
				full++
			}
		}
	}
	t.Logf("%d statements, %d with an answer", ran, full)
	if full < ran/3 {
		t.Errorf("only %d of %d statements have an answer", full, ran)
	}
}
