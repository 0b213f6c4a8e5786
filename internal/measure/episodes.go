package measure

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
)

// ErrEpisodes is returned when the classes are too few or too small for the
// episodes asked for.
var ErrEpisodes = errors.New("too few classes for the episodes")

// EpisodeOptions says what an episode is. The zero value is the default.
type EpisodeOptions struct {
	Ways    int // classes of an episode; 0 means 20
	Shots   int // supports of a class; 0 means 1
	Queries int // queries of a class; 0 means 1
	Runs    int // episodes; 0 means 1000
	Seed    uint64
	// Nearest compares a query with the nearest support of a class, in place of the mean
	// of its supports at unit length. With one shot they are the same.
	Nearest bool
	// Group, if not nil, is of each thing; the classes of an episode are of one group, as
	// the characters of one alphabet. A class must be of one group.
	Group []int
}

func (o EpisodeOptions) filled() EpisodeOptions {
	for _, f := range []struct {
		at    *int
		value int
	}{{&o.Ways, 20}, {&o.Shots, 1}, {&o.Queries, 1}, {&o.Runs, 1000}} {
		if *f.at == 0 {
			*f.at = f.value
		}
	}
	return o
}

// Validate gives [ErrEpisodes] for values that make no sense.
func (o EpisodeOptions) Validate() error {
	o = o.filled()
	if o.Ways < 2 || o.Shots < 1 || o.Queries < 1 || o.Runs < 1 {
		return fmt.Errorf("%w: %d ways, %d shots, %d queries, %d runs", ErrEpisodes, o.Ways, o.Shots, o.Queries, o.Runs)
	}
	return nil
}

// EpisodeResult is the accuracy over episodes.
type EpisodeResult struct {
	Accuracy float64
	// Between is the mean plus and minus 1.96 standard errors over episodes, as in
	// the papers (Snell et al. 2017); it says how well so many episodes tell the
	// accuracy on these classes, not how other classes would do.
	Between Interval
	Runs    int
	Classes int // that have enough things to be drawn
}

// Episodes classifies queries drawn from labelled vectors (n, dim), each of unit length or
// zero, class[i] being that of vector i: for each run Ways classes are drawn, of each Shots
// supports and Queries queries, and a query is right when its own class is the closest by
// cosine; a tie with another class is wrong. (Vinyals et al., Matching networks, NIPS 2016.)
// The same seed gives the same episodes for any vectors.
func Episodes(vectors []float32, dim int, class []int, o EpisodeOptions) (EpisodeResult, error) {
	if err := o.Validate(); err != nil {
		return EpisodeResult{}, err
	}
	o = o.filled()
	d, err := newDeck(class, o)
	if err != nil {
		return EpisodeResult{}, err
	}
	rng := rand.New(rand.NewPCG(o.Seed, 0x6570)) // "ep": a stream of its own
	sum, squares := 0.0, 0.0
	for range o.Runs {
		supports, queries := d.deal(rng, o)
		right := 0
		for w, qs := range queries {
			for _, q := range qs {
				if closest(vectors, dim, supports, q, o.Nearest) == w {
					right++
				}
			}
		}
		share := float64(right) / float64(o.Ways*o.Queries)
		sum += share
		squares += share * share
	}
	n := float64(o.Runs)
	r := EpisodeResult{Accuracy: sum / n, Runs: o.Runs, Classes: d.classes, Between: Interval{math.NaN(), math.NaN()}}
	if o.Runs > 1 {
		wide := 1.96 * math.Sqrt(max(0, squares-sum*sum/n)/(n-1)/n)
		r.Between = Interval{r.Accuracy - wide, min(1, r.Accuracy+wide)}
	}
	return r, nil
}

// deck is what episodes are dealt from: the members of classes, by group.
type deck struct {
	groups  [][][]int // group, class, members
	classes int
}

func newDeck(class []int, o EpisodeOptions) (*deck, error) {
	members, order := map[int][]int{}, []int(nil)
	for i, c := range class {
		if members[c] == nil {
			order = append(order, c)
		}
		members[c] = append(members[c], i)
	}
	d := &deck{}
	at := map[int]int{} // group to its place
	for _, c := range order {
		m := members[c]
		if len(m) < o.Shots+o.Queries {
			continue
		}
		d.classes++
		group := 0
		if o.Group != nil {
			group = o.Group[m[0]]
		}
		g, ok := at[group]
		if !ok {
			g = len(d.groups)
			at[group], d.groups = g, append(d.groups, nil)
		}
		d.groups[g] = append(d.groups[g], m)
	}
	most, kept := 0, d.groups[:0]
	for _, g := range d.groups {
		most = max(most, len(g))
		if len(g) >= o.Ways {
			kept = append(kept, g)
		}
	}
	if d.groups = kept; len(kept) == 0 {
		return nil, fmt.Errorf("%w: %d classes of %d or more pictures each are needed, and %d of %d classes are such",
			ErrEpisodes, o.Ways, o.Shots+o.Queries, most, len(order))
	}
	return d, nil
}

// deal draws the supports and queries of an episode, by way.
func (d *deck) deal(rng *rand.Rand, o EpisodeOptions) (supports, queries [][]int) {
	group := d.groups[rng.IntN(len(d.groups))]
	for _, c := range draw(rng, len(group), o.Ways) {
		places := draw(rng, len(group[c]), o.Shots+o.Queries)
		for i, p := range places {
			places[i] = group[c][p]
		}
		supports, queries = append(supports, places[:o.Shots]), append(queries, places[o.Shots:])
	}
	return supports, queries
}

// draw gives k different numbers below n, in the order drawn.
func draw(rng *rand.Rand, n, k int) []int {
	moved := map[int]int{} // of a list 0..n-1 that is shuffled as far as needed
	at := func(i int) int {
		if v, ok := moved[i]; ok {
			return v
		}
		return i
	}
	out := make([]int, k)
	for i := range out {
		j := i + rng.IntN(n-i)
		out[i] = at(j)
		moved[j] = at(i)
	}
	return out
}

// closest gives the way whose supports are closest to a query, -1 for a tie.
func closest(vectors []float32, dim int, supports [][]int, query int, nearest bool) int {
	q := vectors[query*dim : (query+1)*dim]
	best, way := math.Inf(-1), -1
	mean := make([]float64, dim)
	for w, own := range supports {
		score := math.Inf(-1)
		clear(mean)
		for _, s := range own {
			dot := 0.0
			for k, x := range vectors[s*dim : (s+1)*dim] {
				dot += float64(x) * float64(q[k])
				mean[k] += float64(x)
			}
			score = max(score, dot)
		}
		if !nearest {
			score = cosine(mean, q)
		}
		switch {
		case score > best:
			best, way = score, w
		case score == best:
			way = -1
		}
	}
	return way
}

// cosine of a mean and a unit vector; 0 where the mean has no direction.
func cosine(mean []float64, q []float32) float64 {
	dot, norm := 0.0, 0.0
	for k, x := range mean {
		dot += x * float64(q[k])
		norm += x * x
	}
	if norm == 0 {
		return 0
	}
	return dot / math.Sqrt(norm)
}
