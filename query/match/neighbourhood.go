package match

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/doppeldb/doppel/db"
)

// surroundings are the pairs among which a pair is judged: the candidates of all
// records, and each record's nearest in its own source, which are no matches where a
// source has no duplicates. Pairs that are asked about and no candidates
// are in pairs too, but are nobody's rivals: what is thought of a pair does not
// depend on which others are asked about.
type surroundings struct {
	pairs     []pairIDs // corpus numbers, ascending, left < right
	candidate []bool    // pair -> it is a rival to others
	cross     [][]int32 // record -> its candidate pairs with the other side; in a dedupe all
	own       [][]int32 // record -> its pairs inside its own source, nil in a dedupe
	symmetric bool
}

// ownNearest is how many neighbours each view gives in a record's own source.
const ownNearest = 5

// surround unites candidates, own pairs and asked pairs.
func surround(n, left int, candidates, own, asked []pairIDs) *surroundings {
	s := &surroundings{symmetric: left == n, cross: make([][]int32, n), own: make([][]int32, n)}
	s.pairs = slices.Concat(candidates, own, asked)
	slices.SortFunc(s.pairs, comparePairs)
	s.pairs = slices.Compact(s.pairs)
	s.candidate = make([]bool, len(s.pairs))
	for _, p := range candidates {
		k := s.find(p)
		s.candidate[k] = true
		s.cross[p.left], s.cross[p.right] = append(s.cross[p.left], int32(k)), append(s.cross[p.right], int32(k))
	}
	if s.symmetric {
		return s
	}
	for _, p := range own {
		k := s.find(p)
		s.own[p.left], s.own[p.right] = append(s.own[p.left], int32(k)), append(s.own[p.right], int32(k))
	}
	return s
}

// find gives the place of a pair, or -1.
func (s *surroundings) find(p pairIDs) int {
	k, ok := slices.BinarySearchFunc(s.pairs, p, comparePairs)
	if !ok {
		return -1
	}
	return k
}

// ownPairs lists each record's nearest of its own side by vector and by words.
func (r *run) ownPairs(ctx context.Context) ([]pairIDs, error) {
	if r.right == nil {
		return nil, nil
	}
	var all []pairIDs
	for _, side := range []struct {
		snap    *db.Snapshot
		from, n int
	}{{r.left, 0, r.corpus.left}, {r.right, r.corpus.left, r.corpus.right}} {
		lists, err := r.nearestInside(ctx, side.snap, side.from, side.n, ownNearest)
		if err != nil {
			return nil, err
		}
		for _, p := range unite(lists, nil, true) {
			all = append(all, pairIDs{p.left + uint32(side.from), p.right + uint32(side.from)})
		}
	}
	slices.SortFunc(all, comparePairs)
	return all, nil
}

// nearestInside lists the k nearest of every record of one source in that source, by vector and by words. The
// source is the records from, from+1, ... of the corpus.
func (r *run) nearestInside(ctx context.Context, snap *db.Snapshot, from, n, k int) ([][][]scored, error) {
	byVector, err := vectorNearest(ctx, snap, snap, k, true, r.opts.Threads, func(int) {})
	if err != nil {
		return nil, err
	}
	rows := r.corpus.views[viewRecordWords].sub(from, from+n)
	byWords, err := lexicalNearest(ctx, rows, rows.transpose(1<<idBits(r.corpus.len()), tooCommon(n)), n, k, true, r.opts.Threads)
	return [][][]scored{byVector, byWords}, err
}

// A standing is how a pair compares with its rivals by one similarity v.
type standing struct {
	rank   [2]float32 // ln(1 + rivals of this record that are more alike)
	margin [2]float32 // v less the best rival's, NaN without a rival
	free   [2]float32 // the same over rivals whose other record has no better partner than this one
	gap    [2]float32 // v less the mean of the record's three nearest of its own source
}

// bestOf is the best and second-best value among a record's candidate pairs.
type bestOf struct {
	first, second float32
	at            int32
}

// bests finds them for every record.
func (s *surroundings) bests(v []float32) []bestOf {
	out := make([]bestOf, len(s.cross))
	none := float32(math.Inf(-1))
	for x, list := range s.cross {
		b := bestOf{none, none, -1}
		for _, k := range list {
			switch {
			case v[k] > b.first:
				b.first, b.second, b.at = v[k], b.first, k
			case v[k] > b.second:
				b.second = v[k]
			}
		}
		out[x] = b
	}
	return out
}

// sameThing is the likeness from which two records of one source are taken for copies
// of each other: they say nothing about how alike different things are.
const sameThing = .999

// nulls gives each record's mean value over its three nearest of its own source, NaN without any. copies
// tells by the cosine of the words which of them are left out.
func (s *surroundings) nulls(v, words []float32) []float32 {
	out := make([]float32, len(s.own))
	var top []float32
	for x, list := range s.own {
		top = top[:0]
		for _, k := range list {
			if words[k] < sameThing {
				top = append(top, v[k])
			}
		}
		slices.SortFunc(top, func(a, b float32) int { return cmp.Compare(b, a) })
		var sum float32
		top = top[:min(3, len(top))]
		for _, y := range top {
			sum += y
		}
		out[x] = sum / float32(len(top)) // 0/0 is NaN
	}
	return out
}

// stand compares pair k with its rivals.
func (s *surroundings) stand(k int, v []float32, best []bestOf, null []float32) (st standing) {
	nan := float32(math.NaN())
	ids := s.pairs[k]
	for side, x := range [2]uint32{ids.left, ids.right} {
		higher, rival, free := 0, float32(math.Inf(-1)), float32(math.Inf(-1))
		for _, o := range s.cross[x] {
			if int(o) == k {
				continue
			}
			if v[o] > v[k] {
				higher++
			}
			rival = max(rival, v[o])
			other := s.pairs[o].left ^ s.pairs[o].right ^ x
			if best[other].first <= v[o] {
				free = max(free, v[o])
			}
		}
		st.rank[side] = float32(math.Log1p(float64(higher)))
		st.margin[side], st.free[side] = nan, nan
		if !math.IsInf(float64(rival), -1) {
			st.margin[side] = v[k] - rival
		}
		if !math.IsInf(float64(free), -1) {
			st.free[side] = v[k] - free
		}
		st.gap[side] = v[k] - null[x]
	}
	return st
}

// add writes the standing to a sheet. view names the similarity.
func (st *standing) add(s *clueSheet, symmetric bool, key, view string) {
	s.sides(symmetric, key, "rank", "rivals more alike by "+view, st.rank[0], st.rank[1])
	s.sides(symmetric, key, "margin", "lead over the best rival by "+view, st.margin[0], st.margin[1])
	s.sides(symmetric, key, "free", "lead over the best rival that is not better placed by "+view, st.free[0], st.free[1])
	if !symmetric {
		s.sides(symmetric, key, "own", "lead over the nearest of its own source by "+view, st.gap[0], st.gap[1])
	}
}

// detour is the best way from one record of a pair to the other over a third one: the largest, over the
// thirds, of the smaller of the two values. Many offers of one thing back each other.
func (s *surroundings) detour(k int, v []float32) (over [2]float32) {
	ids := s.pairs[k]
	for side, x := range [2]uint32{ids.left, ids.right} {
		y := ids.left ^ ids.right ^ x
		over[side] = float32(math.NaN())
		list := s.own[x]
		if s.symmetric {
			list = s.cross[x]
		}
		for _, o := range list {
			third := s.pairs[o].left ^ s.pairs[o].right ^ x
			if third == y {
				continue
			}
			if q := s.find(pairIDs{min(third, y), max(third, y)}); q >= 0 {
				if m := min(v[o], v[q]); !(m <= over[side]) {
					over[side] = m
				}
			}
		}
	}
	return over
}
