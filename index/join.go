package index

import (
	"context"
	"fmt"
	"sync"
)

// joinExact is how many vectors are compared each with each: half a second of processor time with 256 dimensions. Up to there a partition
// saves nothing worth a miss.
const joinExact = 10_000

// A leaf is a smaller part of more vectors, so a vector follows one leader more for each followMore of them, up to mostFollowed: a dedupe of a
// million made-up products has F1 .9441 with three and .9478 with five, in 263 and 276 s.
const (
	followMore   = 200_000
	mostFollowed = 5
)

// SelfJoin finds for each of n vectors of dim numbers, row by row in vecs, up to k nearest others by [Cosine], closest first: the ID is the row, and at the
// same distance the lower one is first. It brings the vectors to unit length in place.
//
// Up to 10,000 vectors it compares each with each. More are compared within overlapping leaves (partition.go), which find .95 and more
// of the true neighbours in a quarter of the time that a graph of [HNSW] takes to be built and asked for every vector. The result does not
// depend on threads, 0 being one for each CPU. tick hears how far it is, out of all; it may be nil.
//
// It returns [ErrOptions] or [ErrDim] for sizes that do not fit, [ErrNotFinite] or [ErrZeroVector] with the row of such a vector, and the
// context's error when it ends.
func SelfJoin(ctx context.Context, vecs []float32, dim, k, threads int, tick func(done, all int)) ([][]Neighbour, error) {
	if err := (Options{Dim: dim}).Validate(); err != nil {
		return nil, err
	}
	if len(vecs)%dim != 0 || len(vecs)/dim > maxNodes {
		return nil, fmt.Errorf("%w: %d numbers for vectors of dimension %d", ErrDim, len(vecs), dim)
	}
	if k < 1 {
		return nil, fmt.Errorf("%w: %d nearest", ErrOptions, k)
	}
	n := len(vecs) / dim
	for i := range n {
		if err := Cosine.prepare(vecs[i*dim:][:dim]); err != nil {
			return nil, fmt.Errorf("vector %d: %w", i, err)
		}
	}
	k = min(k, max(0, n-1))
	members := make([]uint32, n)
	for i := range members {
		members[i] = uint32(i)
	}
	p := &partition{vecs: vecs, dim: dim, both: true, fan: min(mostFollowed, firstFollowed+n/followMore), share: leastLeaders, keep: k, limit: k}
	p.expect(n, members)
	all := n * p.fan
	var mu sync.Mutex
	ready := 0
	done := func(n int) {
		mu.Lock()
		defer mu.Unlock()
		if ready += n; tick != nil {
			tick(ready, all)
		}
	}
	err := error(nil)
	if n > joinExact {
		err = p.run(ctx, members, orAll(threads), done)
	} else if k > 0 {
		err = eachTile(ctx, (n+partitionTile-1)/partitionTile, orAll(threads), func() func(int) error {
			s := &splitter{partition: p}
			return func(t int) error {
				lo, hi := t*partitionTile, min(n, (t+1)*partitionTile)
				s.compare(members, vecs, lo, hi)
				done((hi - lo) * p.fan)
				return nil
			}
		})
	}
	if err != nil {
		return nil, err
	}
	return p.neighbours(), nil
}

// neighbours unpacks what was found.
func (p *partition) neighbours() [][]Neighbour {
	total := 0
	for _, near := range p.near {
		total += len(near)
	}
	room := make([]Neighbour, 0, total)
	out := make([][]Neighbour, len(p.near))
	for i, near := range p.near {
		at := len(room)
		for _, packed := range near {
			f := unpack(packed)
			room = append(room, Neighbour{ID: f.node, Distance: Cosine.distance(f.key)})
		}
		out[i] = room[at:len(room):len(room)]
	}
	return out
}
