package report

import (
	"math"

	"github.com/doppeldb/doppel/query/match"
)

// evidenceOpen is how many pieces of evidence stand open in an example; the
// weaker ones are behind a fold.
const evidenceOpen = 6

// evidenceBar is one piece of evidence: its text and a bar from the middle,
// right when it spoke for a match, left when it spoke against.
type evidenceBar struct {
	Text, Title, Weight string
	For, Against        bool
	X, Width            string // percent
}

// strongestWeight is the largest finite weight on the page. All bars share it
// as their scale, so that examples can be compared.
func strongestWeight(lists ...[]Example) float64 {
	most := 0.0
	for _, list := range lists {
		for _, e := range list {
			for _, ev := range e.Explanation.Evidence {
				if w := math.Abs(ev.Weight); !math.IsInf(w, 0) && w > most {
					most = w
				}
			}
		}
	}
	return most
}

// newEvidence lays out the bars of one example, split into open and folded ones.
func newEvidence(list []match.Evidence, scale float64) (open, folded []evidenceBar) {
	bars := make([]evidenceBar, len(list))
	for i, ev := range list {
		bars[i] = newEvidenceBar(ev, scale)
	}
	if len(bars) <= evidenceOpen+1 { // a fold around one line hides nothing
		return bars, nil
	}
	return bars[:evidenceOpen], bars[evidenceOpen:]
}

func newEvidenceBar(ev match.Evidence, scale float64) evidenceBar {
	b := evidenceBar{Text: line(ev.Text), Title: line(ev.Name), Weight: formatWeight(ev.Weight), X: percent(0.5), Width: percent(0)}
	if b.Text == "" {
		b.Text = b.Title
	}
	if !(scale > 0) || b.Weight == "n/a" {
		return b
	}
	half := 0.5 * unit(math.Abs(ev.Weight)/scale)
	b.For, b.Against = ev.Weight > 0, ev.Weight < 0
	b.Width = percent(half)
	if b.Against {
		b.X = percent(0.5 - half)
	}
	return b
}
