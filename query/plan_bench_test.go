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

// BenchmarkPlan parses and plans a typical SELECT: bar 20 µs and 60 allocations.
func BenchmarkPlan(b *testing.B) {
	file := dbtest.Open(b)
	_, err := file.Create("products", record.Schema{{Name: "sku", Kind: record.Code}, {Name: "title", Kind: record.Text},
		{Name: "brand", Kind: record.Category}, {Name: "price", Kind: record.Number}})
	if err != nil {
		b.Fatal(err)
	}
	s := &Session{DB: file}
	b.ReportAllocs()
	for b.Loop() {
		parsed, err := syntax.Parse(typical)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.plan(parsed, nil); err != nil {
			b.Fatal(err)
		}
	}
}
