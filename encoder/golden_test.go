package encoder

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
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
