package report

import (
	"fmt"

	"github.com/doppeldb/doppel/query/match"
	"github.com/doppeldb/doppel/record"
)

// exampleView is one pair, ready to print.
type exampleView struct {
	ID                string // anchor
	Number            int
	LeftKey, RightKey string
	LeftName          string // of the sources, in a link
	RightName         string
	Score             string
	ScoreX            string // percent
	ThresholdX        string // percent; empty when there is none
	Reason            string
	Fields            []fieldView
	BothMissing       []string // fields that neither side has
	Evidence          []evidenceBar
	Weaker            []evidenceBar
}

// fieldView is one field side by side.
type fieldView struct {
	Name        string
	Left, Right cell
	Similarity  string // empty where a side is missing
	Width       string // of its meter, percent
}

// exampleList is one section of examples.
type exampleList struct {
	ID, Title, Lead, Empty string
	Examples               []exampleView
}

// pairFrame is what all examples of a page share.
type pairFrame struct {
	schema      record.Schema
	left, right string // names of the two sources, in a link
	scale       float64
	thresholdX  string
}

func (f pairFrame) list(id, title, lead, empty string, examples []Example) exampleList {
	out := exampleList{ID: id, Title: title, Lead: lead, Empty: empty}
	for i, e := range examples {
		v := f.example(e)
		v.ID, v.Number = fmt.Sprintf("%s-%d", id, i+1), i+1
		out.Examples = append(out.Examples, v)
	}
	return out
}

func (f pairFrame) example(e Example) exampleView {
	v := exampleView{
		LeftKey: line(e.LeftKey), RightKey: line(e.RightKey),
		LeftName: f.left, RightName: f.right,
		Score: formatScore(e.Score), ScoreX: percent(e.Score), ThresholdX: f.thresholdX,
		Reason: line(e.Reason),
	}
	for _, c := range e.Explanation.Fields {
		field := newField(f.kind(c.Name), c)
		if field.Left.Missing && field.Right.Missing {
			v.BothMissing = append(v.BothMissing, field.Name)
			continue
		}
		v.Fields = append(v.Fields, field)
	}
	v.Evidence, v.Weaker = newEvidence(e.Explanation.Evidence, f.scale)
	return v
}

// kind is how a field is compared; a field that the schema does not know is text.
func (f pairFrame) kind(name string) record.Kind {
	if i := f.schema.Index(name); i >= 0 {
		return f.schema[i].Kind
	}
	return record.Text
}

func newField(kind record.Kind, c match.FieldComparison) fieldView {
	l, r := diff(kind, c.Left, c.Right)
	v := fieldView{Name: line(c.Name), Left: newCell(l, len(c.Left)), Right: newCell(r, len(c.Right))}
	v.Left.Photo, v.Right.Photo = photoOf(c.Pictures[0]), photoOf(c.Pictures[1])
	if c.Similarity >= 0 && !v.Left.Missing && !v.Right.Missing {
		v.Similarity, v.Width = fmt.Sprintf("%.2f", c.Similarity), percent(c.Similarity)
	}
	return v
}
