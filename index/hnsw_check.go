package index

import (
	"fmt"
	"slices"
)

// check reads the whole graph. What it holds to be true:
//
//   - Every arena has the size of the node count; counts of states are right.
//   - Every id's node is live and lists the id, ascending and once; every vector of
//     a live node is one that could be stored, and no two live nodes have the same.
//   - A list has no gaps, no repetitions, no link to its own node, to a free one,
//     or to one that is not on the level. Free nodes have no links.
//   - INVARIANT ties (hnsw_ties.go), hence: every node is reached from the entry.
//   - The entry is on the highest level.
func (h *hnsw) check() error {
	h.settle()
	n := h.nodes()
	if len(h.vecs) != n*h.dim || len(h.links) != n*h.m0 || len(h.tied) != n || len(h.upperAt) != n {
		return fmt.Errorf("%w: arenas of different sizes for %d nodes", ErrCorrupt, n)
	}
	if h.quant.on && (len(h.quant.codes) != n*h.dim || len(h.quant.scales) != n) {
		return fmt.Errorf("%w: %d codes for %d nodes", ErrCorrupt, len(h.quant.scales), n)
	}
	for _, part := range []func() error{h.checkStates, h.checkPostings, h.checkLinks, h.checkTies, h.checkReach} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

func (h *hnsw) checkStates() error {
	var counts [3]int
	top, blocks := -1, 0
	for node, s := range h.state {
		if s > nodeTomb {
			return fmt.Errorf("%w: node %d is in state %d", ErrCorrupt, node, s)
		}
		counts[s]++
		level := h.level(uint32(node))
		if s != nodeFree {
			top = max(top, level)
		}
		if int(h.upperAt[node]) != blocks {
			return fmt.Errorf("%w: upper links of node %d are not in their place", ErrCorrupt, node)
		}
		blocks += level
	}
	if len(h.upper) != blocks*h.m {
		return fmt.Errorf("%w: %d upper links, want %d", ErrCorrupt, len(h.upper), blocks*h.m)
	}
	if counts[nodeFree] != len(h.free) || counts[nodeTomb] != h.tombs {
		return fmt.Errorf("%w: %d free nodes and %d tombstones, counted %d and %d", ErrCorrupt,
			counts[nodeFree], counts[nodeTomb], len(h.free), h.tombs)
	}
	if top < 0 {
		if h.entry != none {
			return fmt.Errorf("%w: an entry into an empty graph", ErrCorrupt)
		}
		return nil
	}
	if int(h.entry) >= h.nodes() || h.state[h.entry] == nodeFree || h.level(h.entry) != top || h.top != top {
		return fmt.Errorf("%w: entry %d is not on the highest level, %d", ErrCorrupt, h.entry, top)
	}
	return nil
}

func (h *hnsw) checkPostings() error {
	listed := 0
	vectors := sameTable{}
	for node, s := range h.state {
		if s != nodeLive {
			continue
		}
		if node >= len(h.post.first) || len(h.post.more) != len(h.post.first) {
			return fmt.Errorf("%w: live node %d has no id", ErrCorrupt, node)
		}
		ids := append([]uint32{h.post.first[node]}, h.post.others(uint32(node))...)
		for i, id := range ids {
			if at, ok := h.post.nodeOf[id]; !ok || int(at) != node || i > 0 && id <= ids[i-1] {
				return fmt.Errorf("%w: node %d lists id %d, which is at node %d (%t)", ErrCorrupt, node, id, at, ok)
			}
		}
		listed += len(ids)
		vec := h.vec(uint32(node))
		if !h.opts.Metric.stored(vec) {
			return fmt.Errorf("%w: the vector of id %d is not one that could be stored", ErrCorrupt, ids[0])
		}
		hash := hashVec(vec)
		if other, ok := vectors.find(h, vec, hash); ok {
			return fmt.Errorf("%w: nodes %d and %d have one vector", ErrCorrupt, other, node)
		}
		vectors.put(uint32(node), hash)
	}
	if listed != len(h.post.nodeOf) {
		return fmt.Errorf("%w: %d ids at nodes, %d in the map", ErrCorrupt, listed, len(h.post.nodeOf))
	}
	return nil
}

func (h *hnsw) checkLinks() error {
	for i, s := range h.state {
		node := uint32(i)
		for level := range h.level(node) + 1 {
			list := h.list(node, level)
			linked := h.linked(node, level)
			if s == nodeFree && len(linked) > 0 {
				return fmt.Errorf("%w: free node %d has links", ErrCorrupt, node)
			}
			for j, to := range linked {
				if int(to) >= h.nodes() || to == node || slices.Contains(linked[:j], to) ||
					h.state[to] == nodeFree || h.level(to) < level {
					return fmt.Errorf("%w: node %d has a bad link to %d on level %d", ErrCorrupt, node, to, level)
				}
			}
			for _, to := range list[len(linked):] {
				if to != none {
					return fmt.Errorf("%w: a gap in the links of node %d on level %d", ErrCorrupt, node, level)
				}
			}
			if level == 0 && int(h.tied[node]) > len(linked) {
				return fmt.Errorf("%w: %d of %d links of node %d are tied", ErrCorrupt, h.tied[node], len(linked), node)
			}
		}
	}
	return nil
}

// checkTies: links both ways, and as many as a tree has; that they connect all is
// left to checkReach.
func (h *hnsw) checkTies() error {
	total := 0
	for i := range h.state {
		node := uint32(i)
		total += int(h.tied[node])
		for _, to := range h.ties(node) {
			if !slices.Contains(h.ties(to), node) {
				return fmt.Errorf("%w: node %d is tied to %d, which does not know it", ErrCorrupt, node, to)
			}
		}
	}
	if want := 2 * max(0, h.live()+h.tombs-1); total != want {
		return fmt.Errorf("%w: %d tied links, want %d", ErrCorrupt, total, want)
	}
	return nil
}

// checkReach walks the ties from the entry.
func (h *hnsw) checkReach() error {
	if h.entry == none {
		return nil
	}
	met := make([]bool, h.nodes())
	met[h.entry] = true
	queue := []uint32{h.entry}
	for n := 0; n < len(queue); n++ {
		for _, to := range h.ties(queue[n]) {
			if !met[to] {
				met[to] = true
				queue = append(queue, to)
			}
		}
	}
	if want := h.live() + h.tombs; len(queue) != want {
		return fmt.Errorf("%w: %d of %d nodes are reached from the entry", ErrCorrupt, len(queue), want)
	}
	return nil
}

// ties gives the tied links of a node.
func (h *hnsw) ties(node uint32) []uint32 { return h.list(node, 0)[:h.tied[node]] }
