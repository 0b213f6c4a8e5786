package main

import (
	"bytes"
	"context"
	"fmt"
	"math"

	"github.com/doppeldb/doppel/encoder/vision"
	"github.com/doppeldb/doppel/internal/datasets"
	"github.com/doppeldb/doppel/internal/f32"
	"github.com/doppeldb/doppel/internal/measure"
)

// task is a kind of episode with its bar and what others report.
type task struct {
	ways, shots int
	within      bool
	bar         float64
	others      string
}

var tasks = []task{
	{20, 1, false, .96, "ProtoNet 96.0, Matching Networks 93.8"},
	{5, 1, false, .985, "ProtoNet 98.8, Matching Networks 98.1"},
	{5, 5, false, .995, "ProtoNet 99.7, Matching Networks 98.9"},
	{20, 5, false, 0, "ProtoNet 98.9, Matching Networks 98.5"},
	{20, 1, true, 0, "see the 400 trials below"},
	{5, 1, true, 0, ""},
	{5, 5, true, 0, ""},
}

// embedded is a set with its vectors.
type embedded struct {
	*omniglot
	vectors []float32
	dim     int
}

func embed(ctx context.Context, net *vision.Net, set *omniglot) (*embedded, error) {
	v, err := net.EmbedAll(ctx, set.Pictures, 0)
	return &embedded{set, v, net.Dim()}, err
}

// episodes measures 1,000 episodes of a task.
func (e *embedded) episodes(t task) (measure.EpisodeResult, error) {
	o := measure.EpisodeOptions{Ways: t.ways, Shots: t.shots, Queries: 5, Runs: 1000, Seed: 1}
	if t.within {
		o.Group = e.Group
	}
	return measure.Episodes(e.vectors, e.dim, e.Class, o)
}

// test is the table of episodes.
func (p *program) test(ctx context.Context, w *bytes.Buffer) error {
	t, err := p.final(ctx)
	if err != nil {
		return err
	}
	set, err := loadOmniglot(ctx, "evaluation")
	if err != nil {
		return err
	}
	e, err := embed(ctx, t.net, set)
	if err != nil {
		return err
	}
	fmt.Fprint(w, "| task | classes of an episode | accuracy | 95 % interval | bar | published |\n|---|---|---|---|---|---|\n")
	for _, k := range tasks {
		r, err := e.episodes(k)
		if err != nil {
			return err
		}
		from, bar := "all characters", ""
		if k.within {
			from = "one alphabet"
		}
		if k.bar > 0 {
			bar = fmt.Sprintf("%.1f", 100*k.bar)
		}
		fmt.Fprintf(w, "| %d-way %d-shot | %s | **%.2f** | %.2f to %.2f | %s | %s |\n", k.ways, k.shots, from, 100*r.Accuracy, 100*r.Between.Low, 100*r.Between.High, bar, k.others)
	}
	fmt.Fprint(w, `
Published: Snell, Swersky and Zemel, NeurIPS 2017 (ProtoNet), and Vinyals et al., NIPS 2016 (Matching Networks, not fine-tuned), in per cent. Their protocol is another one: 1,200 random
characters of all 50 alphabets for training, so that a test character's alphabet was seen, and each character turned by 90, 180 and 270 degrees counts as three more classes, in training and in test; here
no alphabet of the test was seen, and what is asked is upright. With more classes that are drawn at random an episode is easier than within one alphabet.
`)
	return nil
}

// runs are Lake's trials: 20 times 20 test drawings, each to be matched to one of 20 drawings by someone else.
func (p *program) runs(ctx context.Context, w *bytes.Buffer) error {
	t, err := p.final(ctx)
	if err != nil {
		return err
	}
	wrong, trials, err := lake(ctx, t.net)
	if err != nil {
		return err
	}
	low, high := wilson(wrong, trials)
	fmt.Fprintf(w, "| who | error, %% |\n|---|---|\n| **doppel** | **%.2f** (%d of %d wrong; 95 %% interval by Wilson %.1f to %.1f); bar 7 |\n",
		100*float64(wrong)/float64(trials), wrong, trials, 100*low, 100*high)
	fmt.Fprint(w, `| BPL | 3.3 |
| people | 4.5 |
| siamese network, Koch et al. | 8.0 |
| deep ConvNet | 13.5 |
| ProtoNet | 13.7 |
| modified Hausdorff distance | 38.8 |

Published: Lake, Salakhutdinov and Tenenbaum, Science 2015 (BPL, people, siamese network, ConvNet), Lake, Salakhutdinov and Tenenbaum, "The Omniglot challenge: a 3-year progress report", 2019 (ProtoNet
on this split), the demonstration script of github.com/brendenlake/omniglot (Hausdorff). Koch, Zemel and Salakhutdinov, 2015, give 92.0 % right, people 95.5 %, for the same 400 trials. BPL
learned from strokes, not from pictures alone.

A run's 20 examples are of one drawer and its 20 questions of another; in the episodes above each is of a drawer of its own, which is harder. An untrained network of this architecture has 280 of 400 wrong; no picture of a question is among the run's examples.
`)
	return nil
}

// lake counts the wrong answers of the 400 trials.
func lake(ctx context.Context, net *vision.Net) (wrong, trials int, err error) {
	runs, err := datasets.LoadRuns()
	if err != nil {
		return 0, 0, err
	}
	dim := net.Dim()
	for _, r := range runs {
		pictures, err := decodeAll(ctx, append(r.Training, r.Test...))
		if err != nil {
			return 0, 0, err
		}
		v, err := net.EmbedAll(ctx, pictures, 0)
		if err != nil {
			return 0, 0, err
		}
		shown, asked := v[:len(r.Training)*dim], v[len(r.Training)*dim:]
		for i, answer := range r.Answer {
			if nearest(shown, asked[i*dim:(i+1)*dim]) != answer {
				wrong++
			}
			trials++
		}
	}
	return wrong, trials, nil
}

// nearest gives the row with the largest inner product.
func nearest(rows, q []float32) int {
	best, at := float32(math.Inf(-1)), -1
	for i := range len(rows) / len(q) {
		if d := f32.Dot(rows[i*len(q):(i+1)*len(q)], q); d > best {
			best, at = d, i
		}
	}
	return at
}

// wilson is the 95 % interval of a share (Wilson 1927).
func wilson(k, n int) (low, high float64) {
	const z = 1.96
	share, total := float64(k)/float64(n), float64(n)
	mid := (share + z*z/(2*total)) / (1 + z*z/total)
	wide := z / (1 + z*z/total) * math.Sqrt(share*(1-share)/total+z*z/(4*total*total))
	return mid - wide, mid + wide
}
