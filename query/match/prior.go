package match

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// The unlabelled link has an opinion of every candidate before anybody has labelled
// anything, and a few dozen labels are not enough to learn a better one from some 170 clues. So its
// opinion is a prior: the log-odds of the scorer are
//
//	learned * what was learned + (1 - learned) * prior
//
// and the labelled pairs say, each by learners that have not seen it, what the share is. Where a thing has
// many records on a side the unlabelled link accepts next to nothing: its opinion is then the same of nearly all pairs, and
// whatever the share, the order of the pairs is that of the learners (WDC computers, 200 labels: F1 .869 and .868).
//
// F1 of the training and validation pairs that were not drawn, draws of 200 and of 50 training pairs of
// Amazon-Google, mean of four: .674 -> .718, .565 -> .706. The prior among the clues, or in the first
// judgement as well, added nothing to that.

// surestPrior bounds the log-odds of the prior.
const surestPrior = 4

// trust shares a verdict between the learners and the prior.
type trust struct {
	learned float64 // 0..1, the rest is the prior's
	usual   float64 // median prior of training pairs that are no match
}

// mix moves learned log-odds z of some pairs towards the prior.
func (t trust) mix(d *dossier, z []float64, pairs []int) {
	if t.learned == 1 {
		return
	}
	for n, k := range pairs {
		z[n] = t.learned*z[n] + (1-t.learned)*d.priorOf(k)
	}
}

// valid says whether it makes sense.
func (t trust) valid() bool {
	return t.learned >= 0 && t.learned <= 1 && math.Abs(t.usual) <= surestPrior
}

// priorOf is the prior of pair k: where nothing resembles anything, no pair is a match.
func (d *dossier) priorOf(k int) float64 {
	if d.prior == nil {
		return -surestPrior
	}
	return float64(d.prior[k])
}

func (d *dossier) priorsOf(pairs []int) []float64 {
	out := make([]float64, len(pairs))
	for n, k := range pairs {
		out[n] = d.priorOf(k)
	}
	return out
}

// readPrior fills d.prior with what the candidates' link without labels gives; all other pairs
// are as unlikely as can be. There is none in one collection, and none without candidates.
func (d *dossier) readPrior() {
	r := &run{corpus: d.c}
	var at []int
	for k, is := range d.candidate {
		if is {
			at, r.pairs = append(at, k), append(r.pairs, d.pairs[k])
		}
	}
	if d.symmetric || len(at) == 0 {
		return
	}
	r.cols = d.c.columns(len(at))
	for n, k := range at {
		for t, v := range d.row(k)[:len(r.cols)] { // a row begins with the plain evidence
			r.cols[t].value[n] = v
		}
	}
	d.prior = make([]float32, len(d.pairs))
	for k := range d.prior {
		d.prior[k] = -surestPrior
	}
	for n, p := range r.unlabelled() {
		if z := math.Log(p / (1 - p)); z == z {
			d.prior[at[n]] = float32(max(-surestPrior, min(surestPrior, z)))
		}
	}
}

// unlabelled gives the probability of every candidate in a one-to-one link without labels. A pair that
// loses a record to a rival keeps what that rival leaves.
func (r *run) unlabelled() []float64 {
	sc := scorePairs(r.cols, r.pairs)
	picked := assign(r.pairs, margins(r.pairs, sc.s), OneToOne)
	slices.SortStableFunc(picked, func(a, b int) int { return cmp.Compare(sc.s[b], sc.s[a]) })
	e := r.estimate(sc, picked)
	taken := make([]float64, r.corpus.len()) // record -> probability of its picked pair
	isPicked := make([]bool, len(r.pairs))
	for _, p := range picked {
		ids, q := r.pairs[p], e.curve.at(sc.s[p])
		isPicked[p], taken[ids.left], taken[ids.right] = true, q, q
	}
	out := make([]float64, len(r.pairs))
	for p, ids := range r.pairs {
		out[p] = e.curve.at(sc.s[p])
		if !isPicked[p] {
			out[p] *= 1 - max(taken[ids.left], taken[ids.right])
		}
	}
	return out
}

// weighPrior finds the trust and mixes the prior into the log-odds z of the validation pairs
// and held of the training pairs, each by learners that have not seen it. Without validation
// pairs z is not looked at.
func (d *dossier) weighPrior(z, held []float64, train, valid judged) trust {
	if d.prior == nil {
		return trust{learned: 1, usual: -surestPrior}
	}
	all, y, pairs := held, train.match, train.pairs
	if len(valid.pairs) > 0 {
		all, y, pairs = slices.Concat(z, held), slices.Concat(valid.match, y), slices.Concat(valid.pairs, pairs)
	}
	prior := d.priorsOf(pairs)
	t := trust{learned: learnedShare(all, prior, y)}
	var none []float64
	for n, match := range y {
		if !match {
			none = append(none, prior[n])
		}
	}
	slices.Sort(none)
	t.usual = none[len(none)/2] // training needs pairs that are no match
	if len(valid.pairs) > 0 {
		t.mix(d, z, valid.pairs)
	}
	t.mix(d, held, train.pairs)
	return t
}

// shareSteps is how many steps there are from the prior alone to the learners alone.
const shareSteps = 20

// learnedShare says how much of a verdict should be the learned log-odds z of labelled pairs and how
// little the prior: the mean of all shares, each weighed by the likelihood of the labels under
// it (Bayesian model averaging, Hoeting et al. 1999). A few labels hardly tell one share from the
// next, many leave only the best.
func learnedShare(z, prior []float64, y []bool) float64 {
	mixed := make([]float64, len(z))
	loss := make([]float64, shareSteps+1)
	for s := range loss {
		w := float64(s) / shareSteps
		for n := range z {
			mixed[n] = w*z[n] + (1-w)*prior[n]
		}
		slope, offset := platt(mixed, y)
		for n, v := range mixed {
			loss[s] += logLoss(slope*v+offset, y[n])
		}
	}
	least := slices.Min(loss)
	var sum, weight float64
	for s, l := range loss {
		q := math.Exp(least - l)
		sum, weight = sum+q*float64(s)/shareSteps, weight+q
	}
	return sum / weight
}

// priorEvidence says what the prior adds to pair k, nothing where it is not used.
func (j *judgement) priorEvidence(k int) []Evidence {
	t := j.s.prior
	if t.learned == 1 {
		return nil
	}
	z := j.d.priorOf(k)
	e := Evidence{Name: "prior", Value: sigmoid(z), Weight: j.s.slope * (1 - t.learned) * (z - t.usual)}
	e.Text = fmt.Sprintf("what a one-to-one link without labels thinks: %.2f (%.2f is usual for pairs that are no match)", e.Value, sigmoid(t.usual))
	return []Evidence{e}
}
