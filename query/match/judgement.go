package match

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
)

// judgement is a scorer at work on one dossier.
type judgement struct {
	s       *Scorer
	d       *dossier
	use     []int
	more    *secondLook
	threads int
}

// judge has every pair of the dossier judged once.
func (s *Scorer) judge(ctx context.Context, d *dossier, threads int) (*judgement, error) {
	use, err := s.columnsOf(d)
	if err != nil {
		return nil, err
	}
	more, err := s.look(ctx, d, use, threads)
	return &judgement{s, d, use, more, threads}, err
}

// probabilities of some pairs of the dossier.
func (j *judgement) probabilities(ctx context.Context, pairs []int) ([]float64, error) {
	z, err := j.s.judgeFinally(ctx, j.d, pairs, j.use, j.more, j.threads)
	for k := range z {
		z[k] = j.s.probability(z[k])
	}
	return z, err
}

// explain says what spoke for and against pair k. The weight of a group of clues is the change
// of the log-odds when the group takes the values that pairs usually have that are no match; the
// first judgement, of the pair itself, changes with it. The text names the
// clue of the group that counts most, and its two values.
func (j *judgement) explain(k int) Explanation {
	ids := j.d.pairs[k]
	x := Explanation{Fields: j.d.c.compareFields(int(ids.left), int(ids.right))}
	row := j.d.rowsOf([]int{k}, j.use)
	names := slices.Clone(j.cluesInUse())
	if j.more != nil {
		row = j.more.withSecond(row, []int{k}, len(j.use))
		names = append(names, secondClues...)
	}
	var groups []string
	members := map[string][]int{}
	for t, tr := range names {
		g := groupOf(tr.name, j.d.c.nameField())
		if len(members[g]) == 0 {
			groups = append(groups, g)
		}
		members[g] = append(members[g], t)
	}
	var sets [][]int
	for _, g := range groups {
		sets = append(sets, members[g])
	}
	for t := range names {
		sets = append(sets, []int{t})
	}
	effect := j.without(row, j.d.words[k], sets)
	for n, g := range groups {
		most := members[g][0]
		for _, t := range members[g] {
			if cmp.Compare(math.Abs(effect[len(groups)+t]), math.Abs(effect[len(groups)+most])) > 0 {
				most = t
			}
		}
		e := Evidence{Name: g, Value: plainNumber(row[most]), Weight: effect[n]}
		e.Text = fmt.Sprintf("%s: %s (%s is usual for pairs that are no match)", names[most].text, said(row[most]), said(j.s.usual[most]))
		if strings.HasPrefix(g, "codes") {
			e.Text += j.d.c.tokens.sharedCodes(int(ids.left), int(ids.right))
		}
		x.Evidence = append(x.Evidence, e)
	}
	x.Evidence = byStrength(append(x.Evidence, j.priorEvidence(k)...))
	return x
}

func (j *judgement) cluesInUse() []clue {
	out := make([]clue, len(j.use))
	for n, t := range j.use {
		out[n] = j.d.clues[t]
	}
	return out
}

// said writes a clue's value for a reader.
func said(v float32) string {
	if v != v {
		return "nothing to compare"
	}
	return fmt.Sprintf("%.2f", v)
}

func plainNumber(v float32) float64 {
	if v != v || math.IsInf(float64(v), 0) {
		return 0
	}
	return float64(v)
}

// groupOf is the kind of evidence that a clue belongs to.
func groupOf(name, nameField string) string {
	switch {
	case strings.HasPrefix(name, "rival."), strings.HasPrefix(name, "first"):
		return "rivals"
	case strings.Contains(name, "code"):
		return "codes"
	case strings.Contains(name, "clash."), name == "likeness":
		return "conflicts"
	case strings.HasPrefix(name, "twin."):
		return "embedding"
	case strings.HasPrefix(name, "name."), strings.HasPrefix(name, nameField+"."):
		return "name"
	case strings.HasPrefix(name, "record."), strings.HasPrefix(name, "words."):
		return "words"
	}
	field, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(name, "field."), "number."), ".")
	return "field." + field
}

// without gives, for each set of clues, the calibrated log-odds of the row less those of the row in which the
// set has the usual values. The prior stays as it is.
func (j *judgement) without(row []float32, words []uint16, sets [][]int) []float64 {
	width, w := len(row), len(j.use)
	x := slices.Clone(row)
	for _, set := range sets {
		r := slices.Clone(row)
		for _, t := range set {
			r[t] = j.s.usual[t]
		}
		x = append(x, r...)
	}
	n := len(sets) + 1
	same := make([][]uint16, n)
	for r := range same {
		same[r] = words
	}
	if j.more != nil {
		plain := make([]float32, 0, n*w)
		for r := range n {
			plain = append(plain, x[r*width:r*width+w]...)
		}
		j.shift(x, meanLogits(j.s.first, plain, same), sets, width)
	}
	z := meanLogits(j.s.final, x, same)
	out := make([]float64, len(sets))
	for k := range out {
		out[k] = j.s.slope * j.s.prior.learned * (z[0] - z[k+1])
	}
	return out
}

// shift moves the first judgement and the leads by it along with the change in the first judgement of
// each row, unless they are themselves in the set.
func (j *judgement) shift(x []float32, first []float64, sets [][]int, width int) {
	for n, set := range sets {
		by := float32(first[n+1] - first[0])
		for k, t := range secondClues {
			at := len(j.use) + k
			moves := t.name == "first" || strings.Contains(t.name, "margin") || strings.Contains(t.name, "free") || strings.Contains(t.name, "own")
			if moves && !slices.Contains(set, at) {
				x[(n+1)*width+at] += by
			}
		}
	}
}
