package encoder

import "math/rand/v2"

// heldOut is one entity in so many.
const heldOut = 5

func matchesIn(pairs []Twin) (n int) {
	for _, p := range pairs {
		if p.Match {
			n++
		}
	}
	return n
}

// holdOut takes a part of the entities out of pairs for validation, with all
// that is labelled about them, so that no record is on both sides.
func holdOut(n int, pairs []Twin, seed uint64) (train, valid []Twin) {
	parent, matched := entities(n, pairs)
	held := func(row uint32) bool {
		root := find(parent, row)
		return matched[root] && rand.New(rand.NewPCG(seed, uint64(root))).IntN(heldOut) == 0
	}
	for _, p := range pairs {
		if held(p.Left) || held(p.Right) {
			valid = append(valid, p)
		} else {
			train = append(train, p)
		}
	}
	return train, valid
}

// entities gives the components of the matches, as [find] reads them, and which of them have a match.
func entities(n int, pairs []Twin) (parent []int32, matched map[int32]bool) {
	parent, matched = make([]int32, n), map[int32]bool{}
	for i := range parent {
		parent[i] = int32(i)
	}
	for _, p := range pairs {
		if p.Match {
			unite(parent, p.Left, p.Right)
		}
	}
	for _, p := range pairs {
		if p.Match {
			matched[find(parent, p.Left)] = true
		}
	}
	return parent, matched
}
