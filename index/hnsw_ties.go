package index

// INVARIANT ties: the tied links are mutual and make one tree over all nodes that
// are not free. Nothing prunes them, so level 0 is strongly connected.
//
// A new node is tied to the closest node that has room. A node takes part in at
// most m of the tree's links, so that no less than half of its list is left to be chosen freely.

// tie finds the parent of each node of the batch, in order.
func (b *batch) tie() {
	h := b.h
	b.parent = b.parent[:0]
	b.ties = map[uint32]uint8{}
	for i := range b.nodes {
		parent := none
		if i > 0 || h.entry != none {
			parent = b.room(i)
			b.ties[parent]++
		}
		if parent != none {
			b.ties[b.nodes[i]]++
		}
		b.parent = append(b.parent, parent)
	}
}

// room gives the first of the i-th node's planned links that can take a tie. When
// all are full it asks their neighbours in the tree, and theirs, and those of the
// entry: the tree of the graph has leaves, so there is always one.
func (b *batch) room(i int) uint32 {
	h := b.h
	queue := append([]uint32(nil), b.plans[b.at[i]]...)
	for _, node := range queue {
		if b.tieable(node) {
			return node
		}
	}
	if h.entry != none {
		queue = append(queue, h.entry)
	}
	seen := map[uint32]bool{}
	for n := 0; n < len(queue); n++ {
		node := queue[n]
		if b.tieable(node) {
			return node
		}
		for _, to := range h.list(node, 0)[:h.tied[node]] {
			if !seen[to] {
				seen[to] = true
				queue = append(queue, to)
			}
		}
	}
	return queue[0] // not reached: a tree has leaves
}

func (b *batch) tieable(node uint32) bool {
	return int(b.h.tied[node])+int(b.ties[node]) < b.h.m
}
