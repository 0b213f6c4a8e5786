package encoder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/encoder/head"
	"github.com/doppeldb/doppel/encoder/loss"
	"github.com/doppeldb/doppel/encoder/optim"
	"github.com/doppeldb/doppel/record"
)

// tuneSchema has every kind that a network reads.
var tuneSchema = record.Schema{{Name: "title", Kind: record.Text}, {Name: "maker", Kind: record.Category}, {Name: "price", Kind: record.Number}}

// shops makes n things as two shops list them: the right shop drops words, adds its
// own boilerplate and rounds prices. Row i and row n+i are one thing.
func shops(n int) (rows [][]string, set TuneSet) {
	r := rand.New(rand.NewPCG(21, 22))
	right := make([][]string, n)
	for i := range n {
		maker := madeUpWord(r, 12)
		title := fmt.Sprintf("%s %s %s %d%s", maker, madeUpWord(r, 60), madeUpWord(r, 60), r.IntN(900), madeUpWord(r, 9)[:1])
		price := 10 + 500*r.Float64()
		rows = append(rows, []string{title, maker, fmt.Sprintf("%.2f", price)})
		right[i] = []string{"brand new sealed offer " + title[len(maker):] + " " + madeUpWord(r, 30), "", fmt.Sprintf("%.0f", price)}
	}
	rows = append(rows, right...)
	for i := range uint32(n) {
		part := &set.Train
		if i%3 == 0 {
			part = &set.Valid
		}
		*part = append(*part, Twin{i, uint32(n) + i, true}, Twin{i, uint32(n) + (i+3)%uint32(n), false})
	}
	set.Left = n
	return rows, set
}

// shopStart is shops and the encoder that training starts from.
func shopStart(tb testing.TB, n int) (*Encoder, [][]string, TuneSet) {
	tb.Helper()
	rows, set := shops(n)
	return mustFit(tb, tuneSchema, rows, Options{Dim: 32, LogBuckets: 12}), rows, set
}

func tune(ctx context.Context, start *Encoder, rows [][]string, set TuneSet, opts TuneOptions) (*Encoder, *TuneReport, error) {
	return Tune(ctx, start, len(rows), func(i int) []string { return rows[i] }, set, opts)
}

func mustTune(tb testing.TB, start *Encoder, rows [][]string, set TuneSet, opts TuneOptions) (*Encoder, *TuneReport) {
	tb.Helper()
	e, report, err := tune(context.Background(), start, rows, set, opts)
	if err != nil {
		tb.Fatal(err)
	}
	return e, report
}

func marshal(tb testing.TB, e *Encoder) []byte {
	tb.Helper()
	b, err := e.MarshalBinary()
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// What Tune learned must be found by the encoder that it gives, and survive its file.
func TestTuneLearns(t *testing.T) {
	start, rows, set := shopStart(t, 300)
	e, report := mustTune(t, start, rows, set, TuneOptions{Epochs: 6})
	first, best := report.Epochs[0], report.Epochs[report.Best]
	if best.MRR < first.MRR+.03 {
		t.Errorf("MRR of validation %.3f, before %.3f", best.MRR, first.MRR)
	}
	question := newRetrieval(len(rows), set.Left, set.Valid, func(i int) []string { return rows[i] }, 0)
	if got, err := question.ask(context.Background(), e, 1); err != nil || got.mrr != best.MRR {
		t.Errorf("the encoder has MRR %v (%v), its report says %v", got.mrr, err, best.MRR)
	}
	b := marshal(t, e)
	back, err := Unmarshal(b)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(marshal(t, back), b) || back.Fingerprint() != e.Fingerprint() {
		t.Error("what was read is not what was written")
	}
	if back.Fingerprint() == start.Fingerprint() {
		t.Error("the tuned encoder has the fingerprint of its start")
	}
	all := encodeAll(t, back, rows, 2)
	one := make([]float32, e.Dim())
	for i, row := range rows {
		e.Encode(row, one)
		if !bytes.Equal(bytesOf(one), bytesOf(all[i*e.Dim():(i+1)*e.Dim()])) {
			t.Fatalf("row %d: Encode and EncodeAll differ", i)
		}
	}
	// A tuned encoder can be tuned again, with the same sketch.
	_, again := mustTune(t, back, rows, set, TuneOptions{Epochs: 1, Sketch: 128})
	if again.Epochs[0].MRR != best.MRR {
		t.Errorf("the second tuning starts at %v, the first ended at %v", again.Epochs[0].MRR, best.MRR)
	}
	if _, _, err := tune(context.Background(), back, rows, set, TuneOptions{Sketch: 64}); !errors.Is(err, ErrOptions) {
		t.Errorf("another sketch: %v", err)
	}
}

// Every loss and every way to make a batch must be able to learn.
func TestEveryLossAndSamplingLearns(t *testing.T) {
	start, rows, set := shopStart(t, 150)
	try := func(name string, opts TuneOptions) {
		opts.Epochs, opts.GainRate = 6, .05
		_, report := mustTune(t, start, rows, set, opts)
		if best, first := report.Epochs[report.Best], report.Epochs[0]; best.MRR < first.MRR+.02 {
			t.Errorf("%s: MRR %.3f, before %.3f; %q", name, best.MRR, first.MRR, report.Warnings)
		}
	}
	for i, k := range loss.Kinds() {
		if testing.Short() && i > 1 {
			break
		}
		try(k.String(), TuneOptions{Loss: k})
		try(k.String()+", euclidean", TuneOptions{Loss: k, LossOptions: loss.Options{Distance: loss.Euclidean}})
	}
	for _, s := range Samplings() {
		try(s.String(), TuneOptions{Sampling: s})
	}
	try("augmented", TuneOptions{Augment: .5})
	try("prefixes", TuneOptions{Prefixes: []int{8, 16}})
	try("adagrad", TuneOptions{GainRule: optim.Adagrad})
	try("gains alone", TuneOptions{DenseRate: -1})
}

// A network with parameters enough must put eight pairs together exactly.
func TestOverfitsEightPairs(t *testing.T) {
	start, rows, set := shopStart(t, 60)
	few := TuneSet{Left: set.Left, Train: set.Train[:16]}
	_, report := mustTune(t, start, rows, few, TuneOptions{Epochs: 150, Patience: 150, Dropout: -1, GainRate: .05, DenseRate: .003})
	last := report.Epochs[len(report.Epochs)-1]
	if last.Loss > .01 || last.MRR != 1 {
		t.Errorf("loss %v, MRR %v after %d epochs", last.Loss, last.MRR, len(report.Epochs)-1)
	}
}

func TestTuneSameBytesForAnyThreads(t *testing.T) {
	start, rows, set := shopStart(t, 150)
	opts := TuneOptions{Epochs: 5, Sampling: MinedNeighbours, Augment: .5}
	var want []byte
	for _, n := range []int{1, 2, 4} {
		previous := runtime.GOMAXPROCS(n)
		e, report := mustTune(t, start, rows, set, opts)
		runtime.GOMAXPROCS(previous)
		if report.Best == 0 {
			t.Fatal("nothing was learned: the test says nothing")
		}
		b := marshal(t, e)
		if want == nil {
			want = b
		}
		if !bytes.Equal(b, want) {
			t.Errorf("GOMAXPROCS=%d gives another model", n)
		}
	}
	opts.Seed = 1
	if e, _ := mustTune(t, start, rows, set, opts); bytes.Equal(marshal(t, e), want) {
		t.Error("another seed gives the same model")
	}
}

func TestResumeEqualsUninterrupted(t *testing.T) {
	start, rows, set := shopStart(t, 120)
	opts := TuneOptions{Epochs: 5, Batch: 16, Sampling: MinedNeighbours}
	var saved [][]byte
	opts.Checkpoint = func(b []byte) error { saved = append(saved, b); return nil }
	want, wantReport := mustTune(t, start, rows, set, opts)
	if len(saved) != 5 {
		t.Fatalf("%d checkpoints of 5 epochs", len(saved))
	}
	opts.Checkpoint = nil
	for after, b := range saved {
		opts.Resume = b
		got, report := mustTune(t, start, rows, set, opts)
		if !bytes.Equal(marshal(t, got), marshal(t, want)) || !reflect.DeepEqual(report, wantReport) {
			t.Errorf("resumed after epoch %d: another result", after+1)
		}
	}
	refused := func(name string, b []byte, opts TuneOptions, set TuneSet) {
		opts.Resume = b
		if _, _, err := tune(context.Background(), start, rows, set, opts); !errors.Is(err, ErrResume) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b := saved[2]
	refused("one byte", b[:1], opts, set)
	refused("cut", b[:len(b)-5], opts, set)
	refused("cut and sealed", reseal(bytes.Clone(b[:len(b)-8])), opts, set)
	bad := bytes.Clone(b)
	bad[len(bad)/2] ^= 4
	refused("bit flipped", bad, opts, set)
	for at := 40; at < 60; at++ { // sizes, under a right checksum: refused or harmless
		bad := bytes.Clone(b)
		bad[at] ^= 0x80
		opts := opts
		opts.Resume = reseal(bad)
		if _, _, err := tune(context.Background(), start, rows, set, opts); err != nil && !errors.Is(err, ErrResume) {
			t.Errorf("byte %d changed: %v", at, err)
		}
	}
	other := opts
	other.Seed = 9
	refused("another seed", b, other, set)
	fewer := set
	fewer.Train = set.Train[2:]
	refused("other labels", b, opts, fewer)
}

func TestCancelKeepsTheBest(t *testing.T) {
	start, rows, set := shopStart(t, 150)
	ctx, cancel := context.WithCancel(context.Background())
	opts := TuneOptions{Epochs: 10, Patience: 10, Progress: func(p TuneProgress) {
		if p.Epoch.Epoch == 3 {
			cancel()
		}
	}}
	e, report, err := tune(ctx, start, rows, set, opts)
	if !errors.Is(err, context.Canceled) || e == nil || len(report.Epochs) != 4 {
		t.Fatalf("%v, encoder %v, report %+v", err, e, report)
	}
	whole, _ := mustTune(t, start, rows, set, TuneOptions{Epochs: 10, Patience: 10})
	if report.Best == 0 || e.Fingerprint() == start.Fingerprint() || e.Fingerprint() == whole.Fingerprint() {
		t.Errorf("best epoch %d", report.Best)
	}
	if e, _, err := tune(ctx, start, rows, set, TuneOptions{}); e != start || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before it began: %v", err)
	}
	// What a callback says ends the run.
	stop := errors.New("disk full")
	opts = TuneOptions{Checkpoint: func([]byte) error { return stop }}
	if _, _, err := tune(context.Background(), start, rows, set, opts); !errors.Is(err, stop) {
		t.Errorf("a checkpoint that fails: %v", err)
	}
}

func TestDivergenceRollsBack(t *testing.T) {
	start, rows, set := shopStart(t, 150)
	for _, opts := range []TuneOptions{
		{GainRate: 1e3}, {GainRate: 1e30}, {GainRate: math.MaxFloat64}, {DenseRate: 1e30}, {GainRate: 30, Loss: loss.Contrastive},
		{GainRate: 1e30, Batch: 1000}, {DenseRate: math.MaxFloat64, Batch: 1000}, // one step an epoch: validation meets it first
	} {
		e, report := mustTune(t, start, rows, set, opts)
		for _, x := range encodeAll(t, e, rows, 1) {
			if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
				t.Fatalf("%+v: a vector is not finite", opts)
			}
		}
		if _, err := Unmarshal(marshal(t, e)); err != nil {
			t.Errorf("%+v: %v", opts, err)
		}
		if !report.Diverged || !strings.Contains(strings.Join(report.Warnings, "\n"), "diverged") {
			t.Errorf("gain rate %g, dense rate %g: %+v", opts.GainRate, opts.DenseRate, report)
		}
		if best := report.Epochs[report.Best]; best.MRR < report.Epochs[0].MRR {
			t.Errorf("kept an epoch that is worse than the start")
		}
	}
}

func TestWarnings(t *testing.T) {
	start, rows, set := shopStart(t, 90)
	contradiction := append([]Twin{{set.Train[0].Right, set.Train[0].Left, false}}, set.Train...)
	for _, c := range []struct {
		want string
		set  TuneSet
		opts TuneOptions
	}{
		{"margin of 1.5 cannot be met", set, TuneOptions{Epochs: 1, Loss: loss.Contrastive, LossOptions: loss.Options{Margin: 1.5}}},
		{"1 labelled non-matches connect", TuneSet{Train: contradiction, Valid: set.Valid, Left: set.Left}, TuneOptions{Epochs: 1}},
		{"only 2 validation matches", TuneSet{Train: set.Train, Valid: set.Valid[:4], Left: set.Left}, TuneOptions{Epochs: 1}},
		{"start, which was kept", set, TuneOptions{Epochs: 1, GainRate: -1, DenseRate: -1}},
		{"no match or no non-match", TuneSet{Train: onlyMatches(set.Train), Valid: set.Valid, Left: set.Left}, TuneOptions{Epochs: 1, Sampling: BalancedPairs}},
	} {
		_, report := mustTune(t, start, rows, c.set, c.opts)
		if got := strings.Join(report.Warnings, "\n"); !strings.Contains(got, c.want) {
			t.Errorf("want %q, got %q", c.want, got)
		}
	}
	if _, report := mustTune(t, start, rows, set, TuneOptions{}); len(report.Warnings) != 0 {
		t.Errorf("a good run warns: %q", report.Warnings)
	}
	// Records that say all the same: nothing can be told apart.
	var w watch
	w.batch([]loss.Relation{loss.Match, loss.Differ}, &head.Head{Nearest: .5, Widest: .5})
	if w.collapsed != 1 {
		t.Error("a batch of equal distances is no collapse")
	}
}

func onlyMatches(pairs []Twin) (out []Twin) {
	for _, p := range pairs {
		if p.Match {
			out = append(out, p)
		}
	}
	return out
}

func TestLabelsThatCannotBeLearned(t *testing.T) {
	start, rows, set := shopStart(t, 60)
	n := uint32(len(rows))
	only := func(match bool) (out []Twin) {
		for _, p := range set.Train {
			if p.Match == match {
				out = append(out, p)
			}
		}
		return out
	}
	for name, c := range map[string]TuneSet{
		"none":                {Left: 60},
		"non-matches alone":   {Train: only(false), Valid: set.Valid, Left: 60},
		"three matches":       {Train: only(true)[:3], Valid: set.Valid, Left: 60},
		"one match, repeated": {Train: []Twin{{0, 60, true}, {0, 60, true}, {0, 60, true}, {0, 60, true}, {0, 60, true}}, Valid: set.Valid, Left: 60},
		"row out of range":    {Train: append([]Twin{{0, n, true}}, set.Train...), Valid: set.Valid, Left: 60},
		"validation row":      {Train: set.Train, Valid: []Twin{{n + 7, 0, false}}, Left: 60},
		"a row with itself":   {Train: append([]Twin{{5, 5, true}}, set.Train...), Valid: set.Valid, Left: 60},
	} {
		if _, _, err := tune(context.Background(), start, rows, c, TuneOptions{}); !errors.Is(err, ErrLabels) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Matches alone are enough: the other records of a batch are the non-matches.
	if _, report := mustTune(t, start, rows, TuneSet{Train: only(true), Valid: set.Valid, Left: 60}, TuneOptions{Epochs: 3}); report.Best == 0 {
		t.Error("matches alone teach nothing")
	}
}

func TestTuneOptions(t *testing.T) {
	start, rows, set := shopStart(t, 20)
	nan := math.NaN()
	for _, o := range []TuneOptions{
		{Loss: 99}, {Sampling: 99}, {GainRule: 9}, {Epochs: -1}, {Batch: 1}, {Batch: -1}, {Batch: 5000}, {PerGroup: 1}, {Patience: -1},
		{Sketch: 33}, {Sketch: 16}, {Sketch: 1 << 20}, {GainRate: nan}, {DenseRate: math.Inf(1)}, {Dropout: 1}, {Dropout: nan}, {Augment: -.1},
		{Augment: 2}, {Prefixes: []int{1}}, {Prefixes: []int{33}}, {Threads: -1}, {LossOptions: loss.Options{Margin: -1}}, {LossOptions: loss.Options{Temperature: 99}},
	} {
		if _, _, err := tune(context.Background(), start, rows, set, o); !errors.Is(err, ErrOptions) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	for _, s := range Samplings() {
		if got, err := ParseSampling(s.String()); err != nil || got != s {
			t.Errorf("%v: %v, %v", s, got, err)
		}
	}
	if _, err := ParseSampling("x"); !errors.Is(err, ErrOptions) || Sampling(77).String() != "sampling(77)" {
		t.Errorf("%v", err)
	}
}

// A set without validation pairs holds out whole entities.
func TestTuneHoldsOut(t *testing.T) {
	start, rows, set := shopStart(t, 150)
	all := append(append([]Twin{}, set.Train...), set.Valid...)
	train, valid := holdOut(len(rows), all, 3)
	matches := len(onlyMatches(valid))
	if matches < 15 || matches > 50 || len(train)+len(valid) != len(all) {
		t.Errorf("%d of %d pairs held out, %d matches", len(valid), len(all), matches)
	}
	held := map[uint32]bool{}
	for _, p := range onlyMatches(valid) {
		held[p.Left], held[p.Right] = true, true
	}
	for _, p := range train {
		if held[p.Left] || held[p.Right] {
			t.Fatalf("%+v is trained on, and one of its records validates", p)
		}
	}
	if _, report := mustTune(t, start, rows, TuneSet{Train: all, Left: set.Left}, TuneOptions{Epochs: 4}); report.Best == 0 {
		t.Errorf("nothing learned: %+v", report)
	}
}

// One collection: no sides, every other record is a candidate.
func TestTuneOneCollection(t *testing.T) {
	start, rows, set := shopStart(t, 150)
	for _, left := range []int{0, len(rows), len(rows) + 5} {
		set.Left = left
		if _, report := mustTune(t, start, rows, set, TuneOptions{Epochs: 4}); report.Best == 0 {
			t.Errorf("left %d: nothing learned: %+v", left, report)
		}
	}
}
