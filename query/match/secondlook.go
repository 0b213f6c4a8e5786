package match

import (
	"context"
	"math"
	"slices"
	"strings"
)

// secondLook is the surroundings under the first judgement.
type secondLook struct {
	*dossier
	v     []float32 // pair -> log-odds of the first judgement
	best  []bestOf
	null  []float32 // record -> mean log-odds of its nearest in its own source
	duels []int     // the clues in which a pair is compared with its records' best rivals
}

func (d *dossier) secondLook(v []float32, duels []int) *secondLook {
	return &secondLook{d, v, d.bests(v), d.nulls(v, make([]float32, len(v))), duels}
}

// look gives the first judgement of every pair of a dossier.
func (s *Scorer) look(ctx context.Context, d *dossier, use []int, threads int) (*secondLook, error) {
	if len(s.first) == 0 {
		return nil, nil
	}
	all := make([]int, len(d.pairs))
	for k := range all {
		all[k] = k
	}
	z, err := judgeAll(ctx, d, s.first, all, use, nil, threads)
	if err != nil {
		return nil, err
	}
	v := make([]float32, len(z))
	for k := range z {
		v[k] = float32(z[k])
	}
	return d.secondLook(v, s.duels(d)), nil
}

// add writes the second look of pair k. A dedupe has the larger value first in
// place of the left side's; nothing is said there about own sources.
func (l *secondLook) add(s *clueSheet, k int) {
	const by = "the first judgement"
	st := l.stand(k, l.v, l.best, l.null)
	via := l.detour(k, l.v)
	if l.symmetric {
		for _, p := range []*[2]float32{&st.rank, &st.margin, &st.free, &st.gap, &via} {
			p[0], p[1] = spread(p[0], p[1])
		}
	}
	s.add("first", "first judgement", l.v[k])
	s.sides(false, "first", "rank", "rivals that fare better by "+by, st.rank[0], st.rank[1])
	s.sides(false, "first", "margin", "lead over the best rival by "+by, st.margin[0], st.margin[1])
	s.sides(false, "first", "free", "lead over the best rival that has no better partner by "+by, st.free[0], st.free[1])
	s.sides(false, "first", "own", "lead over the nearest of its own source by "+by, st.gap[0], st.gap[1])
	s.sides(false, "first", "detour", "a third record ties the two together by "+by, via[0], via[1])
	l.addDuels(s, k)
}

// duelPrefix begins the names of duels.
const duelPrefix = "duel."

// duelled are the marks of clues in which a pair is compared, number by number, with the best rival of each of
// its records: which of two offers that are equally alike is the nearer in price, and which says more. Held-out
// pairs of Amazon-Google, four parts: average precision .887 -> .891, log loss 868 -> 854; of Fodors-Zagats with
// 200 labels: F1 .995 -> .999.
var duelled = []string{"record.words", "record.grams", "record.found", "record.pieces.", "name.grams", "name.run", "name.found", "name.pieces.", "name.rare.word",
	"likeness", "twin.cosine", ".difference", ".fraction.", ".length", ".present"}

// duelsAmong picks the clues of duels from those in use, none of them about rivals.
func duelsAmong(d *dossier, use []int) (duels []int) {
	for _, k := range use {
		if k < d.context && slices.ContainsFunc(duelled, func(mark string) bool { return strings.Contains(d.clues[k].name, mark) }) {
			duels = append(duels, k)
		}
	}
	return duels
}

// addDuels writes each duelled clue less that of the best rival by the first judgement, for both records.
func (l *secondLook) addDuels(s *clueSheet, k int) {
	if len(l.duels) == 0 {
		return
	}
	row, rivals := l.row(k), [2]int{l.rival(k, l.pairs[k].left), l.rival(k, l.pairs[k].right)}
	for _, c := range l.duels {
		var lead [2]float32
		for side, rival := range rivals {
			lead[side] = float32(math.NaN())
			if rival >= 0 {
				lead[side] = row[c] - l.row(rival)[c]
			}
		}
		name, text := "", ""
		if s.names != nil {
			name, text = duelPrefix+l.clues[c].name, l.clues[c].text+", less the best rival's"
		}
		if l.symmetric {
			lead[0], lead[1] = spread(lead[0], lead[1])
		}
		s.add(name+".left", text+", left side", lead[0])
		s.add(name+".right", text+", right side", lead[1])
	}
}

// rival is the best other candidate pair of a record, -1 without any.
func (l *secondLook) rival(k int, record uint32) int {
	best := -1
	for _, o := range l.cross[record] {
		if int(o) != k && (best < 0 || l.v[o] > l.v[best]) {
			best = int(o)
		}
	}
	return best
}

// secondClues are what the second look adds. d may be nil where there are no duels.
func secondClues(d *dossier, duels []int) []clue {
	blank := &dossier{surroundings: &surroundings{pairs: make([]pairIDs, 1), cross: make([][]int32, 1), own: make([][]int32, 1)}}
	if d != nil {
		blank.clues, blank.x = d.clues, make([]float32, len(d.clues))
	}
	s := clueSheet{names: new([]clue)}
	blank.secondLook(make([]float32, 1), duels).add(&s, 0)
	return *s.names
}

// duels finds the clues that the model's duels are about. Those that the dossier lacks are not in use, and
// [Scorer.columnsOf] has said so.
func (s *Scorer) duels(d *dossier) (duels []int) {
	at := make(map[string]int, len(d.clues))
	for k, c := range d.clues {
		at[c.name] = k
	}
	for _, name := range s.duelNames() {
		if k, ok := at[name]; ok {
			duels = append(duels, k)
		}
	}
	return duels
}

// duelNames are the clues that the model's duels are about.
func (s *Scorer) duelNames() (names []string) {
	for _, name := range s.second {
		if clue, ok := strings.CutPrefix(name, duelPrefix); ok {
			if clue, ok = strings.CutSuffix(clue, ".left"); ok {
				names = append(names, clue)
			}
		}
	}
	return names
}

// withSecond joins the second look to rows of clues.
func (l *secondLook) withSecond(x []float32, pairs []int, width int) []float32 {
	var out []float32
	var s clueSheet
	for n, k := range pairs {
		s.values = s.values[:0]
		l.add(&s, k)
		if out == nil {
			out = make([]float32, 0, len(pairs)*(width+len(s.values)))
		}
		out = append(append(out, x[n*width:(n+1)*width]...), s.values...)
	}
	return out
}
