package encoder_test

import (
	"context"
	"fmt"

	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/record"
)

// Two shops list the same hundred things; a few labelled pairs teach which of the words tell.
func ExampleTune() {
	ctx := context.Background()
	const n = 100
	rows := func(i int) []string {
		if i < n {
			return []string{fmt.Sprintf("acme widget %d", 7000+37*i)}
		}
		return []string{fmt.Sprintf("special offer today: %d widget by acme, free shipping", 7000+37*(i-n))}
	}
	start, err := encoder.Fit(ctx, record.Schema{{Name: "title", Kind: record.Text}}, 2*n, rows, encoder.Options{Dim: 16})
	if err != nil {
		panic(err)
	}
	set := encoder.TuneSet{Left: n}
	for i := range uint32(n) {
		pair := encoder.Twin{Left: i, Right: n + i, Match: true}
		if i%2 == 0 {
			set.Train = append(set.Train, pair)
		} else {
			set.Valid = append(set.Valid, pair)
		}
	}
	tuned, report, err := encoder.Tune(ctx, start, 2*n, rows, set, encoder.TuneOptions{Epochs: 5})
	if err != nil {
		panic(err)
	}
	before, after := report.Epochs[0], report.Epochs[report.Best]
	fmt.Println("better:", after.MRR > before.MRR, "another encoder:", tuned.Fingerprint() != start.Fingerprint())
	// Output: better: true another encoder: true
}
