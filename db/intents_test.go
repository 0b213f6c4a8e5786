package db_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/internal/datasets"
	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/record"
)

// intentAnswers is what Classify says about the test questions of banking77.
type intentAnswers struct {
	known, right, letIn int // questions of shown intents: all, first class right, not None
	unknown, refused    int // questions of intents that were never shown: all, None
	sure                float64
}

var fitIntents struct {
	once sync.Once
	enc  *encoder.Encoder
	err  error
}

// intentEncoder is fitted once.
func intentEncoder(t *testing.T, schema record.Schema, texts []string) *encoder.Encoder {
	f := &fitIntents
	f.once.Do(func() {
		f.enc, f.err = encoder.Fit(background, schema, len(texts), func(i int) []string { return texts[i : i+1] }, encoder.Options{})
	})
	if f.err != nil {
		t.Fatal(f.err)
	}
	return f.enc
}

// askIntents shows k questions of each intent, drawn from the training part, but
// none of the held-out ones, and asks all test questions. No label is learned from:
// idf comes from the text of the training part.
func askIntents(t *testing.T, k int, rule db.Rule, heldOut map[string]bool, seed uint64) intentAnswers {
	texts, intents, err := datasets.LoadIntents("train")
	if err != nil {
		t.Skip(err)
	}
	schema := record.Schema{{Name: "text", Kind: record.Text}}
	c, err := dbtest.Open(t).Create("questions", schema)
	if err == nil {
		err = c.SetEncoder(background, intentEncoder(t, schema, texts))
	}
	if err != nil {
		t.Fatal(err)
	}
	supports := map[string][]record.Record{}
	for _, i := range rand.New(rand.NewPCG(seed, 77)).Perm(len(texts)) {
		if of := intents[i]; len(supports[of]) < k && !heldOut[of] {
			supports[of] = append(supports[of], record.Record{Key: fmt.Sprint(i), Values: texts[i : i+1]})
		}
	}
	for class, rs := range supports {
		if err := c.AddSupports(background, "", class, rs...); err != nil {
			t.Fatal(err)
		}
	}
	var a intentAnswers
	texts, intents, err = datasets.LoadIntents("test")
	if err != nil {
		t.Skip(err)
	}
	for i, text := range texts {
		got, err := c.Classify(background, []string{text}, &db.ClassifyOptions{Rule: rule, Top: 1})
		switch {
		case err != nil:
			t.Fatal(err)
		case heldOut[intents[i]]:
			a.unknown++
			if got.None {
				a.refused++
			}
			continue
		}
		a.known++
		if !got.None {
			a.letIn++
		}
		if len(got.Classes) > 0 {
			a.sure += got.Classes[0].Confidence
			if got.Classes[0].Class == intents[i] {
				a.right++
			}
		}
	}
	return a
}

// The part of banking77's test questions whose intent, one of 77, is found with
// a few examples each and no training. The bars are what was measured less .02.
func TestFewShotIntents(t *testing.T) {
	if testing.Short() {
		t.Skip("a gate of quality: not with -short")
	}
	for _, bar := range []struct {
		k    int
		rule db.Rule
		want float64
	}{{1, db.Prototype, .285}, {5, db.Prototype, .552}, {5, db.NearestSupport, .491}, {10, db.Prototype, .635}, {10, db.NearestSupport, .576}} {
		var all intentAnswers
		for seed := range uint64(3) {
			a := askIntents(t, bar.k, bar.rule, nil, seed)
			all.known, all.right, all.sure = all.known+a.known, all.right+a.right, all.sure+a.sure
		}
		right, sure := float64(all.right)/float64(all.known), all.sure/float64(all.known)
		t.Logf("%2d supports, %-9v: %.3f right, mean confidence %.3f", bar.k, bar.rule, right, sure)
		if right < bar.want {
			t.Errorf("%d supports, %v: %.3f right, want %.3f", bar.k, bar.rule, right, bar.want)
		}
	}
}

// None of these, with 20 of 77 intents never shown: the mean of the part of shown
// ones that is let in and the part of others that is refused; .5 is no knowledge.
func TestUnseenIntents(t *testing.T) {
	if testing.Short() {
		t.Skip("a gate of quality: not with -short")
	}
	_, intents, err := datasets.LoadIntents("train")
	if err != nil {
		t.Skip(err)
	}
	slices.Sort(intents)
	intents = slices.Compact(intents)
	for _, bar := range []struct {
		k    int
		want float64
	}{{1, .568}, {5, .657}, {10, .668}} {
		var all intentAnswers
		for seed := range uint64(3) {
			heldOut := map[string]bool{}
			for _, i := range rand.New(rand.NewPCG(seed, 20)).Perm(len(intents))[:20] {
				heldOut[intents[i]] = true
			}
			a := askIntents(t, bar.k, db.Prototype, heldOut, seed)
			all.known, all.letIn = all.known+a.known, all.letIn+a.letIn
			all.unknown, all.refused = all.unknown+a.unknown, all.refused+a.refused
		}
		in, out := float64(all.letIn)/float64(all.known), float64(all.refused)/float64(all.unknown)
		t.Logf("%2d supports: %.3f of shown intents let in, %.3f of others refused, mean %.3f", bar.k, in, out, (in+out)/2)
		if (in+out)/2 < bar.want {
			t.Errorf("%d supports: mean %.3f, want %.3f", bar.k, (in+out)/2, bar.want)
		}
	}
}
