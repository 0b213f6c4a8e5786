package report

import (
	"encoding/base64"
	"image/png"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/query/match"
	"github.com/doppeldb/doppel/record"
	"github.com/doppeldb/doppel/record/picture"
)

func TestPhotos(t *testing.T) {
	value := picture.Pack("wide.pgm", append([]byte("P5 300 20 255\n"), make([]byte, 6000)...))
	f := newField(record.Image, match.FieldComparison{Name: "photo", Left: "wide.pgm", Right: "x", Pictures: [2]string{value, "x"}})
	if f.Right.Photo != "" {
		t.Errorf("no picture has a photo: %.60s", f.Right.Photo)
	}
	text, ok := strings.CutPrefix(string(f.Left.Photo), "data:image/png;base64,")
	if !ok {
		t.Fatalf("photo %.60q", f.Left.Photo)
	}
	m, err := png.Decode(base64.NewDecoder(base64.StdEncoding, strings.NewReader(text)))
	if err != nil || m.Bounds().Dx() != photoSide || m.Bounds().Dy() != 6 {
		t.Errorf("%v, %v", m.Bounds(), err)
	}
	c := newCluster(Cluster{Rows: []record.Record{{Key: "a", Values: []string{value}}, {Key: "b", Values: []string{picture.Pack("broken.png", nil)}}}}, 1, record.Schema{{Name: "photo", Kind: record.Image}})
	if c.Rows[0].Cells[0].Photo == "" || c.Rows[1].Cells[0].Photo != "" || c.Rows[0].Cells[0].Head[0].Text == "" {
		t.Errorf("cells %+v", c.Rows)
	}
}
