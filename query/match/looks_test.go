package match

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/record"
	"github.com/doppeldb/doppel/record/picture"
)

// photo is a packed picture of coloured boxes, size x size; each seed has others. bright adds light.
func photo(tb testing.TB, seed, size, bright int) string {
	tb.Helper()
	r := rand.New(rand.NewPCG(uint64(seed), 7))
	m := image.NewRGBA(image.Rect(0, 0, size, size))
	for range 8 {
		x, y, w, h := r.IntN(240)*size/240, r.IntN(240)*size/240, (40+r.IntN(120))*size/240, (40+r.IntN(120))*size/240
		c := color.RGBA{byte(r.IntN(200) + bright), byte(r.IntN(200) + bright), byte(r.IntN(200) + bright), 255}
		for j := y; j < min(size, y+h); j++ {
			for i := x; i < min(size, x+w); i++ {
				m.SetRGBA(i, j, c)
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		tb.Fatal(err)
	}
	return picture.Pack(fmt.Sprintf("%d-%d.png", seed, size), b.Bytes())
}

func photos(t *testing.T, file *db.DB, name string, schema record.Schema, rows ...[]string) *db.Collection {
	t.Helper()
	c, err := file.Create(name, schema)
	if err != nil {
		t.Fatal(err)
	}
	var records []record.Record
	for i, r := range rows {
		records = append(records, record.Record{Key: fmt.Sprint(i), Values: r})
	}
	if err := c.Put(context.Background(), records...); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestDedupePictures: of records with a photo only, those of one photo are a group, whatever its size and light.
func TestDedupePictures(t *testing.T) {
	var rows [][]string
	for i := range 30 {
		rows = append(rows, []string{photo(t, i, 96, 0)})
		if i < 10 {
			rows = append(rows, []string{photo(t, i, 64, 15)})
		}
	}
	rows = append(rows, []string{""}, []string{"no picture"})
	c := photos(t, dbtest.Open(t), "p", record.Schema{{Name: "photo", Kind: record.Image}}, rows...)
	res, err := Dedupe(context.Background(), c, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		if res.ClusterOf[2*i] != res.ClusterOf[2*i+1] {
			t.Errorf("photo %d and its copy are apart", i)
		}
	}
	if n := len(res.Clusters); n != 10 {
		t.Errorf("%d groups: %v", n, res.Clusters)
	}
}

// TestEqualTextsOtherPhotos: what reads alike and looks another is liked less than what looks alike as well.
func TestEqualTextsOtherPhotos(t *testing.T) {
	schema := record.Schema{{Name: "title", Kind: record.Text}, {Name: "photo", Kind: record.Image}}
	var rows [][]string
	for i := range 40 {
		rows = append(rows, []string{fmt.Sprintf("%s lamp %s model %d", []string{"oak", "steel", "glass", "brass"}[i%4], []string{"desk", "floor", "wall"}[i%3], i*37), photo(t, i, 64, 0)})
	}
	rows = append(rows,
		[]string{"bamboo ceiling lamp Aurora", photo(t, 100, 64, 0)}, []string{"bamboo ceiling lamp Aurora", photo(t, 100, 90, 10)},
		[]string{"porcelain garden lamp Helios", photo(t, 200, 64, 0)}, []string{"porcelain garden lamp Helios", photo(t, 201, 64, 0)},
		[]string{"copper street lamp Selene", photo(t, 300, 64, 0)}, []string{"copper street lamp Selene", ""})
	c := photos(t, dbtest.Open(t), "p", schema, rows...)
	pairs := []Label{{Left: 40, Right: 41}, {Left: 42, Right: 43}, {Left: 44, Right: 45}}
	got, err := Compare(context.Background(), c, nil, pairs, Options{})
	if err != nil {
		t.Fatal(err)
	}
	same, other, none := got.Pairs[0].Score, got.Pairs[1].Score, got.Pairs[2].Score
	if same < .9 || none < .8 || other > .6 {
		t.Errorf("one photo %.2f, two photos %.2f, one missing %.2f", same, other, none)
	}
	x := got.Explain(1)
	if !slices.ContainsFunc(x.Evidence, func(e Evidence) bool { return e.Name == "conflict.photo" && e.Weight < 0 }) {
		t.Errorf("the photos are not in the explanation: %+v", x.Evidence)
	}
	if f := x.Fields[1]; f.Left != "200-64.png" || f.Similarity > .5 {
		t.Errorf("photos side by side: %+v", f)
	}
}

// TestLinkByPhotos: where texts do not tell, photos do.
func TestLinkByPhotos(t *testing.T) {
	schema := record.Schema{{Name: "title", Kind: record.Text}, {Name: "photo", Kind: record.Image}}
	var left, right [][]string
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 60 {
		title := fmt.Sprintf("%s lamp", []string{"oak", "steel", "glass"}[i%3])
		left = append(left, []string{title, photo(t, i, 80, 0)})
		right = append(right, []string{title + " new", photo(t, i, 50+r.IntN(40), 10)})
	}
	file := dbtest.Open(t)
	res, err := Link(context.Background(), photos(t, file, "l", schema, left...), photos(t, file, "r", schema, right...), Options{})
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, m := range res.Matches {
		if m.Left == m.Right {
			found++
		}
	}
	if found < 57 {
		t.Errorf("%d of 60 found, %d matches", found, len(res.Matches))
	}
	// Photos alone.
	only := record.Schema{{Name: "photo", Kind: record.Image}}
	for _, rows := range [][][]string{left, right} {
		for i := range rows {
			rows[i] = rows[i][1:]
		}
	}
	res, err = Link(context.Background(), photos(t, file, "l2", only, left...), photos(t, file, "r2", only, right...), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(res.Matches); n < 50 {
		t.Errorf("photos alone: %d matches", n)
	}
}
