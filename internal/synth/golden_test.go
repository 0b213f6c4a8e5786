package synth

import (
	"bytes"
	"encoding/csv"
	"flag"
	"os"
	"strconv"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The first rows of seed 1, with the true product in front. A difference means
// that every recorded number measured on generated data no longer compares.
func TestGolden(t *testing.T) {
	const path = "testdata/seed1.csv"
	var buf bytes.Buffer
	out := csv.NewWriter(&buf)
	_ = out.Write(append([]string{"product"}, Header()...))
	n := 0
	for num, row := range Rows(Options{Seed: 1}) {
		_ = out.Write(append([]string{strconv.Itoa(num)}, row...))
		if n++; n == 20 {
			break
		}
	}
	if out.Flush(); out.Error() != nil {
		t.Fatal(out.Error())
	}
	if *update {
		if err := os.WriteFile(path, buf.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(buf.Bytes(), want) {
		t.Errorf("rows of seed 1 changed; if that is wanted, run with -update. Got:\n%s", buf.Bytes())
	}
}

func BenchmarkRows(b *testing.B) {
	const n = 100_000
	b.ReportAllocs()
	for b.Loop() {
		for range Rows(Options{Rows: n}) {
		}
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
