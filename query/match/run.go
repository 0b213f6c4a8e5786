package match

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/doppeldb/doppel/db"
)

// run is one Link or Dedupe at work.
type run struct {
	opts        Options
	left, right *db.Snapshot // right is nil in a dedupe
	corpus      *corpus
	pairs       []pairIDs // candidates, as corpus numbers, ascending
	cols        []column
	rejected    []rejection
	stage       string
	since       time.Time
	result      *Result
}

// rejection is a pair that was not accepted and the score that orders it.
type rejection struct {
	pair   int
	score  float64
	prob   float64
	reason Reason
}

func newRun(opts Options) *run {
	opts.TopK = cmp.Or(opts.TopK, defaultTopK)
	if opts.KeepRejected == 0 {
		opts.KeepRejected = defaultRejected
	}
	return &run{opts: opts, result: &Result{}}
}

const defaultRejected = 200

// begin ends the running stage and starts the next.
func (r *run) begin(stage string) {
	now := time.Now()
	if r.stage != "" {
		r.result.Stats.Stages = append(r.result.Stats.Stages, Stage{r.stage, now.Sub(r.since)})
	}
	r.stage, r.since = stage, now
}

func (r *run) progress(done, total int) {
	if r.opts.Progress != nil {
		r.opts.Progress(r.stage, done, total)
	}
}

func (r *run) warn(text string) { r.result.Warnings = append(r.result.Warnings, text) }

// prepare loads the records with their vectors and reads the corpus.
func (r *run) prepare(ctx context.Context, cs ...*db.Collection) error {
	r.begin("encode")
	snaps, err := prepare(ctx, r.opts, cs...)
	if err != nil {
		return err
	}
	r.left = snaps[0]
	r.result.Left, r.result.Right = snaps[0], snaps[0]
	r.result.Stats.LeftRecords = snaps[0].Len()
	if len(snaps) > 1 {
		r.right = snaps[1]
		r.result.Right = snaps[1]
		r.result.Stats.RightRecords = snaps[1].Len()
	}
	return r.read(ctx)
}

// read derives the corpus. No record has more candidates than there are records.
func (r *run) read(ctx context.Context) (err error) {
	r.begin("read")
	r.corpus, err = readCorpus(ctx, r.left, r.right, r.opts.Threads)
	if err == nil {
		r.opts.TopK = min(r.opts.TopK, max(1, r.corpus.len()))
	}
	return err
}

// gather computes the evidence of the candidates.
func (r *run) gather(ctx context.Context) (err error) {
	r.begin("evidence")
	r.result.Stats.Candidates = len(r.pairs)
	r.cols, err = r.corpus.gather(ctx, r.pairs, r.opts.Threads)
	return err
}

// pair is candidate p as a caller sees it.
func (r *run) pair(p int, prob float64) Pair {
	ids := r.pairs[p]
	if r.right != nil {
		ids.right -= uint32(r.corpus.left)
	}
	return Pair{Left: ids.left, Right: ids.right, Score: prob}
}

// comparePair orders matches: best score first, ties by Left then Right.
func comparePair(a, b Pair) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Left, b.Left), cmp.Compare(a.Right, b.Right))
}

// count adds a candidate to the histogram.
func (r *run) count(prob float64) {
	h := &r.result.Histogram
	h[max(0, min(len(h)-1, int(prob*float64(len(h)))))]++
}

// reject keeps a pair that was not accepted; end sorts and cuts them.
func (r *run) reject(p int, score, prob float64, reason Reason) {
	r.rejected = append(r.rejected, rejection{p, score, prob, reason})
	if len(r.rejected)/8 >= r.opts.KeepRejected {
		r.trimRejected()
	}
}

func (r *run) trimRejected() {
	slices.SortFunc(r.rejected, func(a, b rejection) int {
		if a.score != b.score {
			return cmp.Compare(b.score, a.score)
		}
		return cmp.Compare(a.pair, b.pair)
	})
	r.rejected = r.rejected[:min(len(r.rejected), r.opts.KeepRejected)]
}

// end closes the last stage and hands over the rejected pairs.
func (r *run) end() {
	r.trimRejected()
	for _, x := range r.rejected {
		r.result.Rejected = append(r.result.Rejected, Rejected{r.pair(x.pair, x.prob), x.reason})
	}
	r.begin("")
}
