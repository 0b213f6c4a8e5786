package match_test

import (
	"context"
	"fmt"
	"log"
	"slices"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/baseline"
	"github.com/doppeldb/doppel/internal/synth"
	"github.com/doppeldb/doppel/query/label"
	"github.com/doppeldb/doppel/query/match"
	"github.com/doppeldb/doppel/record"
)

// judgedShops stores two made-up shops and judges pairs of their listings.
func judgedShops(file *db.DB) (ours, theirs *db.Collection, sides label.Sides, judged []label.Label) {
	left, right, same := synth.Shops(synth.Options{Seed: 3, Products: 150})
	truth := make([]string, len(left.Rows)+len(right.Rows))
	for i := range truth {
		truth[i] = fmt.Sprint("single ", i)
	}
	for _, p := range same {
		truth[len(left.Rows)+p[1]] = truth[p[0]]
	}
	values := func(t *synth.Table) (rows [][]string) {
		for _, r := range t.Rows {
			rows = append(rows, r[1:])
		}
		return rows
	}
	a, b := values(left), values(right)
	schema := record.Infer(left.Header[1:], slices.Concat(a, b))
	store := func(name string, t *synth.Table) *db.Collection {
		c, err := file.Create(name, schema)
		if err != nil {
			log.Fatal(err)
		}
		for _, r := range t.Rows {
			if err := c.Put(context.Background(), record.Record{Key: r[0], Values: r[1:]}); err != nil {
				log.Fatal(err)
			}
		}
		return c
	}
	near, err := baseline.NewTFIDF(a, b).Nearest(context.Background(), label.Near, 0)
	if err != nil {
		log.Fatal(err)
	}
	sides = label.Sides{Left: len(a), Right: len(b)}
	return store("ours", left), store("theirs", right), sides, label.FromTruth(sides, truth, near, 1)
}

// Learn from judged pairs, score others, and see how good it is.
func ExampleTrain() {
	file, err := db.OpenTemp()
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	ours, theirs, sides, judged := judgedShops(file) // or label.ReadFile, for a file of ltable_id,rtable_id,label

	ctx := context.Background()
	all, err := label.Split(sides, judged, label.SplitOptions{Share: .3}) // by thing: the test has none that training has
	if err != nil {
		log.Fatal(err)
	}
	model, err := match.Train(ctx, ours, theirs, match.TrainSet{Train: all.Train}, match.TrainOptions{})
	if err != nil {
		log.Fatal(err)
	}
	scored, err := match.ScorePairs(ctx, ours, theirs, all.Held, model, match.Options{})
	if err != nil {
		log.Fatal(err)
	}
	quality := label.Evaluate(sides, all.Held, scored.Scores(), scored.Threshold, label.EvaluateOptions{})
	f1 := quality.Figure("f1")
	fmt.Printf("F1 above .9: %v, and with 95 %% confidence above .7: %v\n", f1.Value > .9, f1.Between.Low > .7)
	// Output:
	// F1 above .9: true, and with 95 % confidence above .7: true
}
