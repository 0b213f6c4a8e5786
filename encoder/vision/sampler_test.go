package vision

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/encoder/loss"
	"github.com/doppeldb/doppel/record/picture"
)

// labelled gives n pictures of each class, ten classes a group.
func labelled(classes, n int) (class, group []int) {
	for c := range classes {
		for range n {
			class, group = append(class, c), append(group, c/10)
		}
	}
	return class, group
}

func number(c int) string { return fmt.Sprint(c) }

func mustSampler(t *testing.T, class, group []int, o Batches) *sampler {
	t.Helper()
	s, err := newSampler(class, group, number, o, 5)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestBatchesOfClasses(t *testing.T) {
	class, group := labelled(40, 7)
	s := mustSampler(t, class, group, Batches{Ways: 12, Shots: 4, Together: .5, Turned: true})
	if s.size() != 48 || s.steps() != 6 {
		t.Errorf("batches of %d, %d of them", s.size(), s.steps())
	}
	turns, seen := map[int]int{}, map[int]bool{}
	for step := range 200 {
		batch := s.batch(step)
		pictures, classOf, turnOf, groups := map[int]bool{}, map[int]int{}, map[int]int{}, map[int]int{}
		for i, d := range batch {
			if pictures[d.picture] {
				t.Fatalf("step %d: picture %d twice", step, d.picture)
			}
			pictures[d.picture], seen[d.picture] = true, true
			if d.way != i%12 || d.support {
				t.Fatalf("step %d: place %d is %+v", step, i, d)
			}
			if c, known := classOf[d.way]; known && (c != class[d.picture] || turnOf[d.way] != d.turn) {
				t.Fatalf("step %d: way %d is of two classes or turns", step, d.way)
			}
			classOf[d.way], turnOf[d.way] = class[d.picture], d.turn
		}
		distinct := map[int]bool{}
		for way, c := range classOf {
			distinct[c] = true
			groups[c/10]++
			turns[turnOf[way]]++
		}
		if len(distinct) != 12 {
			t.Fatalf("step %d: %d classes of 12", step, len(distinct))
		}
		most := 0
		for _, n := range groups {
			most = max(most, n)
		}
		if most < 6 {
			t.Fatalf("step %d: no group has half of the classes: %v", step, groups)
		}
	}
	if len(seen) != len(class) {
		t.Errorf("%d of %d pictures seen", len(seen), len(class))
	}
	for turn := range 4 {
		if n := turns[turn]; n < 2400/4*3/4 || n > 2400/4*5/4 {
			t.Errorf("turn %d: %d of 2400", turn, n)
		}
	}
}

// A batch depends on seed and step, on nothing that was drawn before.
func TestBatchesDependOnSeedAndStep(t *testing.T) {
	class, group := labelled(30, 5)
	o := Batches{Ways: 6, Shots: 3, Together: .5, Turned: true}
	s, again := mustSampler(t, class, group, o), mustSampler(t, class, group, o)
	for step := range 20 {
		s.batch(step)
	}
	if !reflect.DeepEqual(s.batch(7), again.batch(7)) {
		t.Error("step 7 depends on the steps before")
	}
	if reflect.DeepEqual(s.batch(7), s.batch(8)) {
		t.Error("two steps are alike")
	}
	other, err := newSampler(class, group, number, o, 6)
	if err != nil || reflect.DeepEqual(s.batch(7), other.batch(7)) {
		t.Errorf("two seeds are alike, or %v", err)
	}
}

func TestBatchesOfEpisodes(t *testing.T) {
	class, _ := labelled(10, 3)
	for _, c := range []struct{ shots, queries int }{{1, 2}, {2, 1}, {5, 4}, {1, 1}} { // also more than a class has
		s := mustSampler(t, class, nil, Batches{Sampling: Episodes, Ways: 5, Shots: c.shots, Queries: c.queries})
		for step := range 30 {
			batch := s.batch(step)
			if len(batch) != 5*(c.shots+c.queries) {
				t.Fatalf("%d pictures", len(batch))
			}
			role := map[int]bool{}
			for i, d := range batch {
				if d.support != (i < 5*c.shots) {
					t.Fatalf("place %d: %+v", i, d)
				}
				if was, known := role[d.picture]; known && was != d.support {
					t.Fatalf("%d and %d: picture %d is support and query", c.shots, c.queries, d.picture)
				}
				role[d.picture] = d.support
			}
		}
	}
}

// Few classes, small classes and one group alone give smaller or repeating batches, and never hang.
func TestSmallSets(t *testing.T) {
	class, group := labelled(3, 2)
	s := mustSampler(t, class, group, Batches{Ways: 50, Shots: 5, Together: 1, Turned: true})
	batch := s.batch(0)
	if len(batch) != 15 || s.steps() != 1 {
		t.Fatalf("%d pictures, %d steps", len(batch), s.steps())
	}
	class, group = labelled(40, 2)
	s = mustSampler(t, class, group, Batches{Ways: 30, Shots: 2, Together: 1})
	if got := len(s.batch(3)); got != 60 {
		t.Errorf("%d pictures where a group is smaller than the batch", got)
	}
}

func TestSamplerErrors(t *testing.T) {
	good := Batches{Ways: 5, Shots: 2}
	for _, c := range []struct {
		name         string
		class, group []int
		o            Batches
		say          string
	}{
		{"none", nil, nil, good, "there are none"},
		{"one class", []int{7, 7, 7}, nil, good, "one class, 7"},
		{"one picture", []int{1, 1, 2, 3, 3}, nil, good, "class 2 has one picture"},
		{"one picture each", []int{1, 2, 3, 4, 5}, nil, good, "classes 1, 2, 3 and 2 more have one picture each"},
		{"two groups", []int{1, 1, 2, 2}, []int{0, 1, 0, 0}, good, "class 1 is in two groups"},
		{"groups of others", []int{1, 1, 2, 2}, []int{0}, good, "1 groups of 4 pictures"},
		{"one way", []int{1, 1, 2, 2}, nil, Batches{Ways: 1, Shots: 2}, "batches of 1 classes"},
		{"one shot", []int{1, 1, 2, 2}, nil, Batches{Ways: 2, Shots: 1}, "one has nothing to match"},
		{"no query", []int{1, 1, 2, 2}, nil, Batches{Sampling: Episodes, Ways: 2, Shots: 1}, "0 queries"},
		{"too many", []int{1, 1, 2, 2}, nil, Batches{Ways: 4096, Shots: 4096}, "at most 4096"},
		{"share", []int{1, 1, 2, 2}, nil, Batches{Ways: 2, Shots: 2, Together: 1.5}, "share of 1.5"},
		{"sampling", []int{1, 1, 2, 2}, nil, Batches{Sampling: 9, Ways: 2, Shots: 2}, "unknown sampling 9"},
	} {
		_, err := newSampler(c.class, c.group, number, c.o, 1)
		if !errors.Is(err, ErrSet) || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for _, s := range []Sampling{Classes, Episodes} {
		if got, err := ParseSampling(s.String()); err != nil || got != s {
			t.Errorf("%v: %v, %v", s, got, err)
		}
	}
	if _, err := ParseSampling("pairs"); !errors.Is(err, ErrSet) || Sampling(9).String() != "sampling(9)" {
		t.Errorf("a sampling that is none: %v", err)
	}
}

func TestSamePictureInTwoClasses(t *testing.T) {
	grey := func(w, h int, pix ...byte) *picture.Raster {
		return &picture.Raster{Width: w, Height: h, Channels: 1, Pix: pix}
	}
	name := func(c int) string { return []string{"cat", "dog"}[c] }
	fine := []*picture.Raster{grey(2, 1, 1, 2), grey(1, 2, 1, 2), grey(2, 1, 1, 2), grey(2, 1, 2, 1)}
	if err := checkCopies(fine, []int{0, 1, 0, 1}, name); err != nil {
		t.Error(err)
	}
	err := checkCopies(fine, []int{0, 1, 1, 1}, name)
	if !errors.Is(err, ErrSet) || !strings.Contains(err.Error(), "picture 2 of class dog is the same as picture 1 of class cat") {
		t.Error(err)
	}
}

func TestRelate(t *testing.T) {
	batch := []drawn{{way: 0, support: true}, {way: 1, support: true}, {way: 0}}
	rel, support := make([]loss.Relation, 9), make([]bool, 3)
	relate(batch, rel, support)
	const x, m, d = loss.Masked, loss.Match, loss.Differ
	if want := []loss.Relation{x, d, m, d, x, d, m, d, x}; !slices.Equal(rel, want) || !slices.Equal(support, []bool{true, true, false}) {
		t.Errorf("%v %v", rel, support)
	}
	relate(batch, rel, nil)
}

func TestTurn(t *testing.T) {
	src := []float32{1, 2, 3, 4} // 1 2 / 3 4
	for quarters, want := range [][]float32{{1, 2, 3, 4}, {3, 1, 4, 2}, {4, 3, 2, 1}, {2, 4, 1, 3}} {
		dst := make([]float32, 4)
		turnBy(dst, src, 2, 1, quarters)
		if !slices.Equal(dst, want) {
			t.Errorf("%d quarters: %v, want %v", quarters, dst, want)
		}
	}
	colour, back := testPlane(5, 5, 3), make([]float32, 75)
	turned := make([]float32, 75)
	turnBy(turned, colour, 5, 3, 1)
	turnBy(back, turned, 5, 3, 3)
	if !slices.Equal(back, colour) {
		t.Error("a quarter forth and back changes the picture")
	}
}
