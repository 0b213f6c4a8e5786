package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/datasets"
	"github.com/doppeldb/doppel/query/match"
	"github.com/doppeldb/doppel/record"
)

// set is a data set with its bars. Bars of 0 are none.
type set struct {
	name, title, dir   string
	train, valid, test string // pair files
	bar, linkBar       float64
}

var sets = []set{
	{"abt-buy", "Abt-Buy", "em-abt-buy", "train", "valid", "test", .955, .95},
	{"amazon-google", "Amazon-Google", "em-amazon-google", "train", "valid", "test", .82, .78},
	{"dblp-acm", "DBLP-ACM", "em-dblp-acm", "train", "valid", "test", .992, 0},
	{"fodors-zagats", "Fodors-Zagats", "em-fodors-zagats", "train", "valid", "test", .99, 0},
	{"wdc-small", "WDC computers, small", "wdc-computers", "train-small", "valid-small", "test", .82, 0},
	{"wdc-medium", "WDC computers, medium", "wdc-computers", "train-medium", "valid-medium", "test", .89, 0},
}

func setOf(name string) (*set, error) {
	for k := range sets {
		if sets[k].name == name {
			return &sets[k], nil
		}
	}
	return nil, fmt.Errorf("no set %q", name)
}

// loaded is a set in memory.
type loaded struct {
	*set
	link               *datasets.Link
	train, valid, test []match.Label
}

func (s *set) load() (*loaded, error) {
	l := &loaded{set: s}
	var err error
	if l.link, err = datasets.LoadLink(s.dir); err != nil {
		return nil, err
	}
	for _, part := range []struct {
		file string
		to   *[]match.Label
	}{{s.train, &l.train}, {s.valid, &l.valid}, {s.test, &l.test}} {
		pairs, err := l.link.Pairs(part.file)
		if err != nil {
			return nil, err
		}
		*part.to = labelsOf(pairs)
	}
	return l, nil
}

func labelsOf(pairs []datasets.Pair) (out []match.Label) {
	for _, p := range pairs {
		out = append(out, match.Label{Left: uint32(p.Left), Right: uint32(p.Right), Match: p.Match})
	}
	return out
}

// store puts the tables into a temporary DB.
func (l *loaded) store(ctx context.Context) (*db.DB, []*db.Collection, error) {
	return store(ctx, l.link.Left.Header, l.link.Left.Rows, l.link.Right.Rows)
}

func store(ctx context.Context, header []string, tables ...[][]string) (*db.DB, []*db.Collection, error) {
	schema := record.Infer(header, slices.Concat(tables...))
	file, err := db.OpenTemp()
	if err != nil {
		return nil, nil, err
	}
	var cs []*db.Collection
	for n, rows := range tables {
		c, err := file.Create(fmt.Sprintf("table-%d", n), schema)
		if err == nil {
			_, err = c.PutAll(ctx, records(rows), nil)
		}
		if err != nil {
			_ = file.Close() // the first error is the one to show
			return nil, nil, err
		}
		cs = append(cs, c)
	}
	return file, cs, nil
}

// records numbers the rows.
func records(rows [][]string) func(yield func(record.Record, error) bool) {
	return func(yield func(record.Record, error) bool) {
		for i, r := range rows {
			if !yield(record.Record{Key: fmt.Sprint(i), Values: r}, nil) {
				return
			}
		}
	}
}
