package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/doppeldb/doppel/db"
)

// At most so many facts are told, and none of less weight.
const (
	shownEvidence = 8
	leastTold     = .05
)

func (k *comparer) print(left, right db.RecordRef) error {
	var b strings.Builder
	what := "different things"
	if k.isMatch {
		what = "the same thing"
	}
	by := "without a model"
	if k.modelName != "" {
		by = "by the model " + k.modelName
	}
	fmt.Fprintf(&b, "%s: %s %.2f, from %.2f on it is the same (%s)\n", what, k.measure(), k.score, k.threshold, by)
	if l := k.label; l != nil {
		fmt.Fprintf(&b, "judged to be %s by %s on %s\n", verdict(l.Match), orNobody(l.Source), l.At.Local().Format(time.DateOnly))
	}
	b.WriteByte('\n')
	names := [2]string{left.Key, right.Key}
	if left.Collection != right.Collection {
		names = [2]string{left.Collection + "/" + left.Key, right.Collection + "/" + right.Key}
	}
	g := newGrid(k.app, "", names[0], names[1], "alike").numbers(3)
	for _, f := range k.why.Fields {
		alike := ""
		if f.Similarity >= 0 {
			alike = strconv.FormatFloat(f.Similarity, 'f', 2, 64)
		}
		g.add(f.Name, f.Left, f.Right, alike)
	}
	b.WriteString(g.String())
	told := 0
	for _, x := range k.why.Evidence {
		if math.Abs(x.Weight) < leastTold || told == shownEvidence {
			break // strongest first
		}
		if told++; told == 1 {
			b.WriteString("\nWhat speaks for it (+) and against it (-), in log-odds\n")
		}
		fmt.Fprintf(&b, "  %+5.1f   %s\n", x.Weight, x.Text)
	}
	_, err := io.WriteString(k.stdout, plainText(b.String()))
	return err
}

// measure says what the score is.
func (k *comparer) measure() string {
	if k.modelName == "" && k.cs[0] == k.cs[1] {
		return "likeness"
	}
	return "probability"
}

// jsonComparison is what --json prints.
type jsonComparison struct {
	Same      bool            `json:"same"`
	Measure   string          `json:"measure"` // likeness or probability
	Score     *float64        `json:"score"`
	Threshold *float64        `json:"threshold"`
	Model     *string         `json:"model"`
	Label     *jsonJudgement  `json:"label"`
	Fields    []jsonFieldPair `json:"fields"`
	Evidence  []jsonEvidence  `json:"evidence"`
}

type jsonJudgement struct {
	Same   bool      `json:"same"`
	Source string    `json:"source"`
	At     time.Time `json:"at"`
}

type jsonFieldPair struct {
	Field string   `json:"field"`
	Left  string   `json:"left"`
	Right string   `json:"right"`
	Alike *float64 `json:"alike"`
}

type jsonEvidence struct {
	Name   string   `json:"name"`
	Text   string   `json:"text"`
	Weight *float64 `json:"weight"`
}

func (k *comparer) asJSON() jsonComparison {
	out := jsonComparison{Same: k.isMatch, Measure: k.measure(), Score: defined(k.score), Threshold: defined(k.threshold),
		Fields: []jsonFieldPair{}, Evidence: []jsonEvidence{}}
	if k.modelName != "" {
		out.Model = &k.modelName
	}
	if l := k.label; l != nil {
		out.Label = &jsonJudgement{l.Match, l.Source, l.At}
	}
	for _, f := range k.why.Fields {
		p := jsonFieldPair{Field: f.Name, Left: f.Left, Right: f.Right}
		if f.Similarity >= 0 {
			p.Alike = defined(f.Similarity)
		}
		out.Fields = append(out.Fields, p)
	}
	for _, e := range k.why.Evidence {
		out.Evidence = append(out.Evidence, jsonEvidence{e.Name, e.Text, defined(e.Weight)})
	}
	return out
}
