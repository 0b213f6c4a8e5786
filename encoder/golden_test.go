package encoder

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/record"
)

var update = flag.Bool("update", false, "write testdata anew")

// TestGolden notices every change of a vector's bytes, on any platform. A change
// makes the models and vectors of users useless: raise modelVersion, then run with -update.
func TestGolden(t *testing.T) {
	schema := record.Schema{{Name: "title", Kind: record.Text}, {Name: "sku", Kind: record.Code}}
	rows := [][]string{
		{"Sony Bravia KDL-40V3000 40\" LCD HDTV", "KDL40V3000"},
		{"sony 40 inch lcd tv kdl 40v3000 black", ""},
		{"Caf&eacute; crème, 500 GB, 1,299.00", "(310) 246-1501"},
		{"索尼 电视 ½ Straße Levi’s", "12-ab"},
		{"na na na na na na na na", "0"},
	}
	e := mustFit(t, schema, rows, Options{Dim: 16, LogBuckets: 8})
	var got bytes.Buffer
	fmt.Fprintf(&got, "version %d\nfingerprint %v\n", modelVersion, e.Fingerprint())
	for i, row := range rows {
		fmt.Fprintf(&got, "%q\n%x\n", row, bytesOf(encodeAll(t, e, rows, 1)[16*i:16*i+16]))
	}
	path := filepath.Join("testdata", "vectors.golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("got\n%s\nwant\n%s", got.Bytes(), want)
	}
}

// TestGoldenTunedModel opens a model of version 2 as it was first written, forever. Its vectors are
// compared to six digits: plain Go adds in another order than vector instructions.
func TestGoldenTunedModel(t *testing.T) {
	model, vectors := filepath.Join("testdata", "tuned.model"), filepath.Join("testdata", "tuned.golden")
	rows := [][]string{{"sony bravia kdl-40v3000", "sony", "399.99", "KDL40V3000", ""}, {"sony tv 40 inch", "", "400", "", "x"}, {"", "", "12", "", ""}, {"", "", "", "", ""}}
	if *update {
		e := mustFit(t, shopSchema, shopRows(40), Options{Dim: 8, LogBuckets: 8})
		n := newNet(e, 32, []uint32{0, 1, 2}, func(i int) []string { return shopRows(3)[i] })
		for i := range n.p.all {
			n.p.all[i] = float32(i%11-5) / 20
		}
		tuned := n.encoder()
		tuned.seal()
		if err := os.WriteFile(model, marshal(t, tuned), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(vectors, []byte(fmt.Sprintf("%v\n%.6f\n", tuned.Fingerprint(), encodeAll(t, tuned, rows, 1))), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(model)
	if err != nil {
		t.Fatal(err)
	}
	e, err := Unmarshal(b)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(vectors)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(marshal(t, e), b) {
		t.Error("what was read is not what is written")
	}
	head, body, _ := bytes.Cut(want, []byte("\n"))
	if string(head) != e.Fingerprint().String() {
		t.Errorf("fingerprint %v, want %s", e.Fingerprint(), head)
	}
	numbers := strings.Fields(strings.Trim(string(body), "[]\n"))
	for i, x := range encodeAll(t, e, rows, 1) {
		if w, err := strconv.ParseFloat(numbers[i], 64); err != nil || math.Abs(w-float64(x)) > 3e-6 {
			t.Errorf("number %d is %v, want %s (%v)", i, x, numbers[i], err)
		}
	}
}
