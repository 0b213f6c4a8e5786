package encoder

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
)

func TestTuneFolds(t *testing.T) {
	start, rows, set := shopStart(t, 120)
	set.Train = append(set.Train, Twin{1, 122, true}, Twin{4, 122, true}) // 1, 2 and 4 are one thing
	row := func(i int) []string { return rows[i] }
	opts := TuneOptions{Epochs: 3}
	encoders, fold, err := TuneFolds(context.Background(), start, len(rows), row, set, 3, opts)
	if err != nil {
		t.Fatal(err)
	}
	if len(encoders) != 3 || len(fold) != len(set.Train) || encoders[0].Fingerprint() == encoders[1].Fingerprint() {
		t.Fatalf("%d encoders, %d folds of %d pairs", len(encoders), len(fold), len(set.Train))
	}
	of, sizes := map[uint32]int{}, make([]int, 3)
	for i, p := range set.Train {
		sizes[fold[i]]++
		if !p.Match {
			continue
		}
		for _, r := range []uint32{p.Left, p.Right} {
			if k, seen := of[r]; seen && k != fold[i] {
				t.Errorf("record %d has matches in folds %d and %d", r, k, fold[i])
			}
			of[r] = fold[i]
		}
	}
	if slices.Min(sizes) < len(fold)/5 {
		t.Errorf("sizes %v", sizes)
	}
	// Encoder k is that of Tune on the rest.
	var rest []Twin
	for i, p := range set.Train {
		if fold[i] != 1 {
			rest = append(rest, p)
		}
	}
	want, _ := mustTune(t, start, rows, TuneSet{Train: rest, Valid: set.Valid, Left: set.Left}, opts)
	if !bytes.Equal(marshal(t, want), marshal(t, encoders[1])) {
		t.Error("the encoder of fold 1 is not that of the pairs outside it")
	}
}

func TestTuneFoldsOfLittle(t *testing.T) {
	start, rows, set := shopStart(t, 60)
	row := func(i int) []string { return rows[i] }
	few := TuneSet{Train: set.Train[:10], Valid: set.Valid, Left: set.Left} // five matches: three without a fold
	encoders, _, err := TuneFolds(context.Background(), start, len(rows), row, few, 2, TuneOptions{Epochs: 1})
	if err != nil || !slices.Equal(encoders, []*Encoder{start, start}) {
		t.Errorf("%v, %v", encoders, err)
	}
	for _, folds := range []int{-1, 0, 1, 1000} {
		if _, _, err := TuneFolds(context.Background(), start, len(rows), row, set, folds, TuneOptions{}); !errors.Is(err, ErrOptions) {
			t.Errorf("%d folds: %v", folds, err)
		}
	}
	bad := TuneSet{Train: []Twin{{0, 9999, true}}, Left: set.Left}
	if _, _, err := TuneFolds(context.Background(), start, len(rows), row, bad, 2, TuneOptions{}); !errors.Is(err, ErrLabels) {
		t.Errorf("row out of range: %v", err)
	}
}
