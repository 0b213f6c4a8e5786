package match

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
)

// blend is a mean of learners of different kinds that read the same clues: small
// networks over normal quantiles, boosted trees over the values themselves, and
// logistic regression that reads the words as well. Each errs in its own way.
type blend struct {
	m        *mapping
	nets     []*network
	linear   *lexicon
	boosting *boosting
}

// logits adds the log-odds of rows of clues, (n, width), and their inputs, (n, m.inputs()), to out.
func (b *blend) logits(out []float64, x, in []float32, words [][]uint16) {
	width, inputs := b.m.width, b.m.inputs()
	const block = 256
	var ws []*workspace
	for _, net := range b.nets {
		ws = append(ws, net.newWorkspace(block))
	}
	for from := 0; from < len(out); from += block {
		to := min(from+block, len(out))
		for r := from; r < to; r++ {
			out[r] += clampLogit(b.boosting.logit(x[r*width:(r+1)*width])) / blendKinds
			out[r] += clampLogit(b.linear.logit(in[r*inputs:(r+1)*inputs], words[r])) / blendKinds
		}
		for k, net := range b.nets {
			for r, z := range net.forward(ws[k], in[from*inputs:to*inputs], to-from) {
				out[from+r] += clampLogit(float64(z)) / (blendKinds * float64(len(b.nets)))
			}
		}
	}
}

// meanLogits gives the mean log-odds of blends that share a mapping.
func meanLogits(blends []*blend, x []float32, words [][]uint16) []float64 {
	out := make([]float64, len(words))
	in := blends[0].m.applyAll(x)
	for _, b := range blends {
		b.logits(out, x, in, words)
	}
	for r := range out {
		out[r] /= float64(len(blends))
	}
	return out
}

// blendKinds is how many kinds of learners are averaged.
const blendKinds = 3

// surest bounds log-odds, so that one learner that is sure beyond reason does not outvote the others.
const surest = 8

func clampLogit(z float64) float64 {
	if z != z {
		return 0
	}
	return max(-surest, min(surest, z))
}

var (
	hiddenNet = netOptions{hidden: []int{64, 32}, rate: 1e-3, decay: .05, batch: 64, epochs: 60, patience: 6}
	boosts    = boostingOptions{trees: 200, rate: .06, leaves: 12, least: 10, ridge: 3, clues: .3, sampled: .8}
)

// heldShare is the share of the rows on which networks are stopped early.
const heldShare = .12

// trainBlend fits all learners. The result does not depend on threads.
func trainBlend(ctx context.Context, m *mapping, s *sample, nets, threads int, seed uint64) (*blend, error) {
	b := &blend{m: m, nets: make([]*network, nets)}
	in := &sample{x: b.m.applyAll(s.x), y: s.y, words: s.words, width: b.m.inputs()}
	jobs := []func() error{func() (err error) {
		b.boosting, err = growBoosting(ctx, s, boosts, seed)
		return err
	}}
	for k := range nets + 1 {
		jobs = append(jobs, func() error {
			train, held := holdOut(in, seed*64+uint64(k))
			var err error
			if k == nets {
				b.linear, err = trainLexicon(ctx, train, held, lexiconUsual, seed*64+uint64(k))
			} else {
				b.nets[k], err = trainNetwork(ctx, train, held, hiddenNet, seed*64+uint64(k))
			}
			return err
		})
	}
	return b, runAll(threads, jobs)
}

// runAll runs jobs on several goroutines and gives the first error in their order.
func runAll(threads int, jobs []func() error) error {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	errs := make([]error, len(jobs))
	next := make(chan int, len(jobs))
	for k := range jobs {
		next <- k
	}
	close(next)
	var wg sync.WaitGroup
	for range min(threads, len(jobs)) {
		wg.Go(func() {
			for k := range next {
				errs[k] = jobs[k]()
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// holdOut parts the rows at random, matches and others by the same share.
func holdOut(s *sample, seed uint64) (train, held *sample) {
	rng := rand.New(rand.NewPCG(seed, 0x68656c64))
	var in, out []int
	for _, class := range classRows(s.y) {
		rng.Shuffle(len(class), func(i, j int) { class[i], class[j] = class[j], class[i] })
		n := int(math.Ceil(heldShare * float64(len(class))))
		if len(class) < 2 {
			n = 0
		}
		out, in = append(out, class[:n]...), append(in, class[n:]...)
	}
	return s.pick(in), s.pick(out)
}

// classRows lists the rows of no matches and of matches.
func classRows(y []bool) (rows [2][]int) {
	for r, match := range y {
		k := 0
		if match {
			k = 1
		}
		rows[k] = append(rows[k], r)
	}
	return rows
}
