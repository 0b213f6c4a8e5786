// Command oneshot measures how well a class is named from one example or five, on the characters
// of Omniglot, and writes benchmarks/results/oneshot.md: episodes over characters of alphabets that
// training has not seen, Lake's 400 trials, losses against each other, and the speed of training (beside
// PyTorch) and of encoding.
//
//	go run ./benchmarks/oneshot -model omniglot.net
//
// The model is trained once and kept in that file, so that parts can be measured again. What lies
// in FILE.checkpoint is gone on with. PyTorch comes from Debian: benchmarks/peers/install-torch.
// Data sets are looked for as internal/datasets says; what is missing is said in the report.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"github.com/doppeldb/doppel/benchmarks/bench"
)

func main() {
	var p program
	out := flag.String("o", "benchmarks/results/oneshot.md", "where to write the report")
	only := flag.String("part", "", "run one part: "+bench.Names(append(p.parts(), p.choose())))
	flag.StringVar(&p.model, "model", "", "`FILE` that keeps the trained model; trained anew if it is not there")
	flag.StringVar(&p.with, "with", "", "options of training other than the default, such as `steps=2000,loss=triplet-hard,ways=64`")
	flag.StringVar(&p.spec, "spec", "glyph", "preset or architecture")
	flag.IntVar(&p.steps, "short", 1500, "`STEPS` of each row of the table of losses")
	flag.StringVar(&p.python, "python", "/usr/bin/python3", "Python that has PyTorch")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := p.run(ctx, *out, *only); err != nil {
		fmt.Fprintln(os.Stderr, "oneshot:", err)
		os.Exit(1)
	}
}

// program is what the flags say and what its parts have in common.
type program struct {
	model, with, spec, python string
	steps                     int
	kept                      *trained
}

// protocol stands above the tables.
const protocol = `Omniglot: 1,623 characters of 50 alphabets, each drawn by 20 people. Training sees the background set alone (30 alphabets, 964 characters); tests are on the
evaluation set (20 other alphabets, 659 characters). Options were chosen on ten background alphabets held out of training (` + "`-part choose`" + `); the final model is then trained on all 30. An
episode draws classes, supports and 5 queries of each class; a query is right when the mean of its class's supports is the closest by cosine. 1,000 episodes; the interval
is the mean ± 1.96 standard errors over episodes, which says how well so many episodes tell the figure and not how another training would come out.
`

func (p *program) run(ctx context.Context, out, only string) error {
	parts := p.parts()
	if choose := p.choose(); only == choose.Name {
		parts = []bench.Part{choose}
	}
	head := fmt.Sprintf("# A class from one example\n\n%s\n\n%s", bench.Machine("oneshot"), protocol)
	return bench.Report(ctx, head, out, only, parts)
}

func (p *program) parts() []bench.Part {
	return []bench.Part{
		{Name: "train", Title: "Training", Run: p.training},
		{Name: "test", Title: "Characters of unseen alphabets", Run: p.test},
		{Name: "runs", Title: "Lake's 400 trials within an alphabet", Run: p.runs},
		{Name: "speed", Title: "Speed of training beside PyTorch", Run: p.speed},
		{Name: "encode", Title: "Speed of encoding", Run: p.encode},
		{Name: "losses", Title: "Losses against each other", Run: p.losses},
	}
}

// choose is no part of the report: it is how the options were found.
func (p *program) choose() bench.Part {
	return bench.Part{Name: "choose", Title: "Options on held-out alphabets", Run: func(ctx context.Context, w *bytes.Buffer) error {
		fmt.Fprintf(w, "Trained on 20 background alphabets, measured on the other ten. Options: default, and `%s`.\n\n", p.with)
		opts, train, held, err := p.heldOut(ctx)
		if err != nil {
			return err
		}
		fmt.Fprint(w, lossHead)
		return p.row(ctx, w, p.with, opts, train, []*omniglot{held})
	}}
}
