package label

import (
	"errors"
	"math"
	"path/filepath"
	"testing"

	"github.com/doppeldb/doppel/internal/datasets"
)

// TestPublicPairFiles reads the pair files of the public sets: none of them
// contradicts itself, and what a split keeps has the odds of the whole.
func TestPublicPairFiles(t *testing.T) {
	dir, err := datasets.Dir()
	if errors.Is(err, datasets.ErrMissing) {
		t.Skip(err)
	}
	for _, c := range []struct {
		set, file       string
		labels, matches int
	}{
		{"em-abt-buy", "train.csv", 5743, 616},
		{"em-amazon-google", "train.csv", 6874, 699},
		{"em-dblp-acm", "train.csv", 7417, 1332},
		{"em-fodors-zagats", "train.csv", 567, 66},
		{"wdc-computers", "train-small.csv", 2231, 557},
	} {
		l, err := datasets.LoadLink(c.set)
		if err != nil {
			t.Skip(err)
		}
		keys := NewKeys("tableA.csv", l.Left.Keys, "tableB.csv", l.Right.Keys)
		f, err := ReadFile(filepath.Join(dir, c.set, c.file), nil)
		if err != nil {
			t.Fatal(err)
		}
		s, err := f.Labels(keys)
		if err != nil || len(s.Labels) != c.labels || matches(s.Labels) != c.matches || len(s.Warnings) > 0 {
			t.Errorf("%s: %d labels, %d matches, %v, %v", c.set, len(s.Labels), matches(s.Labels), s.Warnings, err)
		}
		p, err := Split(keys.Sides(), s.Labels, SplitOptions{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		odds := func(l []Label) float64 { return float64(len(l)) / float64(matches(l)) }
		if o, want := odds(p.Held), odds(s.Labels); math.Abs(o-want) > .05*want {
			t.Errorf("%s: one match in %.2f is held out, one in %.2f of all", c.set, o, want)
		}
		t.Logf("%s: of %d labels %d train, %d are held out, %d left out", c.set, len(s.Labels), len(p.Train), len(p.Held), p.Dropped)
	}
}
