package encoder

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Sampling says what goes into a batch. The zero value is the default.
type Sampling uint8

// The ways to make a batch. In all but the second, every pair of the batch of which
// labels tell that it is no match is a non-match.
const (
	MatchesAndJudged Sampling = iota // matches, each with a labelled non-match of one of its records
	BalancedPairs                    // as many labelled matches as labelled non-matches; only labelled pairs count
	RandomMatches                    // matches alone: the others of the batch are the non-matches
	GroupsOfRecords                  // entities, PerGroup records of each
	MinedNeighbours                  // as the first, and after some epochs each with one of its nearest that is no match
)

var samplingNames = [...]string{
	MatchesAndJudged: "judged", BalancedPairs: "balanced", RandomMatches: "random", GroupsOfRecords: "groups", MinedNeighbours: "mined",
}

// Samplings lists all ways to make a batch.
func Samplings() []Sampling {
	all := make([]Sampling, len(samplingNames))
	for s := range all {
		all[s] = Sampling(s)
	}
	return all
}

// String gives the name as the command line spells it.
func (s Sampling) String() string {
	if int(s) < len(samplingNames) {
		return samplingNames[s]
	}
	return fmt.Sprintf("sampling(%d)", uint8(s))
}

// ParseSampling is the inverse of [Sampling.String]. It gives [ErrOptions].
func ParseSampling(s string) (Sampling, error) {
	for i, name := range samplingNames {
		if strings.EqualFold(s, name) {
			return Sampling(i), nil
		}
	}
	return 0, fmt.Errorf("%w: unknown sampling %q; use one of %s", ErrOptions, s, strings.Join(samplingNames[:], ", "))
}

// batcher makes the batches of an epoch: lists of different rows.
type batcher struct {
	t        *twins
	size     int // matches in a batch
	sampling Sampling
	perGroup int
	mined    [][]uint32 // per match, rows near it that are no match; nil before mining
}

// count is the number of batches of an epoch.
func (b *batcher) count() int {
	units, size := len(b.t.matches), b.size
	switch b.sampling {
	case GroupsOfRecords:
		units, size = len(b.t.groups), b.groupsInBatch()
	case BalancedPairs:
		size = max(1, b.size/2)
	}
	return max(1, units/size)
}

// groupsInBatch makes a batch as many records as one of matches.
func (b *batcher) groupsInBatch() int { return max(2, 2*b.size/b.perGroup) }

// epoch gives the batches, of equal size within one, every match or entity once.
func (b *batcher) epoch(r *rand.Rand) [][]uint32 {
	units := len(b.t.matches)
	if b.sampling == GroupsOfRecords {
		units = len(b.t.groups)
	}
	order, parts := r.Perm(units), b.count()
	batches := make([][]uint32, parts)
	for i := range batches {
		batches[i] = b.batch(r, order[units*i/parts:units*(i+1)/parts])
	}
	return batches
}

// batch collects the rows of some matches or, for groups, of some entities.
func (b *batcher) batch(r *rand.Rand, units []int) (rows []uint32) {
	here := map[uint32]bool{}
	add := func(list ...uint32) {
		for _, row := range list {
			if !here[row] {
				here[row] = true
				rows = append(rows, row)
			}
		}
	}
	if b.sampling == GroupsOfRecords {
		for _, g := range units {
			members := b.t.groups[g]
			for _, k := range r.Perm(len(members))[:min(b.perGroup, len(members))] {
				add(members[k])
			}
		}
		return rows
	}
	for _, m := range units {
		add(b.t.matches[m].Left, b.t.matches[m].Right)
	}
	for _, m := range units {
		switch b.sampling {
		case BalancedPairs:
			if n := len(b.t.judged); n > 0 {
				p := b.t.judged[r.IntN(n)]
				add(p.Left, p.Right)
			}
		case MatchesAndJudged, MinedNeighbours:
			add(b.judgedOf(r, b.t.matches[m])...)
		}
		if b.mined != nil && len(b.mined[m]) > 0 {
			add(b.mined[m][r.IntN(len(b.mined[m]))])
		}
	}
	return rows
}

// judgedOf gives a record that is labelled as another thing than one of the match, if there is one.
func (b *batcher) judgedOf(r *rand.Rand, match Twin) []uint32 {
	left, right := b.t.differ[match.Left], b.t.differ[match.Right]
	if len(left)+len(right) == 0 {
		return nil
	}
	k := r.IntN(len(left) + len(right))
	if k < len(left) {
		return left[k : k+1]
	}
	return right[k-len(left) : k-len(left)+1]
}
