package label

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/internal/baseline"
)

// randomLabels makes things of one to four records, and non-matches between them.
func randomLabels(rng *rand.Rand, s Sides, things int) []Label {
	var out []Label
	seen := map[Label]bool{}
	of := func(r int) int { return r % things }
	for range 12 * things {
		l := Label{Left: uint32(rng.IntN(s.Left))}
		if s.Right > 0 {
			l.Right = uint32(rng.IntN(s.Right))
		} else if l.Right = uint32(rng.IntN(s.Left)); l.Left >= l.Right {
			continue
		}
		if rng.IntN(3) == 0 { // make it a match
			l.Right = l.Left
			if s.Right == 0 {
				if l.Right += uint32(things); int(l.Right) >= s.Left {
					continue
				}
			}
		}
		if seen[l] {
			continue
		}
		seen[l] = true
		a, b := int(l.Left), int(l.Right)
		l.Match = of(a) == of(b)
		out = append(out, l)
	}
	return out
}

func TestSplitKeepsEntitiesApart(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 1))
	for round := range 60 {
		things := 30 + rng.IntN(40)
		s := Sides{things, things}
		if round%2 == 1 {
			s = Sides{2*things + rng.IntN(things), 0}
		}
		labels := randomLabels(rng, s, things)
		opts := SplitOptions{Seed: uint64(round), Strict: round%3 == 0, Share: []float64{0, .2, .5}[rng.IntN(3)]}
		p, err := Split(s, labels, opts)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := Split(s, labels, opts); !reflect.DeepEqual(p, again) {
			t.Fatal("the same seed gave another split")
		}
		if n := len(p.Train) + len(p.Held) + p.Dropped; n != len(labels) {
			t.Fatalf("%d labels became %d", len(labels), n)
		}
		if matches(p.Train)+matches(p.Held) != matches(labels) {
			t.Fatal("a match is lost")
		}
		leak, err := FindLeak(context.Background(), s, p.Train, p.Held, nil, 0)
		if err != nil || leak.Leaks() || opts.Strict && leak.Records > 0 {
			t.Fatalf("strict %v: %+v, %v", opts.Strict, leak, err)
		}
		// No pair of training speaks of a thing that is held out.
		e, heldOut := newEntities(s, labels), map[int]bool{}
		for _, l := range p.Held {
			if a, _ := s.ends(l); l.Match {
				heldOut[e.of(a)] = true
			}
		}
		for _, l := range p.Train {
			if a, b := s.ends(l); heldOut[e.of(a)] || heldOut[e.of(b)] {
				t.Fatalf("training has %v of a held-out thing", l)
			}
		}
		share := opts.Share
		if share == 0 {
			share = .2
		}
		all, held := float64(matches(labels)), float64(matches(p.Held))
		if math.Abs(held-share*all) > 3 {
			t.Fatalf("%v of %v matches are held out, wanted %v", held, all, share)
		}
		if odds, want := float64(len(p.Held))/held, float64(len(labels))/all; !opts.Strict && math.Abs(odds-want) > .25*want {
			t.Fatalf("the odds are %.2f, of all labels %.2f", odds, want)
		}
	}
}

func TestSplitOfLittle(t *testing.T) {
	s := Sides{4, 4}
	one := []Label{{0, 0, true}, {1, 0, true}, {1, 1, true}, {2, 2, false}}
	if _, err := Split(s, one, SplitOptions{}); !errors.Is(err, ErrFew) {
		t.Errorf("one thing: %v", err)
	}
	two := append(slices.Clip(one), Label{3, 3, true})
	for seed := range uint64(8) {
		p, err := Split(s, two, SplitOptions{Seed: seed})
		if err != nil || matches(p.Train) == 0 || matches(p.Held) == 0 {
			t.Errorf("two things: %+v, %v", p, err)
		}
	}
	if _, err := Split(s, two, SplitOptions{Share: 1}); err == nil {
		t.Error("a share of 1 is taken")
	}
	if p, err := Split(s, nil, SplitOptions{}); err != nil || len(p.Train)+len(p.Held) > 0 {
		t.Errorf("no label: %+v, %v", p, err)
	}
}

func TestLeakByHand(t *testing.T) {
	s := Sides{4, 4}
	rows := [][]string{
		{"sony bravia kdl-40v3000"}, {"bose quietcomfort 2"}, {"SONY Bravia  KDL-40V3000"}, {"linksys router"},
		{"sony kdl40v3000 tv"}, {"bose headphones"}, {"coffee"}, {"tea"},
	}
	train := []Label{{0, 0, true}, {1, 2, false}}
	// The pair 1-2 again with another label; record 1 with it. Thing {0, 0} again
	// over right record 0. Left record 2 is left record 0 but for case.
	test := []Label{{1, 2, true}, {3, 0, true}, {2, 3, false}}
	l, err := FindLeak(context.Background(), s, train, test, rows, 1)
	if err != nil {
		t.Fatal(err)
	}
	// Test records: left 1, 3, 2; right 2, 0, 3. Also in training: left 1, right 2 and 0.
	if l.Pairs != 1 || l.Differ != 1 || l.Records != 3 || l.Of != 6 || l.Entities != 2 || l.EntitiesOf != 2 || !l.Leaks() {
		t.Errorf("%+v", l)
	}
	if len(l.Twins) != 1 || l.Twins[0].Test != 2 || l.Twins[0].Train != 0 || l.Twins[0].Cosine < .999 {
		t.Errorf("twins %+v", l.Twins)
	}
	text := strings.Join(l.Lines(func(r int) string { return fmt.Sprint("r", r) }), "\n")
	want := `1 test pair is also in training, 1 of them with another label
3 of 6 test records are in training pairs too, such as r1
2 of 2 things that match in the test have records in training, such as r1 (training) and r1 (test)
1 test record is not in training but nearly a record that is, such as r2 (test) and r0 (training), cosine 1.00`
	if text != want {
		t.Errorf("lines:\n%s\nwant:\n%s", text, want)
	}
	clean, err := FindLeak(context.Background(), s, train[:1], []Label{{3, 3, true}}, rows, 1)
	if err != nil || clean.Leaks() || clean.Records > 0 || len(clean.Lines(nil)) > 0 {
		t.Errorf("nothing in common: %+v, %v", clean, err)
	}
	if got, want := SeenBy(s, train, test), []Seen{BothSeen, HalfSeen, Unseen}; !slices.Equal(got, want) {
		t.Errorf("seen %v, want %v", got, want)
	}
}

func TestFromTruthByHand(t *testing.T) {
	// One table: a a b - a; near: 0-2, 1-2, 2-3 (not judged), 0-1 (a match).
	near := []baseline.Pair{{Left: 0, Right: 2, Sim: .9}, {Left: 1, Right: 2, Sim: .8}, {Left: 2, Right: 3, Sim: .7}, {Left: 0, Right: 1, Sim: .6}}
	got := FromTruth(Sides{5, 0}, []string{"a", "a", "b", "", "a"}, near, 1)
	if want := []Label{{0, 1, true}, {0, 2, false}, {0, 4, true}, {1, 2, false}, {1, 4, true}}; !slices.Equal(got, want) {
		t.Errorf("one table: %v, want %v", got, want)
	}
	// Two tables, left a b, right b a a: only pairs across.
	got = FromTruth(Sides{2, 3}, []string{"a", "b", "b", "a", "a"}, []baseline.Pair{{Left: 0, Right: 0}, {Left: 1, Right: 0}}, 1)
	if want := []Label{{0, 0, false}, {0, 1, true}, {0, 2, true}, {1, 0, true}}; !slices.Equal(got, want) {
		t.Errorf("two tables: %v, want %v", got, want)
	}
	// A large group does not give all its pairs, but ties every record to others.
	n := 100
	large := FromTruth(Sides{n, 0}, slices.Repeat([]string{"x"}, n), nil, 3)
	if len(large) != n*partnersPerRecord {
		t.Errorf("%d labels of one group of %d", len(large), n)
	}
	if e := newEntities(Sides{n, 0}, large); !e.same(0, n-1) || !e.same(3, 50) {
		t.Error("the group falls apart")
	}
	if again := FromTruth(Sides{n, 0}, slices.Repeat([]string{"x"}, n), nil, 3); !slices.Equal(again, large) {
		t.Error("the same seed gave other labels")
	}
	// Ten rivals to a record at the most.
	var many []baseline.Pair
	for r := range 30 {
		many = append(many, baseline.Pair{Left: 0, Right: uint32(r)})
	}
	truth := make([]string, 31)
	for i := range truth {
		truth[i] = fmt.Sprint(i)
	}
	if got := FromTruth(Sides{1, 30}, truth, many, 1); len(got) != rivalsPerRecord {
		t.Errorf("%d rivals", len(got))
	}
}
