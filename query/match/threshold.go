package match

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// estimate is what the scores say without labels: how many of the pairs are
// matches, and from which score on.
type estimate struct {
	matched   float64 // share of the records that have a partner, a cautious estimate
	threshold float64 // the score from which pairs are accepted; +Inf for none
	curve     curve   // score -> probability
	guessed   bool    // there was too little to learn from: see guess
	plain     bool    // scores are the share of the spelling that agrees: see guess
}

// decoys are scores that the best NON-match of a record could have. For a
// record with a partner that is its second-best score. For one without, it is
// extrapolated: when the upper tail of scores is exponential, the gaps between
// the largest are independent with E[s1-s2] = 2 E[s2-s3] (Rényi 1953), so
// s2 + 2 (s2 - s3) has the mean of the best, and a heavier tail. Which share of the
// records is of which sort is what the estimate finds; no label and no tuned
// constant enters. NB: it holds where records differ in level by more than their
// candidates do, as the public sets do. Where all records have the same chance
// scores, the share of partners is overrated: see the tests.
type decoys struct {
	second, extrapolated []float64 // each ascending
}

func newDecoys(second, third []float64) decoys {
	d := decoys{second: second, extrapolated: make([]float64, len(second))}
	for i := range second {
		d.extrapolated[i] = second[i] + 2*(second[i]-third[i])
	}
	slices.Sort(d.second)
	slices.Sort(d.extrapolated)
	return d
}

// survival is the share of decoys at or above t when a share alone of the
// records has no partner.
func (d decoys) survival(t, alone float64) float64 {
	m := float64(len(d.second))
	return ((1-alone)*float64(atLeast(d.second, t)) + alone*float64(atLeast(d.extrapolated, t))) / m
}

func atLeast(ascending []float64, t float64) int {
	return len(ascending) - sort.SearchFloat64s(ascending, t)
}

const (
	// upperPart of the decoys is where matches are counted: below it, nearly
	// everything is a non-match and the count says nothing. Flat from .5 to .9.
	upperPart = .7
	// littleMatched is the share of partners below which expected F1 is no guide
	// and each pair has to be more likely a match than not.
	littleMatched = .05
)

// estimateLink finds the threshold for assigned pairs with the scores v, descending, out
// of the records of the smaller side, n of them.
func estimateLink(v []float64, n int, d decoys) estimate {
	if len(v) == 0 {
		return estimate{threshold: math.Inf(1)}
	}
	alone := shareAlone(v, n, d)
	e := estimate{matched: 1 - alone, threshold: math.Inf(1)}
	if alone >= 1 {
		return e
	}
	e.curve = fitCurve(v, n, d, alone)
	if e.matched >= littleMatched {
		e.threshold = bestF1(v, n, d, alone)
		return e
	}
	for _, t := range v {
		if e.curve.at(t) >= .5 {
			e.threshold = t
		}
	}
	return e
}

// guess is the estimate where no record has three candidates and nothing can
// be learned about chance: half of the spelling has to agree. Scores are then
// replaced by that likeness.
func guess(likeness []float32, sc *score) estimate {
	for p := range sc.s {
		sc.s[p] = float64(likeness[p])
	}
	return estimate{threshold: .5, curve: curve{x: []float64{0, 1}, y: []float64{0, 1}}, guessed: true, plain: true}
}

// shareAlone finds the share of records without a partner: for each threshold
// the pairs above it that decoys do not explain are matches. The lower bound is one
// standard error below, the largest over all thresholds counts.
func shareAlone(v []float64, n int, d decoys) float64 {
	alone, size := 0.0, float64(n)
	for range 20 {
		matched := math.Inf(-1)
		for i, t := range v {
			s := d.survival(t, alone)
			if s > upperPart {
				continue
			}
			above := float64(i + 1)
			matched = max(matched, (above-size*s-math.Sqrt(size*s*(1-s)))/(size*(1-s)))
		}
		next := 1 - min(1, max(0, matched)) // no threshold counted: all alone
		if math.Abs(next-alone) < 1e-3 {
			return next
		}
		alone = next
	}
	return alone
}

// bestF1 is the score that maximises the expected F1, the highest of equals.
func bestF1(v []float64, n int, d decoys, alone float64) float64 {
	size := float64(n)
	best, at := -1.0, math.Inf(1)
	for i, t := range v {
		accepted := float64(i + 1)
		wrong := min(accepted, alone*size*d.survival(t, alone))
		if f := 2 * (accepted - wrong) / (accepted + (1-alone)*size); f > best {
			best, at = f, t
		}
	}
	return at
}

// curve maps a score to a probability: isotonic regression (pool adjacent
// violators), straight lines between the middles of its blocks.
type curve struct{ x, y []float64 }

// fitCurve pools real pairs with decoys in the numbers that the estimate
// expects. Where real pairs are a share q of the pool, 1/q - 1 decoys stand
// against each of them, and those are the non-matches among the real ones.
func fitCurve(v []float64, n int, d decoys, alone float64) curve {
	type point struct{ x, real, weight float64 }
	m := float64(len(d.second))
	points := make([]point, 0, len(v)+2*len(d.second))
	for _, x := range d.second {
		points = append(points, point{x, 0, (1 - alone) * alone * float64(n) / m})
	}
	for _, x := range d.extrapolated {
		points = append(points, point{x, 0, alone * alone * float64(n) / m})
	}
	for _, x := range v {
		points = append(points, point{x, 1, 1})
	}
	slices.SortStableFunc(points, func(a, b point) int { return cmp.Compare(a.x, b.x) })
	type block struct{ x, real, weight float64 }
	var blocks []block
	for _, p := range points {
		if p.weight == 0 {
			continue
		}
		blocks = append(blocks, block{p.x * p.weight, p.real * p.weight, p.weight})
		for k := len(blocks) - 1; k > 0 && blocks[k-1].real*blocks[k].weight >= blocks[k].real*blocks[k-1].weight; k-- {
			b := blocks[k]
			blocks = blocks[:k]
			blocks[k-1] = block{blocks[k-1].x + b.x, blocks[k-1].real + b.real, blocks[k-1].weight + b.weight}
		}
	}
	var c curve
	for _, b := range blocks {
		// Half a pair on either side keeps a block of n pairs from claiming more than n can say.
		q := (b.real + .5) / (b.weight + 1)
		p := min(1, max(0, 2-1/q))
		if k := len(c.y); k > 0 {
			p = max(p, c.y[k-1])
		}
		c.x, c.y = append(c.x, b.x/b.weight), append(c.y, p)
	}
	return c
}

// at is the probability of score s.
func (c curve) at(s float64) float64 {
	n := len(c.x)
	if n == 0 {
		return 0
	}
	k := sort.SearchFloat64s(c.x, s)
	switch {
	case k == 0:
		return c.y[0]
	case k == n:
		return c.y[n-1]
	}
	w := (s - c.x[k-1]) / (c.x[k] - c.x[k-1])
	return c.y[k-1] + w*(c.y[k]-c.y[k-1])
}
