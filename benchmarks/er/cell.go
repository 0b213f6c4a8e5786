package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"time"

	"github.com/doppeldb/doppel/benchmarks/bench"
	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/encoder/loss"
	"github.com/doppeldb/doppel/internal/measure"
	"github.com/doppeldb/doppel/query/label"
	"github.com/doppeldb/doppel/query/match"
)

// cell is one training.
type cell struct {
	Set     string
	Seed    uint64
	Labels  int    // training pairs drawn at random; 0 for the whole files
	Variant string // what is left out
}

// The variants of an ablation. The whole is "".
const (
	noNeighbours = "without neighbours"
	noTwin       = "without twin"
	noTuning     = "twin not tuned"
	noValid      = "without validation pairs"
)

// lossVariant names a loss and a way to make batches.
func lossVariant(k encoder.Loss, s encoder.Sampling) string { return fmt.Sprintf("%v, %v", k, s) }

// The losses and samplings of the table, and its sets.
var (
	tableLosses    = []encoder.Loss{loss.InfoNCE, loss.Contrastive, loss.TripletAll, loss.TripletSemiHard, loss.TripletHard}
	tableSamplings = []encoder.Sampling{encoder.MatchesAndJudged, encoder.RandomMatches, encoder.MinedNeighbours}
	tableSets      = []string{"abt-buy", "amazon-google"}
)

// measured is what a cell gave.
type measured struct {
	Cell                  cell
	Test                  measure.Counts // at the model's threshold
	AveragePrecision      float64
	Best                  float64                   // F1 of the best threshold with the labels in view, for diagnosis
	Seen                  map[string]measure.Counts // by how many of a pair's records were in training
	Link                  measure.Counts            // end to end, against all labelled matches
	Recall10              float64                   // share of the test matches among the ten nearest by the vectors alone
	Seconds, CPU          float64                   // of training
	PeakMB                float64                   // of the whole process
	ModelBytes, Redrawn   int
	Threshold, Validation float64
}

const (
	allSeeds      = 5
	ablationSeeds = 1
)

// plan lists the cells, the most wanted first.
func plan() (cells []cell) {
	whole := func(seed uint64, names ...string) {
		for _, s := range sets {
			if len(names) == 0 || slices.Contains(names, s.name) {
				cells = append(cells, cell{Set: s.name, Seed: seed})
			}
		}
	}
	few := func(seed uint64) {
		for _, s := range sets[:5] {
			for _, n := range []int{200, 50} {
				cells = append(cells, cell{Set: s.name, Seed: seed, Labels: n})
			}
		}
	}
	without := func(v string) {
		for seed := range uint64(ablationSeeds) {
			for _, s := range sets {
				cells = append(cells, cell{Set: s.name, Seed: seed + 1, Variant: v})
			}
		}
	}
	for seed := uint64(1); seed <= allSeeds; seed++ { // those that are nearest to their bars
		whole(seed, "amazon-google", "fodors-zagats")
	}
	for seed := uint64(1); seed <= allSeeds; seed++ {
		whole(seed, "abt-buy", "dblp-acm", "wdc-small", "wdc-medium")
	}
	cells = append(cells, cell{Set: questions, Seed: 1, Variant: noNeighbours})
	few(1)
	for _, v := range []string{noNeighbours, noTwin, noTuning, noValid} {
		without(v)
	}
	few(2)
	few(3)
	for _, s := range tableSets {
		for _, k := range tableLosses {
			for _, how := range tableSamplings {
				cells = append(cells, cell{Set: s, Seed: 1, Variant: lossVariant(k, how)})
			}
		}
	}
	return cells
}

// runCell measures one cell and prints it as JSON.
func runCell(ctx context.Context, arg string) error {
	m := &measured{Seen: map[string]measure.Counts{}}
	if err := json.Unmarshal([]byte(arg), &m.Cell); err != nil {
		return err
	}
	run := m.pairs
	if m.Cell.Set == questions {
		run = m.questions
	}
	if err := run(ctx); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(m)
}

func (c cell) options() match.TrainOptions {
	o := match.TrainOptions{Seed: c.Seed, WithoutNeighbours: c.Variant == noNeighbours, WithoutTwin: c.Variant == noTwin}
	if c.Variant == noTuning {
		o.Epochs = -1
	}
	for _, k := range tableLosses {
		for _, s := range tableSamplings {
			if c.Variant == lossVariant(k, s) {
				o.Loss, o.Sampling = k, s
			}
		}
	}
	return o
}

// pairs trains on a link set, scores its test pairs and links it end to end.
func (m *measured) pairs(ctx context.Context) error {
	s, err := setOf(m.Cell.Set)
	if err != nil {
		return err
	}
	l, err := s.load()
	if err != nil {
		return err
	}
	file, cs, err := l.store(ctx)
	if err != nil {
		return err
	}
	defer file.Close()
	set := match.TrainSet{Train: l.train, Valid: l.valid}
	if m.Cell.Labels > 0 {
		set = match.TrainSet{Train: m.draw(l.train)}
	}
	if m.Cell.Variant == noValid {
		set.Valid = nil
	}
	model, err := m.train(ctx, cs[0], cs[1], set)
	if err != nil {
		return err
	}
	sides := label.Sides{Left: len(l.link.Left.Rows), Right: len(l.link.Right.Rows)}
	if err := m.score(ctx, cs[0], cs[1], model, sides, set, l.test); err != nil {
		return err
	}
	if m.Recall10, err = recallAt10(ctx, cs, l.test); err != nil {
		return err
	}
	if m.Cell.Variant != "" || s.dir == "wdc-computers" { // not one-to-one
		return nil
	}
	r, err := match.Link(ctx, cs[0], cs[1], match.Options{Model: model})
	if err != nil {
		return err
	}
	q := match.PairQuality(r.Matches, l.link.Truth)
	m.Link = measure.Counts(q)
	return nil
}

// recallAt10 is the share of the test matches that are among the ten nearest of their left record, by the
// vectors that training left in the collections.
func recallAt10(ctx context.Context, cs []*db.Collection, test []match.Label) (float64, error) {
	lists, err := match.Candidates(ctx, cs[0], cs[1], match.Options{TopK: 10})
	if err != nil {
		return 0, err
	}
	found, matches := 0.0, 0.0
	for _, t := range test {
		if t.Match {
			matches++
			if slices.Contains(lists.ByVector[t.Left], t.Right) {
				found++
			}
		}
	}
	return found / matches, nil
}

// draw takes labels at random, again where fewer than four are matches.
func (m *measured) draw(all []match.Label) []match.Label {
	for try := 0; ; try++ {
		rng := rand.New(rand.NewPCG(m.Cell.Seed, uint64(try)))
		var out []match.Label
		matches := 0
		for _, k := range rng.Perm(len(all))[:m.Cell.Labels] {
			out = append(out, all[k])
			if all[k].Match {
				matches++
			}
		}
		if matches >= 4 && m.Cell.Labels-matches >= 4 {
			m.Redrawn = try
			return out
		}
	}
}

func (m *measured) train(ctx context.Context, left, right *db.Collection, set match.TrainSet) (*match.Model, error) {
	start, cpu := time.Now(), bench.CPU()
	model, err := match.Train(ctx, left, right, set, m.Cell.options())
	if err != nil {
		return nil, err
	}
	m.Seconds, m.CPU = time.Since(start).Seconds(), (bench.CPU() - cpu).Seconds()
	m.Threshold, m.Validation = model.Summary.Threshold, 0
	if model.Summary.Valid > 0 {
		m.Validation = model.Summary.F1
	}
	data, err := model.MarshalBinary()
	if err != nil {
		return nil, err
	}
	m.ModelBytes = len(data)
	return match.UnmarshalModel(data)
}

func (m *measured) score(ctx context.Context, left, right *db.Collection, model *match.Model, sides label.Sides, set match.TrainSet, test []match.Label) error {
	got, err := match.ScorePairs(ctx, left, right, test, model, match.Options{})
	if err != nil {
		return err
	}
	if len(got.Pairs) != len(test) {
		return fmt.Errorf("%d scores for %d pairs", len(got.Pairs), len(test))
	}
	score, truth := make([]float64, len(test)), make([]bool, len(test))
	for k, p := range got.Pairs {
		score[k], truth[k] = p.Score, test[k].Match
	}
	m.Test = measure.Decide(score, truth, nil, got.Threshold)
	sweep := measure.NewOrder(score, truth).Sweep(nil)
	m.AveragePrecision, m.Best = measure.AveragePrecision(sweep), measure.BestF1(sweep).F1()
	seen := label.SeenBy(sides, slices.Concat(set.Train, set.Valid), test)
	for kind := label.Unseen; kind <= label.BothSeen; kind++ {
		var s []float64
		var y []bool
		for k := range test {
			if seen[k] == kind {
				s, y = append(s, score[k]), append(y, truth[k])
			}
		}
		m.Seen[kind.String()] = measure.Decide(s, y, nil, got.Threshold)
	}
	return nil
}
