package db_test

import (
	"context"
	"fmt"
	"log"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/record"
)

func Example() {
	ctx := context.Background()
	d, err := db.OpenTemp() // or db.Open("shop.doppel", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer d.Close()

	shop, err := d.Create("shop", record.Schema{{Name: "title", Kind: record.Text}, {Name: "price", Kind: record.Number}})
	if err != nil {
		log.Fatal(err)
	}
	err = shop.Put(ctx,
		record.Record{Key: "17", Values: []string{"Tarvo cordless drill 18V, black", "89.90"}},
		record.Record{Key: "18", Values: []string{"Mellingford steel kettle 1.7 l", "29.00"}},
		record.Record{Key: "19", Values: []string{"Drill cordless TARVO 18 V", "85.00"}},
	)
	if err != nil {
		log.Fatal(err)
	}

	s, err := shop.Load(ctx)
	if err != nil {
		log.Fatal(err)
	}
	enc, err := encoder.Fit(ctx, s.Schema, s.Len(), func(i int) []string { return s.Rows[i] }, encoder.Options{})
	if err != nil {
		log.Fatal(err)
	}
	if err := shop.SetEncoder(ctx, enc); err != nil {
		log.Fatal(err)
	}

	hits, err := shop.Nearest(ctx, []string{"cordless drill by Tarvo", ""}, 2)
	if err != nil {
		log.Fatal(err)
	}
	for _, h := range hits {
		fmt.Println(h.Key, h.Values[0])
	}
	report, err := d.Check(ctx)
	fmt.Println(report.Rows, "rows,", report.Vectors, "vectors,", len(report.Problems), "problems", err)
	// Unordered output:
	// 17 Tarvo cordless drill 18V, black
	// 19 Drill cordless TARVO 18 V
	// 3 rows, 3 vectors, 0 problems <nil>
}
