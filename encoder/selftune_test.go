package encoder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
)

// Two shops with their own boilerplate: what is each other's nearest teaches what does not tell.
func TestSelfTune(t *testing.T) {
	start, rows, set := shopStart(t, 400)
	row := func(i int) []string { return rows[i] }
	e, report, err := SelfTune(context.Background(), start, len(rows), row, set.Left, TuneOptions{})
	if err != nil {
		t.Fatal(err)
	}
	all := append(append([]Twin{}, set.Train...), set.Valid...)
	question := newRetrieval(len(rows), set.Left, all, row, 0)
	before, err := question.ask(context.Background(), start, 0)
	if err != nil {
		t.Fatal(err)
	}
	after, err := question.ask(context.Background(), e, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("MRR of the true matches %.3f, before %.3f", after.mrr, before.mrr)
	if report.Best == 0 || after.mrr < before.mrr+.01 {
		t.Errorf("MRR %.3f after, %.3f before, best epoch %d, %q", after.mrr, before.mrr, report.Best, report.Warnings)
	}
	again, _, err := SelfTune(context.Background(), start, len(rows), row, set.Left, TuneOptions{Threads: 1})
	if err != nil || !bytes.Equal(marshal(t, again), marshal(t, e)) {
		t.Errorf("one thread gives another encoder (%v)", err)
	}
}

// What does not help is not kept, and what cannot be learned from is said.
func TestSelfTuneKeepsTheStart(t *testing.T) {
	// Copies that differ in nothing: the start finds all of them.
	var rows [][]string
	for i := range 240 {
		rows = append(rows, []string{fmt.Sprintf("thing %d of its own kind %d", i%120, 7919*(i%120)), "", ""})
	}
	start := mustFit(t, tuneSchema, rows, Options{Dim: 128, LogBuckets: 12})
	row := func(i int) []string { return rows[i] }
	for _, left := range []int{120, 0} {
		e, report, err := SelfTune(context.Background(), start, len(rows), row, left, TuneOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if report.Epochs[0].MRR > 1-leastSelfGain && e != start {
			t.Errorf("left %d: the start finds %.3f and was not kept", left, report.Epochs[0].MRR)
		}
	}
	for name, n := range map[string]int{"nothing": 0, "few": 20} {
		if _, _, err := SelfTune(context.Background(), start, n, row, 0, TuneOptions{}); !errors.Is(err, ErrLabels) {
			t.Errorf("%s: %v", name, err)
		}
	}
	empty := func(int) []string { return []string{"", "", ""} }
	if _, _, err := SelfTune(context.Background(), start, 300, empty, 150, TuneOptions{}); !errors.Is(err, ErrLabels) {
		t.Errorf("empty records: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := SelfTune(ctx, start, len(rows), row, 0, TuneOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, _, err := SelfTune(context.Background(), start, len(rows), row, 0, TuneOptions{Batch: -1}); !errors.Is(err, ErrOptions) {
		t.Errorf("bad option: %v", err)
	}
}
