package vision

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/doppeldb/doppel/encoder/loss"
)

// ErrSet is returned for labelled pictures, or batches of them, that nothing can be learned from.
var ErrSet = errors.New("vision: cannot train on these pictures")

// Sampling says how a batch is made. The zero value is the default.
type Sampling uint8

// The samplings.
const (
	Classes  Sampling = iota // some classes, some pictures of each, all alike
	Episodes                 // the same with roles: supports and queries, for the prototype loss
)

var samplingNames = [...]string{Classes: "classes", Episodes: "episodes"}

// String gives the name as the command line spells it.
func (s Sampling) String() string {
	if int(s) < len(samplingNames) {
		return samplingNames[s]
	}
	return fmt.Sprintf("sampling(%d)", uint8(s))
}

// ParseSampling is the inverse of [Sampling.String]. It gives [ErrSet].
func ParseSampling(text string) (Sampling, error) {
	for s, name := range samplingNames {
		if strings.EqualFold(text, name) {
			return Sampling(s), nil
		}
	}
	return 0, fmt.Errorf("%w: unknown sampling %q; use one of %s", ErrSet, text, strings.Join(samplingNames[:], ", "))
}

// Batches says what a batch is made of.
type Batches struct {
	Sampling Sampling
	// Ways is how many classes a batch has, or all if there are fewer.
	Ways int
	// Shots is how many pictures a class has, or how many supports if the batch is an episode. A class with
	// fewer gives some of them more than once.
	Shots int
	// Queries is how many queries a class of an episode has.
	Queries int
	// Together is the share of the classes that are of one group, 0 to 1: classes of one alphabet are
	// harder to tell apart than any.
	Together float64
	// Turned takes a class turned by 90, 180 and 270 degrees for three further classes (Santoro et al., "Meta-Learning
	// with Memory-Augmented Neural Networks", ICML 2016). A batch has a class at one turn alone: an O turned is an O.
	Turned bool
}

// Validate gives [ErrSet] for values out of range.
func (b Batches) Validate() error {
	switch {
	case int(b.Sampling) >= len(samplingNames):
		return fmt.Errorf("%w: unknown sampling %d", ErrSet, b.Sampling)
	case b.Ways < 2 || b.Ways > maxBatch:
		return fmt.Errorf("%w: batches of %d classes: want 2 to %d", ErrSet, b.Ways, maxBatch)
	case b.Sampling == Classes && (b.Shots < 2 || b.Shots > maxBatch):
		return fmt.Errorf("%w: %d pictures of a class in a batch: want 2 to %d, for one has nothing to match", ErrSet, b.Shots, maxBatch)
	case b.Sampling == Episodes && (b.Shots < 1 || b.Queries < 1 || b.Shots > maxBatch || b.Queries > maxBatch):
		return fmt.Errorf("%w: episodes of %d supports and %d queries a class: want 1 to %d of each", ErrSet, b.Shots, b.Queries, maxBatch)
	case b.Ways*b.perClass() > maxBatch:
		return fmt.Errorf("%w: batches of %d pictures: want at most %d", ErrSet, b.Ways*b.perClass(), maxBatch)
	case !(b.Together >= 0 && b.Together <= 1):
		return fmt.Errorf("%w: a share of %v of the classes together: want 0 to 1", ErrSet, b.Together)
	}
	return nil
}

// maxBatch bounds the distances of a batch: 4096² of them.
const maxBatch = 4096

func (b Batches) perClass() int {
	if b.Sampling == Episodes {
		return b.Shots + b.Queries
	}
	return b.Shots
}

// drawn is one picture of a batch.
type drawn struct {
	picture int
	turn    int // quarter turns, 0 to 3
	way     int // its class within the batch
	support bool
}

// sampler makes batches of labelled pictures. A batch depends on the seed and the step alone, so that a
// run that goes on after an interruption sees the same ones.
type sampler struct {
	o        Batches
	seed     uint64
	pictures int
	classes  [][]int // class, its pictures
	groups   [][]int // group, its classes
}

// newSampler parts pictures by class; class[i] is that of picture i, group[i] its group; group may be nil.
// Classes are in the order of their first picture. name says in errors what a class is called.
func newSampler(class, group []int, name func(int) string, o Batches, seed uint64) (*sampler, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if group != nil && len(group) != len(class) {
		return nil, fmt.Errorf("%w: %d groups of %d pictures", ErrSet, len(group), len(class))
	}
	s := &sampler{o: o, seed: seed, pictures: len(class)}
	at, groupAt := map[int]int{}, map[int]int{}
	for i, c := range class {
		k, known := at[c]
		if !known {
			k = len(s.classes)
			at[c], s.classes = k, append(s.classes, nil)
			if group != nil {
				g, known := groupAt[group[i]]
				if !known {
					g = len(s.groups)
					groupAt[group[i]], s.groups = g, append(s.groups, nil)
				}
				s.groups[g] = append(s.groups[g], k)
			}
		} else if group != nil && group[i] != group[s.classes[k][0]] {
			return nil, fmt.Errorf("%w: class %s is in two groups", ErrSet, name(c))
		}
		s.classes[k] = append(s.classes[k], i)
	}
	return s, s.check(class, name)
}

// check wants two classes, and two pictures of each.
func (s *sampler) check(class []int, name func(int) string) error {
	switch len(s.classes) {
	case 0:
		return fmt.Errorf("%w: there are none", ErrSet)
	case 1:
		return fmt.Errorf("%w: all are of one class, %s: nothing tells what another class looks like; add at least one", ErrSet, name(class[0]))
	}
	var single []string
	for _, members := range s.classes {
		if len(members) == 1 {
			single = append(single, name(class[members[0]]))
		}
	}
	switch len(single) {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%w: class %s has one picture: add a second one, or leave the class out", ErrSet, single[0])
	}
	const most = 3
	more := ""
	if len(single) > most {
		more = fmt.Sprintf(" and %d more", len(single)-most)
		single = single[:most]
	}
	return fmt.Errorf("%w: classes %s%s have one picture each: add a second one, or leave them out", ErrSet, strings.Join(single, ", "), more)
}

// ways is how many classes a batch has.
func (s *sampler) ways() int { return min(s.o.Ways, len(s.classes)) }

// size is how many pictures a batch has.
func (s *sampler) size() int { return s.ways() * s.o.perClass() }

// steps is how many batches have as many pictures as there are.
func (s *sampler) steps() int { return max(1, (s.pictures+s.size()-1)/s.size()) }

// batch draws the batch of a step. Its order is one picture of every class, then the next of every class, supports
// first: any run of neighbours has many classes, which batch normalisation over a part of the batch relies on.
func (s *sampler) batch(step int) []drawn {
	rng := rand.New(rand.NewPCG(s.seed, uint64(step)))
	ways, each := s.ways(), s.o.perClass()
	out := make([]drawn, ways*each)
	for way, class := range s.draw(rng, ways) {
		for k, p := range s.members(rng, class.class, each) {
			out[k*ways+way] = drawn{p, class.turn, way, s.o.Sampling == Episodes && k < s.o.Shots}
		}
	}
	return out
}

// turnedClass is a class at one of its turns.
type turnedClass struct{ class, turn int }

// draw gives the classes of a batch, none twice: first those of one group, which are turned together, for the
// alphabet turned is an alphabet; then others.
func (s *sampler) draw(rng *rand.Rand, ways int) []turnedClass {
	out, taken := make([]turnedClass, 0, ways), map[int]bool{}
	if want := int(s.o.Together*float64(ways) + .5); want > 1 && len(s.groups) > 1 {
		// As likely as it has classes.
		first := rng.IntN(len(s.classes))
		group := s.groups[s.groupOf(first)]
		turn := s.turn(rng)
		for _, k := range rng.Perm(len(group))[:min(want, len(group))] {
			out, taken[group[k]] = append(out, turnedClass{group[k], turn}), true
		}
	}
	for _, c := range rng.Perm(len(s.classes)) {
		if len(out) == ways {
			break
		}
		if !taken[c] {
			out = append(out, turnedClass{c, s.turn(rng)})
		}
	}
	return out
}

func (s *sampler) turn(rng *rand.Rand) int {
	if !s.o.Turned {
		return 0
	}
	return rng.IntN(4)
}

// groupOf finds the group of the n-th class, counted group by group.
func (s *sampler) groupOf(n int) int {
	for g, classes := range s.groups {
		if n -= len(classes); n < 0 {
			return g
		}
	}
	return len(s.groups) - 1
}

// members draws each pictures of a class. If there are too few, they come again; but a support is
// never a query.
func (s *sampler) members(rng *rand.Rand, class, each int) []int {
	all := s.classes[class]
	order := rng.Perm(len(all))
	supports := 0
	if s.o.Sampling == Episodes {
		supports = min(s.o.Shots, len(all)-1)
	}
	out := make([]int, each)
	for k := range out {
		at := 0
		switch {
		case s.o.Sampling == Classes:
			at = k % len(all)
		case k < s.o.Shots:
			at = k % supports
		default:
			at = supports + (k-s.o.Shots)%(len(all)-supports)
		}
		out[k] = all[order[at]]
	}
	return out
}

// relate fills rel, (n, n), and support, (n), for the loss of a batch. Support stays as it is where the batch
// has no roles.
func relate(batch []drawn, rel []loss.Relation, support []bool) {
	for i, a := range batch {
		for j, b := range batch {
			switch {
			case i == j:
				rel[i*len(batch)+j] = loss.Masked
			case a.way == b.way:
				rel[i*len(batch)+j] = loss.Match
			default:
				rel[i*len(batch)+j] = loss.Differ
			}
		}
		if support != nil {
			support[i] = a.support
		}
	}
}
