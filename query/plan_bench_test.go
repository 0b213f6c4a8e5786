package query

import (
	"testing"

	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/query/syntax"
	"github.com/doppeldb/doppel/record"
)

const typical = `SELECT sku, title, distance FROM products NEAREST TO 'sony bravia 40 inch lcd' ON title WITHIN 0.35
	WHERE brand IN ('sony','lg') AND price BETWEEN 200 AND 900 AND NOT title LIKE '%refurb%'
	USING HNSW(ef = 200) ORDER BY distance LIMIT 10`

// planning gives a function that parses and plans a typical SELECT in a session that knows the collection.
func planning(t testing.TB) func() {
	file := dbtest.Open(t)
	_, err := file.Create("products", record.Schema{{Name: "sku", Kind: record.Code}, {Name: "title", Kind: record.Text},
		{Name: "brand", Kind: record.Category}, {Name: "price", Kind: record.Number}})
	if err != nil {
		t.Fatal(err)
	}
	s := &Session{DB: file}
	return func() {
		parsed, err := syntax.Parse(typical)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.plan(parsed, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// BenchmarkPlan parses and plans: bar 20 µs.
func BenchmarkPlan(b *testing.B) {
	plan := planning(b)
	b.ReportAllocs()
	for b.Loop() {
		plan()
	}
}

// A typical SELECT is parsed and planned with few allocations.
func TestPlanAllocates(t *testing.T) {
	const bar = 60
	if n := testing.AllocsPerRun(200, planning(t)); n > bar {
		t.Errorf("%v allocations, at most %d are wanted", n, bar)
	}
}
