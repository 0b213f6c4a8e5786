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
	for path, s := range map[string]Style{"testdata/plain1.csv": Plain, "testdata/wild1.csv": Wild} {
		checkGolden(t, path, firstRows(t, Options{Seed: 1, Style: s}))
	}
}

func firstRows(t *testing.T, o Options) []byte {
	t.Helper()
	var buf bytes.Buffer
	out := csv.NewWriter(&buf)
	_ = out.Write(append([]string{"product"}, Header()...))
	n := 0
	for num, row := range Rows(o) {
		_ = out.Write(append([]string{strconv.Itoa(num)}, row...))
		if n++; n == 20 {
			break
		}
	}
	if out.Flush(); out.Error() != nil {
		t.Fatal(out.Error())
	}
	return buf.Bytes()
}

func checkGolden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: rows of seed 1 changed; if that is wanted, run with -update. Got:\n%s", path, got)
	}
}

func BenchmarkRows(b *testing.B) {
	for _, s := range []Style{Plain, Wild} {
		b.Run(s.String(), func(b *testing.B) {
			const n = 100_000
			b.ReportAllocs()
			for b.Loop() {
				for range Rows(Options{Rows: n, Style: s}) {
				}
			}
			b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
