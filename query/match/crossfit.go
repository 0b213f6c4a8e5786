package match

import (
	"context"
	"math/rand/v2"
	"slices"
)

// scorerFolds is how many parts the labelled pairs are dealt out to: each part is judged by learners that
// were fitted on the others. F1 and average precision of Amazon-Google pairs that were held out, four parts of the training and
// validation pairs, by 4 folds .797 and .883, by 8 .802 and .884, which takes 2.3 times as long.
const scorerFolds = 5

// foldNets is how many networks a fold has.
const foldNets = 2

// crossFit fits one blend per fold on the rows outside it, and gives the log-odds of each row by the
// blend that has not seen it.
func crossFit(ctx context.Context, all *sample, fold []int, seed uint64, threads int) ([]*blend, []float64, error) {
	k := slices.Max(fold) + 1
	blends := make([]*blend, k)
	m := fitMapping(all.x, all.width)
	own := make([]float64, all.rows())
	for f := range k {
		var in, out []int
		for r, g := range fold {
			if g == f {
				out = append(out, r)
			} else {
				in = append(in, r)
			}
		}
		var err error
		if blends[f], err = trainBlend(ctx, m, all.pick(in), foldNets, threads, seed*16+uint64(f)); err != nil {
			return nil, nil, err
		}
		seen := all.pick(out)
		for n, z := range meanLogits(blends[f:f+1], seen.x, seen.words) {
			own[out[n]] = z
		}
	}
	return blends, own, nil
}

// folds deals the rows out to k parts, each class evenly, at random.
func folds(y []bool, k int, seed uint64) []int {
	rng := rand.New(rand.NewPCG(seed, 0x666f6c64))
	of := make([]int, len(y))
	for _, class := range classRows(y) {
		rng.Shuffle(len(class), func(i, j int) { class[i], class[j] = class[j], class[i] })
		for n, r := range class {
			of[r] = n % k
		}
	}
	return of
}

// validFolds deals validation pairs out to k parts by thing: the records that matches tie together stay in one
// part. So a validation pair is judged by learners that have seen as much of its records as they have seen
// of those of a later pair: what the training pairs tell, and nothing from the other validation pairs.
func (d *dossier) validFolds(valid judged, k int, seed uint64) []int {
	parent := map[uint32]uint32{}
	find := func(x uint32) uint32 {
		for {
			up, ok := parent[x]
			if !ok {
				return x
			}
			x = up
		}
	}
	for n, p := range valid.pairs {
		if a, b := find(d.pairs[p].left), find(d.pairs[p].right); valid.match[n] && a != b {
			parent[max(a, b)] = min(a, b)
		}
	}
	rows, matched := map[uint32][]int{}, map[uint32]bool{}
	for n, p := range valid.pairs {
		thing := find(d.pairs[p].left)
		rows[thing] = append(rows[thing], n)
		matched[thing] = matched[thing] || valid.match[n]
	}
	rng := rand.New(rand.NewPCG(seed, 0x76616c69))
	of := make([]int, len(valid.pairs))
	for _, with := range []bool{true, false} {
		var things []uint32
		for thing := range rows {
			if matched[thing] == with {
				things = append(things, thing)
			}
		}
		slices.Sort(things) // a map has no order
		rng.Shuffle(len(things), func(i, j int) { things[i], things[j] = things[j], things[i] })
		for n, thing := range things {
			for _, r := range rows[thing] {
				of[r] = n % k
			}
		}
	}
	return of
}
