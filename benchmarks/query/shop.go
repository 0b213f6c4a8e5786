package main

import (
	"context"
	"iter"
	"math/rand/v2"
	"strconv"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/internal/synth"
	"github.com/doppeldb/doppel/query"
	"github.com/doppeldb/doppel/record"
)

// shop is a collection of made-up products with an index, and questions to it.
type shop struct {
	file      *db.DB
	c         *db.Collection
	session   *query.Session
	rows      int
	questions []string // titles of another world
}

// schema has a number, share, that is drawn at random from 0 to 100: a filter on it keeps
// any share of the records, and tells nothing about what they are near to.
var schema = record.Schema{{Name: "title", Kind: record.Text}, {Name: "brand", Kind: record.Category}, {Name: "price", Kind: record.Number},
	{Name: "category", Kind: record.Category}, {Name: "share", Kind: record.Number}}

const questions = 100

func openShop(ctx context.Context, rows int) (*shop, error) {
	file, err := db.OpenTemp()
	if err != nil {
		return nil, err
	}
	s := &shop{file: file, rows: rows, session: &query.Session{DB: file}}
	if s.c, err = file.Create("products", schema); err != nil {
		return nil, err
	}
	if _, err := s.c.PutAll(ctx, products(rows), nil); err != nil {
		return nil, err
	}
	snap, err := s.c.Load(ctx)
	if err != nil {
		return nil, err
	}
	enc, err := encoder.Fit(ctx, schema, snap.Len(), func(i int) []string { return snap.Rows[i] }, encoder.Options{})
	if err != nil {
		return nil, err
	}
	if err := s.c.SetEncoder(ctx, enc); err != nil {
		return nil, err
	}
	// query.DefaultEf was chosen on the titles of seed 7.
	for _, row := range synth.Rows(synth.Options{Rows: questions, Seed: 11}) {
		s.questions = append(s.questions, row[1])
	}
	// The first walk waits until the graph has all records.
	_, err = s.c.Search(ctx, db.Search{Values: question(s.questions[0]), K: 10, Engine: db.SearchHNSW})
	return s, err
}

func products(n int) iter.Seq2[record.Record, error] {
	return func(yield func(record.Record, error) bool) {
		random := rand.New(rand.NewPCG(3, 0))
		for _, row := range synth.Rows(synth.Options{Rows: n}) {
			share := strconv.FormatFloat(100*random.Float64(), 'f', 4, 64)
			if !yield(record.Record{Key: row[0], Values: []string{row[1], row[2], row[3], row[4], share}}, nil) {
				return
			}
		}
	}
}

// question is a title as the values of a record.
func question(title string) []string {
	values := make([]string, len(schema))
	values[0] = title
	return values
}

// ask runs a statement and gives the first column.
func (s *shop) ask(ctx context.Context, text string, params ...any) ([]string, error) {
	rows, err := s.session.Run(ctx, text, params...)
	if err != nil {
		return nil, err
	}
	var out []string
	for row, err := range rows.All() {
		if err != nil {
			return nil, err
		}
		out = append(out, row[0].String())
	}
	return out, nil
}
