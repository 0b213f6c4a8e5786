package match

import (
	"cmp"
	"context"
	"slices"

	"github.com/doppeldb/doppel/db"
)

// Dedupe groups the records of a collection that are the same thing.
//
// Where the collection has no encoder, one is fitted on its records and
// stored. Records with equal values in every compared field are one thing
// without further question; a record with no value to compare is alone. The
// result depends on the records, the options and the machine, not on the
// number of threads.
func Dedupe(ctx context.Context, c *db.Collection, opts Options) (*Result, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	if opts.Model != nil && opts.Model.Scorer != nil {
		return dedupeWithModel(ctx, c, opts)
	}
	if opts.Model != nil {
		if err := opts.Model.adopt(ctx, c); err != nil {
			return nil, err
		}
	}
	opts.TopK = usualTopK(opts.TopK, nil)
	d := &dedupe{run: newRun(opts)}
	if err := d.prepare(ctx, c); err != nil {
		return nil, err
	}
	if err := d.candidates(ctx); err != nil {
		return nil, err
	}
	if err := d.align(ctx); err != nil {
		return nil, err
	}
	return d.group(ctx)
}

// dedupe is a run over the distinct records of one collection.
type dedupe struct {
	*run
	whole       *db.Snapshot // all records
	copies      [][]uint32   // distinct record -> its records, ascending
	byVector    *nearLists
	like        *likeness
	outlines    *outlines // of the pairs that could ever be accepted
	s           []float32 // likeness of each pair
	first       []int     // record -> its first pair
	distinctIDs []int     // record -> distinct record, made when first asked for
}

// prepare loads the records, keeps one of each set of equals, and finds the
// neighbours of each by vector.
func (d *dedupe) prepare(ctx context.Context, c *db.Collection) error {
	d.begin("encode")
	fresh, err := fitted(ctx, c, d.opts.Threads)
	if err != nil {
		return err
	}
	d.begin("read")
	in := intake{run: d.run, twins: newTwins(c.Schema())}
	if fresh != nil {
		d.whole, err = fresh, in.encodeAll(ctx, fresh)
	} else {
		d.whole, err = in.load(ctx, c)
	}
	if err != nil {
		return err
	}
	d.result.Left, d.result.Right = d.whole, d.whole
	d.result.Stats.LeftRecords = d.whole.Len()
	d.left, d.copies = in.twins.distinct(d.whole)
	d.begin("candidates")
	d.opts.TopK = min(d.opts.TopK, max(1, d.left.Len()))
	if in.finder == nil { // no record
		return nil
	}
	tick := func(done, all int) { d.progress(int(int64(d.left.Len())*int64(done)/int64(all)), 2*d.left.Len()) }
	d.byVector, err = in.finder.nearest(ctx, d.opts.TopK, d.opts.Threads, tick)
	return err
}

// candidates unites each record's nearest by vector and by words.
func (d *dedupe) candidates(ctx context.Context) (err error) {
	if d.corpus, err = newCorpus(ctx, d.left, nil, d.opts.Threads); err != nil {
		return err
	}
	n := d.corpus.len()
	words, err := d.corpus.recordWords(ctx, d.opts.Threads)
	if err != nil {
		return err
	}
	byWord := newNearLists(n, d.opts.TopK)
	err = lexicalEach(ctx, words, words.transpose(1<<idBits(n), tooCommon(n)), n, d.opts.TopK, true, d.opts.Threads, byWord.put)
	if err != nil {
		return err
	}
	d.pairs = uniteLists(n, d.byVector, byWord)
	d.byVector = nil
	return nil
}

// align adds the pairs that have a rare name in common to the candidates, and compares every pair.
func (d *dedupe) align(ctx context.Context) error {
	d.begin("evidence")
	t, err := d.corpus.readPieces(ctx, d.opts.Threads)
	if err != nil {
		return err
	}
	if err := t.respell(ctx, d.opts.Threads); err != nil {
		return err
	}
	if err := t.borrow(ctx, d.corpus, d.opts.Threads); err != nil {
		return err
	}
	namesakes, err := t.namesakes(ctx, d.opts.Threads)
	if err != nil {
		return err
	}
	d.pairs = mergePairs(d.pairs, namesakes)
	d.result.Stats.Candidates = len(d.pairs)
	d.like = newLikeness(t, d.corpus)
	d.s, d.outlines, err = d.like.first(ctx, d.pairs, min(lowestMerge, d.least()), d.opts.Threads)
	return err
}

const (
	learnRounds  = 3
	learnLevel   = .60 // where groups are cut while it is learned which words tell
	pseudoShare  = .05 // pseudo agreements, as a share of the records
	lowestMerge  = .40 // below it nothing is looked at
	surelyCopies = 1   // the score of records with equal values
)

// group learns what conflicts tell, clusters, and finds the level.
func (d *dedupe) group(ctx context.Context) (*Result, error) {
	d.begin("decision")
	n := d.corpus.len()
	d.first = firstOf(d.pairs, n)
	for round := range learnRounds {
		d.progress(round, learnRounds+1)
		merges, err := linkage(ctx, n, d.pairs, d.s, learnLevel, d.scorer, d.opts.Threads)
		if err != nil {
			return nil, err
		}
		group := cut(n, merges, learnLevel)
		if err := d.like.learn(ctx, d.pairs, d.outlines, group, pseudoShare*float64(n), d.opts.Threads); err != nil {
			return nil, err
		}
		if err = d.like.scores(ctx, d.pairs, d.outlines, d.s, d.opts.Threads); err != nil {
			return nil, err
		}
	}
	var err error
	if d.s, err = d.discount(ctx); err != nil {
		return nil, err
	}
	merges, err := linkage(ctx, n, d.pairs, d.s, d.least(), d.scorer, d.opts.Threads)
	if err != nil {
		return nil, err
	}
	level := d.opts.Threshold
	if level == 0 {
		level, d.result.AutoThreshold = valley(merges), true
	}
	d.result.Threshold = level
	d.finish(cut(n, merges, level), level)
	return d.result, nil
}

// least is the lowest likeness at which the result may join clusters.
func (d *dedupe) least() float64 {
	if d.opts.Threshold > 0 {
		return d.opts.Threshold
	}
	return lowestMerge
}

// scorer gives the likeness of any pair: looked up where it is a candidate,
// else computed. It has buffers: one per goroutine.
func (d *dedupe) scorer() pairScorer {
	a, f := newAligner(d.like.t, d.like.tells, d.corpus.name), newFacts(len(d.corpus.schema))
	return func(i, j uint32) float64 {
		i, j = min(i, j), max(i, j)
		row := d.pairs[d.first[i]:d.first[i+1]]
		if k, ok := slices.BinarySearchFunc(row, j, func(p pairIDs, j uint32) int { return cmp.Compare(p.right, j) }); ok {
			return float64(d.s[d.first[i]+k])
		}
		return d.like.of(a, f, int(i), int(j))
	}
}

// firstOf gives for each record where its pairs begin, pairs being sorted by left.
func firstOf(pairs []pairIDs, n int) []int {
	first := make([]int, n+1)
	for _, p := range pairs {
		first[p.left+1]++
	}
	for i := range n {
		first[i+1] += first[i]
	}
	return first
}

// finish turns groups of distinct records into clusters of all records, and
// sorts the pairs into matches and rejected ones.
func (d *dedupe) finish(group []uint32, level float64) {
	d.number(group)
	d.result.explain = d.explain
	for p, ids := range d.pairs {
		s := float64(d.s[p])
		d.count(s)
		switch {
		case group[ids.left] == group[ids.right]:
			d.result.Matches = append(d.result.Matches, d.original(ids, s))
		case s >= level:
			d.reject(p, s, s, WouldChain)
		default:
			d.reject(p, s, s, BelowThreshold)
		}
	}
	for _, copies := range d.copies {
		for k := 1; k < len(copies); k++ {
			d.result.Matches = append(d.result.Matches, Pair{copies[k-1], copies[k], surelyCopies})
		}
	}
	slices.SortFunc(d.result.Matches, comparePair)
	d.end()
	for i := range d.result.Rejected {
		p := &d.result.Rejected[i].Pair
		*p = d.original(pairIDs{p.Left, p.Right}, p.Score)
	}
}

// original names the first copies of two distinct records.
func (d *dedupe) original(ids pairIDs, s float64) Pair {
	a, b := d.copies[ids.left][0], d.copies[ids.right][0]
	return Pair{Left: min(a, b), Right: max(a, b), Score: s}
}

// number gives clusters dense numbers in the order of their first record.
func (d *dedupe) number(group []uint32) {
	of := make([]uint32, d.whole.Len())
	for k, copies := range d.copies {
		for _, i := range copies {
			of[i] = group[k]
		}
	}
	next := map[uint32]uint32{}
	var members [][]uint32
	d.result.ClusterOf = make([]uint32, len(of))
	for i, g := range of {
		c, ok := next[g]
		if !ok {
			c = uint32(len(members))
			next[g] = c
			members = append(members, nil)
		}
		d.result.ClusterOf[i] = c
		members[c] = append(members[c], uint32(i))
	}
	d.result.Clusters = [][]uint32{}
	for _, m := range members {
		if len(m) > 1 {
			d.result.Clusters = append(d.result.Clusters, m)
		}
	}
}
