package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"time"

	"github.com/doppeldb/doppel/benchmarks/bench"
	"github.com/doppeldb/doppel/encoder/vision"
)

// trained is the final model and how it came about.
type trained struct {
	net *vision.Net
	log trainLog
}

// trainLog is kept beside the model's file.
type trainLog struct {
	Spec, With       string
	Seconds, CPU     float64
	Pictures, Seen   int
	Classes, HeldOut int
	Steps            int
	Points           []point
	Machine          string
}

type point struct {
	Step           int
	Loss, Accuracy float64
	Seconds        float64
}

// final gives the model, from its file if there is one.
func (p *program) final(ctx context.Context) (*trained, error) {
	if p.kept != nil {
		return p.kept, nil
	}
	t, err := p.load()
	if errors.Is(err, fs.ErrNotExist) {
		t, err = p.train(ctx)
	}
	if err != nil {
		return nil, err
	}
	p.kept = t
	return t, nil
}

func (p *program) load() (*trained, error) {
	if p.model == "" {
		return nil, fs.ErrNotExist
	}
	b, err := os.ReadFile(p.model)
	if err != nil {
		return nil, err
	}
	t := &trained{}
	if t.net, err = vision.Unmarshal(b); err != nil {
		return nil, fmt.Errorf("%s: %w", p.model, err)
	}
	return t, readJSON(p.model+".json", &t.log)
}

// train makes the final model on all background alphabets, going on from a checkpoint.
func (p *program) train(ctx context.Context) (*trained, error) {
	set, err := loadOmniglot(ctx, "background")
	if err != nil {
		return nil, err
	}
	opts, err := p.options(set)
	if err != nil {
		return nil, err
	}
	t := &trained{log: trainLog{Spec: opts.Spec.String(), With: p.with, Steps: opts.Steps, Machine: bench.Machine("oneshot")}}
	before := trainLog{}
	checkpoint, log := p.model+".checkpoint", p.model+".checkpoint.json"
	if p.model != "" {
		if opts.Resume, err = os.ReadFile(checkpoint); err == nil {
			if err := readJSON(log, &before); err != nil {
				return nil, err
			}
			t.log.Points = before.Points
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		opts.Checkpoint = func(b []byte) error { return errors.Join(writeWhole(checkpoint, b), writeJSON(log, t.log)) }
	}
	began, busy := time.Now(), bench.CPU()
	clock := func() {
		t.log.Seconds = before.Seconds + time.Since(began).Seconds()
		t.log.CPU = before.CPU + (bench.CPU() - busy).Seconds()
	}
	opts.Progress = func(q vision.TrainPoint) {
		clock()
		pt := point{q.Step, q.Loss, q.Accuracy, t.log.Seconds}
		if math.IsNaN(pt.Accuracy) { // nothing is held out, and JSON has no NaN
			pt.Accuracy = 0
		}
		t.log.Points = append(t.log.Points, pt)
		fmt.Fprintf(os.Stderr, "  step %d of %d, loss %.4f, held-out %d-way %.4f, %.0f s\n", q.Step, opts.Steps, q.Loss, q.Ways, q.Accuracy, t.log.Seconds)
	}
	net, report, err := vision.Train(ctx, set.TrainSet, opts)
	if err != nil {
		return nil, err
	}
	clock()
	t.net = net
	t.log.Pictures, t.log.Seen, t.log.Classes, t.log.HeldOut = report.Pictures, report.Seen, report.Classes, report.HeldOut
	if p.model == "" {
		return t, nil
	}
	if err := errors.Join(writeJSON(p.model+".json", t.log), writeWhole(p.model, net.Marshal())); err != nil {
		return nil, err
	}
	return t, errors.Join(os.Remove(checkpoint), os.Remove(log))
}

// options are the default ones for a set, changed as -with says.
func (p *program) options(set *omniglot) (vision.TrainOptions, error) {
	spec, err := architecture(p.spec)
	if err != nil {
		return vision.TrainOptions{}, err
	}
	o := vision.DefaultTraining(spec, set.TrainSet)
	return o, change(&o, p.with)
}

func readJSON(file string, to any) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, to)
}

func writeJSON(file string, from any) error {
	b, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return writeWhole(file, append(b, '\n'))
}

// writeWhole writes a file that is there whole or not at all: a long run can be stopped at any moment.
func writeWhole(file string, b []byte) error {
	if err := os.WriteFile(file+".new", b, 0o644); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

// training tells how the final model was trained.
func (p *program) training(ctx context.Context, w *bytes.Buffer) error {
	t, err := p.final(ctx)
	if err != nil {
		return err
	}
	l := t.log
	fmt.Fprintf(w, "Network: `%s`, %d parameters. %d steps over %d pictures of %d characters, %d pictures seen in all; %d characters of the same alphabets held out to choose the step. "+
		"Options: default", l.Spec, t.net.Params(), l.Steps, l.Pictures, l.Classes, l.Seen, l.HeldOut)
	if l.With != "" {
		fmt.Fprintf(w, ", and `%s`", l.With)
	}
	fmt.Fprintf(w, ".\n\n**%.1f minutes** (bar: 40), %.1f of processor time; %.0f pictures/s, augmentation and looks at held-out characters included. Trained on: %s\n\n",
		l.Seconds/60, l.CPU/60, float64(l.Seen)/l.Seconds, l.Machine)
	if l.HeldOut == 0 {
		fmt.Fprint(w, "| step | minutes | loss |\n|---|---|---|\n")
	} else {
		fmt.Fprint(w, "| step | minutes | loss | held-out characters, 1-shot accuracy |\n|---|---|---|---|\n")
	}
	every := max(1, len(l.Points)/10)
	for i, q := range l.Points {
		if (i+1)%every != 0 && i != len(l.Points)-1 {
			continue
		}
		fmt.Fprintf(w, "| %d | %.1f | %.4f |", q.Step, q.Seconds/60, q.Loss)
		if l.HeldOut > 0 {
			fmt.Fprintf(w, " %.4f |", q.Accuracy)
		}
		fmt.Fprintln(w)
	}
	return nil
}
