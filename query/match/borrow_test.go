package match

import (
	"fmt"
	"testing"
)

func TestBorrow(t *testing.T) {
	var rows [][]string
	for i := range 40 {
		brand := []string{"quiet heron", "kespello", "gable", "winter gable"}[i%4]
		rows = append(rows, []string{fmt.Sprintf("%s tent %d", brand, i), brand, "outdoor camping"})
	}
	first := len(rows)
	rows = append(rows, [][]string{
		{"tent quiet heron 900", "", "outdoor camping"},
		{"winter gable tent", "", ""},
		{"kespello tent for quiet people", "", ""},
		{"kespello or gable tent", "", ""}, // which of the two?
		{"heron quiet tent", "", ""},
		{"kespello", "", ""}, // a name is left
		{"tent kespello", "gable", ""},
	}...)
	c := corpusOf(t, schemaOf(t, "title:text brand:category shelf:text"), rows, nil)
	p := piecesOf(t, c)
	if err := p.borrow(t.Context(), c, 2); err != nil {
		t.Fatal(err)
	}
	r := fieldReader{t: p}
	field := func(i, f int) (s string) {
		for _, id := range r.read(i, f) {
			s += p.vocab[id] + " "
		}
		return s
	}
	for k, want := range [][2]string{
		{"tent 900 ", "quiet heron "}, {"tent ", "winter gable "}, {"tent for quiet people ", "kespello "}, {"kespello or gable tent ", ""},
		{"heron quiet tent ", ""}, {"kespello ", ""}, {"tent kespello ", "gable "},
	} {
		i := first + k
		if title, brand := field(i, 0), field(i, 1); title != want[0] || brand != want[1] || p.has(i, 1) != (want[1] != "") {
			t.Errorf("%q: title %q, brand %q, filled %v", rows[i], title, brand, p.has(i, 1))
		}
		if p.has(i, 2) != (rows[i][2] != "") { // shelves do not stand in titles
			t.Errorf("%q: a shelf was borrowed", rows[i])
		}
	}
}
