package label

import (
	"cmp"
	"math"
	"slices"

	"github.com/doppeldb/doppel/internal/measure"
)

// EvaluateOptions tunes [Evaluate]. The zero value is the default.
type EvaluateOptions struct {
	// Draws of the bootstrap behind the intervals; 0 means 1000, negative none.
	Draws int
	// Seed of the draws.
	Seed uint64
	// Train, if there is any, are the pairs that the scores were learned from:
	// they give the figures by how much of a pair was seen.
	Train []Label
}

// defaultDraws puts the end of an interval within about a tenth of its width.
const defaultDraws = 1000

// Figure is one number of an evaluation. Value is NaN where it is not defined,
// the ends of the interval where there is none.
type Figure struct {
	Name    string // stable, for programs: "average_precision"
	Text    string // for a reader
	Value   float64
	Between measure.Interval // 95 %, by drawing entities anew
}

// Group is the part of the pairs of which as much was seen in training.
type Group struct {
	Seen           Seen
	Pairs, Matches int
	measure.Counts
	F1Between measure.Interval
}

// Evaluation says how well scores agree with labels.
type Evaluation struct {
	Pairs, Matches, Entities int
	Threshold                float64
	measure.Counts           // of the pairs at and above the threshold
	Figures                  []Figure
	Groups                   []Group         // nil without training pairs
	Sweep                    []measure.Point // every threshold, highest first
	Bins                     []measure.Bin   // ten, by probability
}

// Figure gives the figure of a name; its value is NaN when there is none.
func (e *Evaluation) Figure(name string) Figure {
	for _, f := range e.Figures {
		if f.Name == name {
			return f
		}
	}
	return Figure{Name: name, Value: math.NaN(), Between: noInterval}
}

var noInterval = measure.Interval{Low: math.NaN(), High: math.NaN()}

// Evaluate compares scores, one per label, with the labels. A pair at or above the
// threshold is taken for a match. The threshold must not have been chosen on
// these labels. Rankings are of the judged pairs of a record (in two tables a
// left record), best score first, of equal scores the non-match first.
func Evaluate(s Sides, labels []Label, score []float64, threshold float64, opts EvaluateOptions) *Evaluation {
	if len(labels) != len(score) {
		panic("label: as many scores as labels are needed")
	}
	match := make([]bool, len(labels))
	for i, l := range labels {
		match[i] = l.Match
	}
	order := measure.NewOrder(score, match)
	ents := resampled(s, labels)
	e := &Evaluation{
		Pairs: len(labels), Matches: matches(labels), Entities: ents.N, Threshold: threshold,
		Counts: measure.Decide(score, match, nil, threshold), Sweep: order.Sweep(nil), Bins: measure.Reliability(score, match, 10),
	}
	draws := opts.Draws
	if draws == 0 {
		draws = defaultDraws
	}
	pairs := func(weight []int) []float64 {
		sweep, c := order.Sweep(weight), measure.Decide(score, match, weight, threshold)
		return []float64{c.Precision(), c.Recall(), c.F1(), measure.AveragePrecision(sweep), measure.AUC(sweep), measure.EER(sweep)}
	}
	e.add(pairs(nil), measure.Bootstrap(ents, draws, opts.Seed, pairs), "precision", "precision", "recall", "recall", "f1", "F1",
		"average_precision", "average precision", "roc_auc", "area under ROC", "eer", "equal error rate")
	e.rank(newQuestions(s, labels, score), ents.N, draws, opts.Seed)
	brier := func(weight []int) []float64 { return []float64{weightedBrier(score, match, weight)} }
	e.add(brier(nil), measure.Bootstrap(ents, draws, opts.Seed, brier), "brier", "Brier score")
	e.add([]float64{measure.CalibrationError(e.Bins)}, nil, "calibration_error", "calibration error")
	if len(opts.Train) > 0 {
		e.groups(s, labels, score, match, SeenBy(s, opts.Train, labels), draws, opts.Seed)
	}
	return e
}

// add appends figures; names has two words for each.
func (e *Evaluation) add(values []float64, between []measure.Interval, names ...string) {
	for k, v := range values {
		f := Figure{Name: names[2*k], Text: names[2*k+1], Value: v, Between: noInterval}
		if k < len(between) {
			f.Between = between[k]
		}
		e.Figures = append(e.Figures, f)
	}
}

func weightedBrier(score []float64, match []bool, weight []int) float64 {
	if weight == nil {
		return measure.Brier(score, match)
	}
	sum, n := 0.0, 0
	for i, w := range weight {
		sum += float64(w) * measure.Brier(score[i:i+1], match[i:i+1])
		n += w
	}
	return sum / float64(n)
}

// questions are the judged pairs seen from one record each.
type questions struct {
	rankings []measure.Ranking
	entity   []int // of each ranking's record
	anchor   []uint32
	score    []float64
	match    []bool
}

func newQuestions(s Sides, labels []Label, score []float64) *questions {
	ents := resampled(s, labels)
	q := &questions{}
	entityOf := map[uint32]int{}
	add := func(i int, record uint32, entity int) {
		q.anchor, q.score, q.match = append(q.anchor, record), append(q.score, score[i]), append(q.match, labels[i].Match)
		entityOf[record] = entity
	}
	for i, l := range labels {
		add(i, l.Left, ents.Left[i])
		if s.Right == 0 {
			add(i, l.Right, ents.Right[i])
		}
	}
	by := make([]int, len(q.anchor))
	for i := range by {
		by[i] = i
	}
	slices.SortStableFunc(by, func(a, b int) int {
		// cmp.Compare has NaN first; best first turns it round.
		return cmp.Or(cmp.Compare(q.anchor[a], q.anchor[b]), cmp.Compare(q.score[b], q.score[a]), compareBool(q.match[a], q.match[b]))
	})
	for k, i := range by {
		if k == 0 || q.anchor[by[k-1]] != q.anchor[i] {
			q.rankings, q.entity = append(q.rankings, measure.Ranking{}), append(q.entity, entityOf[q.anchor[i]])
		}
		r := &q.rankings[len(q.rankings)-1]
		if r.Hits = append(r.Hits, q.match[i]); q.match[i] {
			r.Relevant++
		}
	}
	return q
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// rank adds the figures of rankings.
func (e *Evaluation) rank(q *questions, n, draws int, seed uint64) {
	figures := func(weight []int) []float64 {
		rs := q.rankings
		if weight != nil {
			rs = make([]measure.Ranking, 0, len(q.rankings))
			for i, w := range weight {
				for range w {
					rs = append(rs, q.rankings[i])
				}
			}
		}
		return []float64{measure.PrecisionAt1(rs), measure.RecallAt(rs, 1), measure.RecallAt(rs, 5), measure.MRR(rs), measure.MAPAtR(rs)}
	}
	of := measure.Entities{Left: q.entity, Right: q.entity, N: n}
	e.add(figures(nil), measure.Bootstrap(of, draws, seed, figures), "precision_at_1", "precision at 1",
		"recall_at_1", "recall at 1", "recall_at_5", "recall at 5", "mrr", "mean reciprocal rank", "map_at_r", "MAP@R")
	e.add([]float64{measure.TripletAccuracy(q.anchor, q.score, q.match)}, nil, "triplet_accuracy", "triplet accuracy")
}

// groups fills the figures by how much of a pair was seen.
func (e *Evaluation) groups(s Sides, labels []Label, score []float64, match []bool, seen []Seen, draws int, seed uint64) {
	for _, want := range []Seen{BothSeen, HalfSeen, Unseen} {
		var l []Label
		var sc []float64
		var m []bool
		for i := range labels {
			if seen[i] == want {
				l, sc, m = append(l, labels[i]), append(sc, score[i]), append(m, match[i])
			}
		}
		f1 := func(weight []int) []float64 { return []float64{measure.Decide(sc, m, weight, e.Threshold).F1()} }
		g := Group{Seen: want, Pairs: len(l), Matches: matches(l), Counts: measure.Decide(sc, m, nil, e.Threshold), F1Between: noInterval}
		if between := measure.Bootstrap(resampled(s, l), draws, seed, f1); g.Matches > 0 && len(between) > 0 {
			g.F1Between = between[0]
		}
		e.Groups = append(e.Groups, g)
	}
}
