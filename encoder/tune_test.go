package encoder

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

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

func mustTune(tb testing.TB, start *Encoder, rows [][]string, set TuneSet, opts TuneOptions) (*Encoder, *TuneReport) {
	tb.Helper()
	e, report, err := Tune(context.Background(), start, len(rows), func(i int) []string { return rows[i] }, set, opts)
	if err != nil {
		tb.Fatal(err)
	}
	return e, report
}

// What Tune learned must be found by the encoder that it gives, and survive its file.
func TestTuneLearns(t *testing.T) {
	rows, set := shops(300)
	start := mustFit(t, tuneSchema, rows, Options{Dim: 32, LogBuckets: 12})
	e, report := mustTune(t, start, rows, set, TuneOptions{Epochs: 6})
	first, best := report.Epochs[0], report.Epochs[report.Best]
	if best.MRR < first.MRR+.03 {
		t.Errorf("MRR of validation %.3f, before %.3f", best.MRR, first.MRR)
	}
	question := newRetrieval(len(rows), set.Left, set.Valid, func(i int) []string { return rows[i] }, 0)
	if got, err := question.ask(context.Background(), e, 1); err != nil || got.mrr != best.MRR {
		t.Errorf("the encoder has MRR %v (%v), its report says %v", got.mrr, err, best.MRR)
	}
	b, err := e.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	back, err := Unmarshal(b)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := back.MarshalBinary(); !bytes.Equal(again, b) || back.Fingerprint() != e.Fingerprint() {
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
}

func TestTuneSameBytesForAnyThreads(t *testing.T) {
	rows, set := shops(150)
	start := mustFit(t, tuneSchema, rows, Options{Dim: 32, LogBuckets: 12})
	var want []byte
	for _, n := range []int{1, 2, 4} {
		previous := runtime.GOMAXPROCS(n)
		e, _ := mustTune(t, start, rows, set, TuneOptions{Epochs: 2, Batch: 32})
		runtime.GOMAXPROCS(previous)
		b, err := e.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = b
		}
		if !bytes.Equal(b, want) {
			t.Errorf("GOMAXPROCS=%d gives another model", n)
		}
	}
}
