package match

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/record"
)

func TestSelfTrain(t *testing.T) {
	ctx := context.Background()
	cs, labels := openShops(t, 200)
	m, err := SelfTrain(ctx, cs[0], cs[1], TrainOptions{Seed: 1, Epochs: 3})
	if err != nil {
		t.Fatal(err)
	}
	if m.Scorer != nil || m.Summary.LeftRecords != 200 || m.Summary.RightRecords != 200 {
		t.Errorf("%+v", m.Summary)
	}
	data := modelBytes(t, m)
	back, err := UnmarshalModel(data)
	if err != nil || back.Scorer != nil || back.Encoder.Fingerprint() != m.Encoder.Fingerprint() || back.Summary.String() != m.Summary.String() {
		t.Errorf("read back: %+v, %v", back, err)
	}
	again, err := SelfTrain(ctx, cs[0], cs[1], TrainOptions{Seed: 1, Epochs: 3, Threads: 1})
	if err != nil || !bytes.Equal(modelBytes(t, again), data) {
		t.Errorf("one thread gives another model (%v)", err)
	}
	// Collections that have an encoder of their own get the model's.
	fresh, _ := openShops(t, 200)
	if _, err := Link(ctx, fresh[0], fresh[1], Options{}); err != nil {
		t.Fatal(err)
	}
	r, err := Link(ctx, fresh[0], fresh[1], Options{Model: back})
	if err != nil {
		t.Fatal(err)
	}
	checkLink(t, r, OneToOne)
	if r.Left.Encoder.Fingerprint() != m.Encoder.Fingerprint() || r.Right.Encoder.Fingerprint() != m.Encoder.Fingerprint() {
		t.Error("the link did not use the model's encoder")
	}
	if _, err := ScorePairs(ctx, cs[0], cs[1], labels[:4], m, Options{}); !errors.Is(err, ErrModel) {
		t.Errorf("given pairs: %v", err)
	}
	other := store(t, record.Schema{{Name: "other", Kind: record.Text}}, [][]string{{"a"}}, [][]string{{"b"}})
	if _, err := Link(ctx, other[0], other[1], Options{Model: m}); !errors.Is(err, ErrModel) {
		t.Errorf("another schema: %v", err)
	}
	if _, err := SelfTrain(ctx, cs[0], cs[1], TrainOptions{TargetRecall: .9}); !errors.Is(err, ErrOptions) {
		t.Errorf("a target: %v", err)
	}
}

func TestSelfTrainOnOneCollection(t *testing.T) {
	ctx := context.Background()
	left, right, _ := variantShops(100)
	cs := store(t, productSchema, slices.Concat(left, right))
	m, err := SelfTrain(ctx, cs[0], nil, TrainOptions{Epochs: 2})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Dedupe(ctx, cs[0], Options{Model: m})
	if err != nil {
		t.Fatal(err)
	}
	checkDedupe(t, r)
	// Too little to learn from is a warning, not an error.
	few := store(t, productSchema, left[:3])
	m, err = SelfTrain(ctx, few[0], nil, TrainOptions{})
	if err != nil || len(m.Summary.Warnings) != 1 || !strings.Contains(m.Summary.Warnings[0], "the encoder stays as it is") {
		t.Errorf("%+v, %v", m, err)
	}
	empty := store(t, productSchema, nil)
	if _, err = SelfTrain(ctx, empty[0], nil, TrainOptions{}); err != nil {
		t.Errorf("no record: %v", err)
	}
}
