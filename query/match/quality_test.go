package match

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/datasets"
	"github.com/doppeldb/doppel/internal/synth"
	"github.com/doppeldb/doppel/query/label"
	"github.com/doppeldb/doppel/record"
)

// The gates of this file guard against regressions; what the figures are is
// measured by benchmarks/match. They skip where the public data is missing.

func loadLink(t *testing.T, name string) *datasets.Link {
	t.Helper()
	if testing.Short() {
		t.Skip("quality on public data")
	}
	l, err := datasets.LoadLink(name)
	if err != nil {
		t.Skipf("no quality gate without the public data: %v", err)
	}
	return l
}

func storeLink(t *testing.T, l *datasets.Link) []*db.Collection {
	t.Helper()
	schema := record.Infer(l.Left.Header, slices.Concat(l.Left.Rows, l.Right.Rows))
	return store(t, schema, l.Left.Rows, l.Right.Rows)
}

func TestLinkQuality(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		f1, recalls float64 // recalls: share of the true partners among the ten best of each view
	}{
		{"em-abt-buy", .92, .995},
		{"em-amazon-google", .66, .985},
		{"em-dblp-acm", .985, .999},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := loadLink(t, c.name)
			cs := storeLink(t, l)
			r, err := Link(context.Background(), cs[0], cs[1], Options{})
			if err != nil {
				t.Fatal(err)
			}
			checkLink(t, r, OneToOne)
			if q := PairQuality(r.Matches, l.Truth); q.F1() < c.f1 {
				t.Errorf("%v, want %v", q, c.f1)
			}
			lists, err := Candidates(context.Background(), cs[0], cs[1], Options{TopK: 10})
			if err != nil {
				t.Fatal(err)
			}
			found := 0
			for p := range l.Truth {
				if right := uint32(p[1]); slices.Contains(lists.ByVector[p[0]], right) || slices.Contains(lists.ByWords[p[0]], right) {
					found++
				}
			}
			if recall := float64(found) / float64(len(l.Truth)); recall < c.recalls {
				t.Errorf("%.4f of the partners are candidates, want %v", recall, c.recalls)
			}
		})
	}
}

func TestDedupeQuality(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file string
		f1   float64
	}{
		{"dedup-restaurant/records.csv", .90},
		{"dedup-cora/records.csv", .80},
	} {
		t.Run(c.file, func(t *testing.T) {
			if testing.Short() {
				t.Skip("quality on public data")
			}
			table, err := datasets.LoadDedupe(c.file, "id", "cluster_id")
			if err != nil {
				t.Skipf("no quality gate without the public data: %v", err)
			}
			r := dedupeRows(t, record.Infer(table.Header, table.Rows), table.Rows, Options{})
			if q := ClusterQuality(r.ClusterOf, table.Truth); q.F1() < c.f1 {
				t.Errorf("%v, want %v", q, c.f1)
			}
		})
	}
}

// The bar of the project is .95, measured in benchmarks/match.
func TestCatalogueQuality(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("three catalogues of 2,000 rows")
	}
	for seed := uint64(1); seed <= 3; seed++ {
		schema, rows, truth := catalogue(t, synth.Options{Seed: seed, Rows: 2000})
		r := dedupeRows(t, schema, rows, Options{})
		if q := ClusterQuality(r.ClusterOf, truth); q.F1() < .90 {
			t.Errorf("seed %d: %v", seed, q)
		}
	}
}

// Where nothing matches, next to nothing is accepted.
func TestNoOverlap(t *testing.T) {
	t.Parallel()
	abt, dblp := loadLink(t, "em-abt-buy").Left, loadLink(t, "em-dblp-acm").Left
	cut := func(rows [][]string) (out [][]string) { // title and description, title and authors
		for _, r := range rows {
			out = append(out, r[:2])
		}
		return out
	}
	if r := linkRows(t, schemaOf(t, "title:text about:text"), cut(abt.Rows), cut(dblp.Rows), Options{}); len(r.Matches) > 8 {
		t.Errorf("%d of %d products are articles: %v", len(r.Matches), len(abt.Rows), r.Matches)
	}
	var halves [2][][]string
	for k, i := range rand.New(rand.NewPCG(1, 1)).Perm(len(dblp.Rows)) {
		halves[k%2] = append(halves[k%2], dblp.Rows[i])
	}
	if r := linkRows(t, record.Infer(dblp.Header, dblp.Rows), halves[0], halves[1], Options{}); len(r.Matches) > 5 {
		t.Errorf("%d matches between halves of one bibliography", len(r.Matches))
	}
}

// The bars of the project are measured in benchmarks/er, over more seeds and sets; Abt-Buy has its floors
// in the tour of cmd/doppel, which trains on it.
func TestTrainQuality(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		f1, link float64
	}{{"em-fodors-zagats", .95, .95}} {
		t.Run(c.name, func(t *testing.T) {
			l := loadLink(t, c.name)
			cs := storeLink(t, l)
			m := mustTrain(t, cs, TrainSet{Train: publicLabels(t, l, "train"), Valid: publicLabels(t, l, "valid")}, TrainOptions{Seed: 1})
			test := publicLabels(t, l, "test")
			got, err := ScorePairs(context.Background(), cs[0], cs[1], test, m, Options{})
			if err != nil {
				t.Fatal(err)
			}
			var q Quality
			for k, x := range test {
				switch {
				case got.Match(k) && x.Match:
					q.TruePositives++
				case got.Match(k):
					q.FalsePositives++
				case x.Match:
					q.FalseNegatives++
				}
			}
			if q.F1() < c.f1 {
				t.Errorf("test pairs: %v, want %v", q, c.f1)
			}
			r, err := Link(context.Background(), cs[0], cs[1], Options{Model: m})
			if err != nil {
				t.Fatal(err)
			}
			checkLink(t, r, OneToOne)
			if q := PairQuality(r.Matches, l.Truth); q.F1() < c.link {
				t.Errorf("link: %v, want %v", q, c.link)
			}
		})
	}
}

// publicLabels reads a pair file of a public set.
func publicLabels(t *testing.T, l *datasets.Link, part string) []Label {
	t.Helper()
	f, err := label.ReadFile(filepath.Join(filepath.Dir(l.Left.Path), part+".csv"), nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Labels(label.NewKeys("tableA.csv", l.Left.Keys, "tableB.csv", l.Right.Keys))
	if err != nil {
		t.Fatal(err)
	}
	return s.Labels
}
