package main

import (
	"context"
	"fmt"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/datasets"
	"github.com/doppeldb/doppel/internal/synth"
	"github.com/doppeldb/doppel/record"
)

// linkSets are the data sets of the link figures. The first three have bars;
// the design was chosen while looking at the first four.
var linkSets = []struct {
	name       string
	bar        float64
	vec, union float64 // recall@10 bars
}{
	{"em-abt-buy", .92, .985, .995},
	{"em-amazon-google", .66, .97, .985},
	{"em-dblp-acm", .985, .999, .999},
	{"em-fodors-zagats", 0, 0, 0},
	{"em-itunes-amazon", 0, 0, 0},
}

// store puts tables into a temporary DB as collections of one schema.
func store(ctx context.Context, header []string, tables ...[][]string) (*db.DB, []*db.Collection, error) {
	var all [][]string
	for _, t := range tables {
		all = append(all, t...)
	}
	schema := record.Infer(header, all)
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

// single is one table with the group of each row.
type single struct {
	name   string
	bar    float64
	header []string
	rows   [][]string
	truth  []string
}

// dedupeSets loads the single-table sets; the ones that are missing are left out.
func dedupeSets() (sets []single, missing error) {
	for _, s := range []struct {
		name, file, key, truth string
		bar                    float64
	}{
		{"restaurant", "dedup-restaurant/records.csv", "id", "cluster_id", .90},
		{"cora", "dedup-cora/records.csv", "id", "cluster_id", .80},
		{"febrl 1", "dedup-febrl/dataset1.csv", "id", "cluster_id", 0},
		{"febrl 2", "dedup-febrl/dataset2.csv", "id", "cluster_id", 0},
		{"febrl 3", "dedup-febrl/dataset3.csv", "id", "cluster_id", 0},
		{"fake 1000", "dedup-splink-fake1000/fake_1000.csv", "unique_id", "cluster", 0},
		{"affiliations", "dedup-affiliations/records.csv", "id", "cluster_id", 0},
	} {
		t, err := datasets.LoadDedupe(s.file, s.key, s.truth)
		if err != nil {
			missing = err
			continue
		}
		sets = append(sets, single{s.name, s.bar, t.Header, t.Rows, t.Truth})
	}
	for _, name := range []string{"em-abt-buy", "em-dblp-acm"} {
		if s, err := stacked(name); err == nil {
			sets = append(sets, s)
		} else {
			missing = err
		}
	}
	for seed := uint64(1); seed <= 3; seed++ {
		sets = append(sets, made(fmt.Sprintf("demo catalogue, seed %d", seed), .95, synth.Options{Seed: seed, Rows: 2000}))
	}
	for seed := uint64(11); seed <= 12; seed++ {
		sets = append(sets, made(fmt.Sprintf("demo catalogue, seed %d, not looked at before", seed), 0, synth.Options{Seed: seed, Rows: 2000}))
	}
	sets = append(sets, made("the same, wild merchants, seed 1", 0, synth.Options{Seed: 1, Rows: 2000, Style: synth.Wild}))
	sets = append(sets, made("the same, no duplicates, seed 1", 0, synth.Options{Seed: 1, Rows: 2000, Duplicates: -1}))
	return sets, missing
}

func made(name string, bar float64, o synth.Options) single {
	t := synth.Catalogue(o)
	s := single{name: name, bar: bar, header: t.Header[1:]}
	for i, r := range t.Rows {
		s.rows = append(s.rows, r[1:])
		s.truth = append(s.truth, fmt.Sprint(t.Cluster[i]))
	}
	return s
}

// stacked puts the two tables of a link set on top of each other; the groups
// are the connected components of the true pairs.
func stacked(name string) (single, error) {
	l, err := datasets.LoadLink(name)
	if err != nil {
		return single{}, err
	}
	s := single{name: name + ", both tables stacked", header: l.Left.Header}
	s.rows = append(append(s.rows, l.Left.Rows...), l.Right.Rows...)
	parent := make([]int, len(s.rows))
	for i := range parent {
		parent[i] = i
	}
	find := func(x int) int {
		for parent[x] != x {
			x = parent[x]
		}
		return x
	}
	for p := range l.Truth {
		a, b := find(p[0]), find(p[1]+len(l.Left.Rows))
		parent[max(a, b)] = min(a, b)
	}
	for i := range parent {
		s.truth = append(s.truth, fmt.Sprint(find(i)))
	}
	return s, nil
}
