package encoder

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/doppeldb/doppel/encoder/head"
	"github.com/doppeldb/doppel/encoder/look"
	"github.com/doppeldb/doppel/encoder/loss"
	"github.com/doppeldb/doppel/internal/f32"
	"github.com/doppeldb/doppel/record"
	"github.com/doppeldb/doppel/record/picture"
)

var photoSchema = record.Schema{{Name: "title", Kind: record.Text}, {Name: "price", Kind: record.Number}, {Name: "photo", Kind: record.Image}}

// photo is a packed picture of a few coloured boxes; each seed has others. bright adds light.
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
	return picture.Pack(fmt.Sprintf("%d.png", seed), b.Bytes())
}

// photoRows makes n records; every fifth has no photo.
func photoRows(tb testing.TB, n int) (rows [][]string) {
	for i, r := range shopRows(n) {
		row := []string{"a " + r[0], fmt.Sprint(10 + i), ""}
		if i%5 != 4 {
			row[2] = photo(tb, i, 48, 0)
		}
		rows = append(rows, row)
	}
	return rows
}

func TestPicturesAreFound(t *testing.T) {
	rows := photoRows(t, 40)
	e := mustFit(t, photoSchema, rows, Options{})
	all := encodeAll(t, e, rows, 2)
	for i := range rows {
		if rows[i][2] == "" {
			continue
		}
		q := make([]float32, e.Dim())
		e.Encode([]string{"", "", photo(t, i, 30, 20)}, q) // smaller and brighter
		if n := f32.Dot(q, q); math.Abs(float64(n)-1) > 1e-5 {
			t.Fatalf("length² %v", n)
		}
		best := 0
		for j := range rows {
			if f32.Dot(q, all[j*e.dim:][:e.dim]) > f32.Dot(q, all[best*e.dim:][:e.dim]) {
				best = j
			}
		}
		if best != i {
			t.Errorf("photo %d is nearest to record %d", i, best)
		}
	}
}

// TestMissingPictureCostsNothing: without pictures a record has the vector that it has in a schema without them, and
// so has one whose picture cannot be read.
func TestMissingPictureCostsNothing(t *testing.T) {
	rows := photoRows(t, 20)
	e := mustFit(t, photoSchema, rows, Options{Dim: 64})
	plain := mustFit(t, photoSchema[:2], cutRows(rows, 2), Options{Dim: 64})
	want, got := make([]float32, 64), make([]float32, 64)
	for _, value := range []string{"", "no picture", picture.Pack("x.png", []byte("broken"))} {
		plain.Encode(rows[3][:2], want)
		e.Encode([]string{rows[3][0], rows[3][1], value}, got)
		if !slices.Equal(got, want) {
			t.Errorf("value %.10q changes the vector", value)
		}
	}
}

func cutRows(rows [][]string, n int) (out [][]string) {
	for _, r := range rows {
		out = append(out, r[:n])
	}
	return out
}

func TestLooked(t *testing.T) {
	rows := photoRows(t, 10)
	e := mustFit(t, photoSchema, rows, Options{})
	a, b := make([]float32, e.Dim()), make([]float32, e.Dim())
	e.Encode(rows[1], a)
	seen := Looked(rows[1][2])
	e.Encode([]string{rows[1][0], rows[1][1], seen}, b)
	if !slices.Equal(a, b) {
		t.Error("a picture that was looked at has another vector")
	}
	if Looked(seen) != seen || Looked("no picture") != "" || Looked(lookedMark+"short") != lookedMark+"short" {
		t.Error("looked at twice or at nothing")
	}
	if Look(lookedMark+"short", make([]float32, look.Len)) {
		t.Error("a description cut short is taken")
	}
}

// photoNet is a network over records with pictures whose parameters have moved.
func photoNet(t *testing.T, rows [][]string) *net {
	start := mustFit(t, photoSchema, rows, Options{Dim: 16, LogBuckets: 8})
	touched := make([]uint32, len(rows))
	for i := range touched {
		touched[i] = uint32(i)
	}
	n := newNet(start, 32, touched, func(i int) []string { return rows[i] })
	r := rand.New(rand.NewPCG(5, 6))
	for i := range n.p.all {
		n.p.all[i] = float32(.1 * r.NormFloat64())
	}
	return n
}

func TestPictureGradients(t *testing.T) {
	rows := photoRows(t, 8)
	n := photoNet(t, rows)
	ps, bag := &pass{samples: make([]sample, len(rows))}, newBag(8)
	rel := make([]loss.Relation, len(rows)*len(rows))
	for i, row := range rows {
		n.read(bag, row, &ps.samples[i], func() bool { return true })
		for j := range rows {
			if rel[i*len(rows)+j] = loss.Differ; i/2 == j/2 {
				rel[i*len(rows)+j] = loss.Match
			}
		}
	}
	h := &head.Head{Kind: loss.Kinds()[0], Options: loss.Options{Temperature: .5, Margin: 1}, Prefixes: []int{16}}
	lossOf(n, ps, h, rel)
	for _, name := range []string{"number", "dense"} {
		checkDirection(t, name, rand.New(rand.NewPCG(1, 1)), n.p.views()[name], n.grad.views()[name], func() (float64, int) {
			return lossOf(n, ps, h, rel), h.Terms
		})
	}
}

func TestPictureNetAgreesWithItsEncoder(t *testing.T) {
	rows := photoRows(t, 8)
	n := photoNet(t, rows)
	e := n.encoder()
	e.seal()
	back, err := Unmarshal(marshal(t, e))
	if err != nil {
		t.Fatal(err)
	}
	ps, bag := &pass{samples: make([]sample, len(rows))}, newBag(8)
	for i, row := range rows {
		n.read(bag, row, &ps.samples[i], func() bool { return true })
	}
	n.begin(ps)
	n.forward(ps, 1)
	got := encodeAll(t, back, rows, 1)
	for i := range rows {
		want := ps.y[i*16 : (i+1)*16]
		head.ToUnit(want)
		for k := range want {
			if d := want[k] - got[i*16+k]; d > 1e-5 || d < -1e-5 {
				t.Fatalf("record %d: %v, the net %v", i, got[i*16+k], want[k])
			}
		}
	}
}

func TestTuneWithPictures(t *testing.T) {
	rows := photoRows(t, 60)
	for i := 30; i < 60; i++ { // the right side has other words and the same photos
		rows[i] = []string{fmt.Sprintf("item number %d", i), "", photo(t, i-30, 40, 10)}
	}
	e := mustFit(t, photoSchema, rows, Options{Dim: 64, LogBuckets: 10})
	set := TuneSet{Left: 30}
	for i := range 30 {
		set.Train = append(set.Train, Twin{Left: uint32(i), Right: uint32(30 + i), Match: true})
	}
	tuned, report, err := Tune(context.Background(), e, len(rows), func(i int) []string { return rows[i] }, set, TuneOptions{Epochs: 2})
	if err != nil {
		t.Fatal(err)
	}
	if tuned == nil || len(report.Epochs) == 0 {
		t.Errorf("%v, %+v", tuned, report)
	}
}

// TestGoldenPictureModel opens a model of version 3 as it was first written, forever.
func TestGoldenPictureModel(t *testing.T) {
	name := filepath.Join("testdata", "picture.model")
	if *update {
		e := photoNet(t, photoRows(t, 8)).encoder()
		e.seal()
		if err := os.WriteFile(name, marshal(t, e), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	e, err := Unmarshal(b)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(marshal(t, e), b) || !e.Schema().Equal(photoSchema) || len(e.meanLook) != 1 || e.fusion == nil {
		t.Error("what was read is not what is written")
	}
	if v := binary.LittleEndian.Uint16(b[len(modelMagic):]); v != pictureVersion {
		t.Errorf("version %d", v)
	}
}
