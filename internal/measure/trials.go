package measure

import (
	"math/rand/v2"
	"slices"
)

// Trials are pairs of things with what is true of them: Left[i] and Right[i] are
// positions in the caller's list.
type Trials struct {
	Left, Right []int
	Same        []bool
}

// Len is the number of pairs.
func (t *Trials) Len() int { return len(t.Same) }

func (t *Trials) add(left, right int, same bool) {
	t.Left, t.Right, t.Same = append(t.Left, left), append(t.Right, right), append(t.Same, same)
}

// Genuine counts the pairs that are the same.
func (t *Trials) Genuine() int { return hits(t.Same) }

// NewTrials pairs things of classes, class[i] being that of thing i: the same class
// is genuine, two classes are an impostor's pair. Where there are more than most of
// either kind, so many are drawn without replacement; most 0 means all. Pairs come in the
// order of their positions, the smaller one left. The same seed gives the same pairs.
func NewTrials(class []int, most int, seed uint64) *Trials {
	members := map[int][]int{}
	for i, c := range class {
		members[c] = append(members[c], i)
	}
	same := 0
	for _, m := range members {
		same += len(m) * (len(m) - 1) / 2
	}
	all := len(class) * (len(class) - 1) / 2
	rng := rand.New(rand.NewPCG(seed, 0x7472)) // "tr": a stream of its own
	keep := [2]sampler{{have: all - same, want: all - same, rng: rng}, {have: same, want: same, rng: rng}}
	if most > 0 {
		for k := range keep {
			keep[k].want = min(keep[k].want, most)
		}
	}
	t := &Trials{}
	for i := range class {
		for j := i + 1; j < len(class); j++ {
			if match := class[i] == class[j]; keep[side(match)].takes() {
				t.add(i, j, match)
			}
		}
	}
	return t
}

// sampler chooses want of the have that are still to come, each set as likely as
// every other (selection sampling, Knuth 3.4.2 S).
type sampler struct {
	have, want int
	rng        *rand.Rand
}

func (s *sampler) takes() bool {
	take := s.want == s.have || s.want > 0 && s.rng.IntN(s.have) < s.want
	s.have--
	if take {
		s.want--
	}
	return take
}

// Entities gives the identities of the pairs for [Bootstrap]; class is that of
// each thing.
func (t *Trials) Entities(class []int) Entities {
	e := Entities{Left: make([]int, t.Len()), Right: make([]int, t.Len())}
	for i := range t.Same {
		e.Left[i], e.Right[i] = class[t.Left[i]], class[t.Right[i]]
	}
	if len(class) > 0 {
		e.N = slices.Max(class) + 1
	}
	return e
}
