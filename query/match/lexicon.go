package match

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/doppeldb/doppel/internal/text"
)

// lexicon is logistic regression over the clues and, beside them, over the words themselves: which
// words a pair has in common, which stand on one side only, and which
// stand against each other. It learns that "upgrade" tells and "wholesale" does not, and that
// "evo" is not "pro". Words are hashed (Weinberger et al., ICML 2009).
type lexicon struct {
	dense []float32 // (inputs)
	words []float32 // (1 << lexiconBits)
	bias  float32
}

const (
	lexiconBits  = 15
	mostOpposed  = 6  // words of a side that are paired with the other's
	mostFeatures = 96 // of a pair
)

// Seeds keep the roles of a word apart.
const (
	roleCommon  uint64 = 0x9e3779b97f4a7c15
	roleAlone   uint64 = 0xc2b2ae3d27d4eb4f
	roleOpposed uint64 = 0x165667b19e3779f9
)

// words appends the word features of records i and j, which are aligned.
func (r *clueReader) words(dst []uint16, i, j int) []uint16 {
	t := r.a.t
	from := len(dst)
	add := func(h uint64) {
		if len(dst)-from < mostFeatures {
			h ^= h >> 29
			dst = append(dst, uint16((h*0xbf58476d1ce4e5b9)>>(64-lexiconBits)))
		}
	}
	hash := func(p piece) uint64 { return text.Hash(t.runes[p.id]) }
	L, R := t.of[i], t.of[j]
	for x, kx := range r.a.onlyL {
		for y, ky := range r.a.onlyR {
			if x < mostOpposed && y < mostOpposed && t.sort[L[kx].id] == t.sort[R[ky].id] {
				add(roleOpposed ^ (hash(L[kx]) + hash(R[ky])))
			}
		}
	}
	for _, k := range r.a.onlyL {
		add(roleAlone ^ hash(L[k]))
	}
	for _, k := range r.a.onlyR {
		add(roleAlone ^ hash(R[k]))
	}
	r.alone = append(r.alone[:0], make([]bool, len(L))...)
	for _, k := range r.a.onlyL {
		r.alone[k] = true
	}
	for k, p := range L {
		if !r.alone[k] && (k == 0 || L[k-1].id != p.id) {
			add(roleCommon ^ hash(p))
		}
	}
	return dst
}

// logit scores one row: its inputs and its words.
func (l *lexicon) logit(in []float32, words []uint16) float64 {
	sum := float64(l.bias)
	for k, v := range in {
		sum += float64(l.dense[k] * v)
	}
	scale := wordScale(len(words))
	for _, w := range words {
		sum += float64(l.words[w] * scale)
	}
	return sum
}

// wordScale keeps long records from being loud.
func wordScale(n int) float32 { return float32(1 / math.Sqrt(float64(max(1, n)))) }

// lexiconOptions are how a lexicon is trained, by Adagrad (Duchi et al., JMLR 2011).
type lexiconOptions struct {
	denseRate, wordRate   float64
	denseDecay, wordDecay float64
	epochs, patience      int
}

var lexiconUsual = lexiconOptions{denseRate: .03, wordRate: .15, denseDecay: 1e-4, wordDecay: 3e-4, epochs: 25, patience: 4}

// trainLexicon fits it row by row and keeps the epoch with the least log loss on held.
func trainLexicon(ctx context.Context, train, held *sample, o lexiconOptions, seed uint64) (*lexicon, error) {
	rng := rand.New(rand.NewPCG(seed, 0x6c6578))
	l := &lexicon{dense: make([]float32, train.width), words: make([]float32, 1<<lexiconBits)}
	g2d, g2w := make([]float64, train.width), make([]float64, 1<<lexiconBits)
	var g2b float64
	best, bestLoss, since := l.clone(), math.Inf(1), 0
	step := func(w *float32, g2 *float64, g, rate, decay float64) {
		g += decay * float64(*w)
		*g2 += g * g
		*w -= float32(rate * g / math.Sqrt(*g2+1e-6))
	}
	for epoch := 0; epoch < o.epochs && since < o.patience; epoch++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for _, r := range rng.Perm(train.rows()) {
			in, words := train.row(r), train.words[r]
			g := sigmoid(l.logit(in, words)) - truth(train.y[r])
			for k, v := range in {
				if v != 0 {
					step(&l.dense[k], &g2d[k], g*float64(v), o.denseRate, o.denseDecay)
				}
			}
			scale := float64(wordScale(len(words)))
			for _, w := range words {
				step(&l.words[w], &g2w[w], g*scale, o.wordRate, o.wordDecay)
			}
			step(&l.bias, &g2b, g, o.denseRate, 0)
		}
		loss := 0.0
		for r, y := range held.y {
			loss += logLoss(l.logit(held.row(r), held.words[r]), y)
		}
		if loss < bestLoss-1e-4 {
			best, bestLoss, since = l.clone(), loss, 0
		} else {
			since++
		}
	}
	return best, nil
}

func (l *lexicon) clone() *lexicon {
	return &lexicon{dense: append([]float32(nil), l.dense...), words: append([]float32(nil), l.words...), bias: l.bias}
}
