package match

import (
	"slices"
	"testing"
)

func TestRespell(t *testing.T) {
	rows := titles("recyclable packaging", "packagign", "pakcaging recyclable", "packing", "packagiing packaging", "whit", "whte")
	for range 2 * slipShare {
		rows = append(rows, titles("packaging white and 16gb", "and")...)
	}
	rows = append(rows, titles("andes 16gb 15gb")...)
	p := piecesOf(t, corpusOf(t, schemaOf(t, "title:text"), rows, nil))
	before := slices.Clone(p.of[1])
	if err := p.respell(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	words := func(i int) (ws []string) {
		for _, q := range p.of[i] {
			ws = append(ws, p.vocab[q.id])
		}
		slices.Sort(ws)
		return ws
	}
	for _, c := range []struct {
		row  int
		want []string
	}{
		{0, []string{"packaging", "recyclable"}},
		{1, []string{"packaging"}},
		{2, []string{"packaging", "recyclable"}},
		{3, []string{"packing"}}, // two edits away
		{4, []string{"packaging", "packaging"}},
		{5, []string{"white"}},
		{6, []string{"white"}},
		{len(rows) - 1, []string{"15gb", "16gb", "andes"}}, // numbers are as they are, and two slips are one too many
	} {
		if got := words(c.row); !slices.Equal(got, c.want) {
			t.Errorf("%v is read as %v, want %v", rows[c.row], got, c.want)
		}
	}
	id := p.of[1][0].id
	if id == before[0].id || p.df[id] != 2*slipShare+4 || p.df[before[0].id] != 0 {
		t.Errorf("%q stands in %d records, the slip in %d", p.vocab[id], p.df[id], p.df[before[0].id])
	}
}

func TestMostEdits(t *testing.T) {
	for _, c := range []struct {
		usual, once int
		a, b        uint32
		want        int
	}{
		{1, 2, 1, 1, 2}, {1, 2, 1, 90000, 2}, {1, 2, 2, 90, 1}, {1, 2, 2, 200, 1}, {0, 1, 2, 200, 1}, {1, 2, 2, 20000, 2}, {1, 2, 20000, 2, 2},
		{2, 3, 2, 20000, 2}, {2, 3, 2, 2000000, 3}, {1, 3, 2, 1 << 31, 3}, {0, 0, 1, 5, 0}, {1, 2, 380, 60000, 1},
	} {
		if got := mostEdits(c.usual, c.once, c.a, c.b); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
}
