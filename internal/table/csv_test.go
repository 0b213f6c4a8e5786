package table

import (
	"bytes"
	"encoding/csv"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// scanAll gives the records of text at scanner level, with their lines.
func scanAll(r io.Reader, delim byte, want, maxCell int) (rows [][]string, lines []int, v verdict) {
	s := newCSVScanner(r, maxCell)
	s.setDelimiter(delim)
	for {
		rec, v, err := s.next(want)
		if err == io.EOF {
			return rows, lines, done
		}
		if err != nil {
			panic(err) // the tests' readers do not fail
		}
		if v != done {
			return rows, lines, v
		}
		rows, lines = append(rows, rec.values()), append(lines, rec.line)
	}
}

func TestCSVScanner(t *testing.T) {
	const u = defaultMaxCell
	tests := []struct {
		name, in string
		delim    byte
		want     int
		rows     [][]string
		lines    []int
	}{
		{"plain", "a,b\nc,d\n", ',', 2, [][]string{{"a", "b"}, {"c", "d"}}, []int{1, 2}},
		{"no last line end", "a,b\nc,", ',', 2, [][]string{{"a", "b"}, {"c", ""}}, []int{1, 2}},
		{"crlf", "a,b\r\nc,d\r\n", ',', 2, [][]string{{"a", "b"}, {"c", "d"}}, []int{1, 2}},
		{"lone cr", "a,b\rc,d\r", ',', 2, [][]string{{"a", "b"}, {"c", "d"}}, []int{1, 2}},
		{"mixed ends", "a\r\n\rb\n\n\nc", ',', 1, [][]string{{"a"}, {"b"}, {"c"}}, []int{1, 3, 6}},
		{"quoted line ends kept", "\"a\r\nb\rc\nd\",x\ny,z", ',', 2, [][]string{{"a\r\nb\rc\nd", "x"}, {"y", "z"}}, []int{1, 5}},
		{"doubled", `"a""b","""",""` + "\n", ',', 3, [][]string{{`a"b`, `"`, ""}}, []int{1}},
		{"bare quote", "5\" disk,a\"b\"\n", ',', 2, [][]string{{`5" disk`, `a"b"`}}, []int{1}},
		{"lone quoted empty is a row", "\"\"\n\n\"\"", ',', 1, [][]string{{""}, {""}}, []int{1, 3}},
		{"spaces are data", " a , \"b\" \n", ',', 2, [][]string{{" a ", " \"b\" "}}, []int{1}},
		{"stray closes later", `"40" LCD, black",x` + "\n", ',', 2, [][]string{{`40" LCD, black`, "x"}}, []int{1}},
		{"stray is literal", `"Acme" 40,x` + "\n" + `y,z`, ',', 2, [][]string{{`"Acme" 40`, "x"}, {"y", "z"}}, []int{1, 2}},
		{"count decides", `"Acme" 40,x,"y"` + "\n", ',', 3, [][]string{{`"Acme" 40`, "x", "y"}}, []int{1}},
		{"stray after line end swallows nothing", "1,\"5 in\n2,\"7 in\"x\n", ',', 2, [][]string{{"1", `"5 in`}, {"2", `"7 in"x`}}, []int{1, 2}},
		{"tsv open quote", "1\t\"5 in\n2\tb\n", '\t', 2, [][]string{{"1", `"5 in`}, {"2", "b"}}, []int{1, 2}},
		{"tsv quoted lines", "1\t\"a\nb\"\n2\tc\n", '\t', 2, [][]string{{"1", "a\nb"}, {"2", "c"}}, []int{1, 3}},
		{"tsv quoted tab", "1\t\"a\tb\"\n", '\t', 2, [][]string{{"1", "a\tb"}}, []int{1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(tt.in), iotest.OneByteReader(strings.NewReader(tt.in))} {
				rows, lines, v := scanAll(r, tt.delim, tt.want, u)
				if v != done || !reflect.DeepEqual(rows, tt.rows) || !slices.Equal(lines, tt.lines) {
					t.Errorf("got %q at %v, verdict %d; want %q at %v", rows, lines, v, tt.rows, tt.lines)
				}
			}
		})
	}
}

// TestCSVWindow moves a record with every kind of boundary over the end of the
// window, byte by byte.
func TestCSVWindow(t *testing.T) {
	tail := "x,\"a\"\"b\r\nc\"\r\n\"40\" LCD\",\"Acme\" 40\ry,z\n"
	want := [][]string{{"x", "a\"b\r\nc"}, {`40" LCD`, `"Acme" 40`}, {"y", "z"}}
	for shift := range len(tail) + 2 {
		pad := strings.Repeat("p", windowSize-shift-3)
		rows, lines, v := scanAll(strings.NewReader(pad+",q\n"+tail), ',', 2, defaultMaxCell)
		if v != done || len(rows) != 4 || rows[0][0] != pad || !reflect.DeepEqual(rows[1:], want) {
			t.Fatalf("shift %d: verdict %d, %d rows, the last %q", shift, v, len(rows), rows[max(0, len(rows)-3):])
		}
		if !slices.Equal(lines, []int{1, 2, 4, 5}) {
			t.Fatalf("shift %d: lines %v", shift, lines)
		}
	}
}

func TestCSVManyStraysAreLinear(t *testing.T) {
	// Quadratic work on this would take minutes.
	line := "\"a\"b" + strings.Repeat(",\"a\"b", 500_000) + "\n"
	rows, _, v := scanAll(strings.NewReader(line+line), ',', 500_001, defaultMaxCell)
	if v != done || len(rows) != 2 || len(rows[1]) != 500_001 {
		t.Fatalf("verdict %d, %d rows", v, len(rows))
	}
}

func FuzzCSV(f *testing.F) {
	for _, seed := range []string{
		"", "a,b\n1,2\n", "a\r\n\"b\r\nc\"\r\n", "\"a\"\"b\",\"\"\n", "\"40\" LCD\",x\n", "\"open", "a\rb\r",
		"\"a\"b,\"c\"d\"\n", "a,b\n\n\n,\n", "\xef\xbb\xbfa,b\n\x00,\xff", "\"\"\"\n\"", "a,\"b\n\"c,d\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, delim := range []byte{',', '\t'} {
			got, _, v := scanAll(bytes.NewReader(in), delim, 0, defaultMaxCell)
			slow, _, vs := scanAll(iotest.OneByteReader(bytes.NewReader(in)), delim, 0, defaultMaxCell)
			if v != vs || !reflect.DeepEqual(got, slow) {
				t.Fatalf("%c: reads depend on how the bytes arrive: %q and %q", delim, got, slow)
			}
			scanAll(bytes.NewReader(in), delim, 2, 3) // must end and not panic
			compareStrict(t, in, delim, got, v)
		}
	})
}

// compareStrict holds the scanner against encoding/csv where both mean to read
// the same language: no lone CR, and CRLF inside quotes folded.
func compareStrict(t *testing.T, in []byte, delim byte, got [][]string, v verdict) {
	if strings.Contains(strings.ReplaceAll(string(in), "\r\n", "\n"), "\r") {
		return
	}
	ref := csv.NewReader(bytes.NewReader(in))
	ref.Comma, ref.FieldsPerRecord = rune(delim), -1
	want, err := ref.ReadAll()
	if err != nil {
		return
	}
	if v != done {
		t.Fatalf("encoding/csv reads %q, we end with verdict %d", want, v)
	}
	for _, row := range got {
		for i := range row {
			row[i] = strings.ReplaceAll(row[i], "\r\n", "\n")
		}
	}
	if len(got) != len(want) || len(got) > 0 && !reflect.DeepEqual(got, want) {
		t.Fatalf("%c: got %q, encoding/csv %q", delim, got, want)
	}
}

func BenchmarkCSV(b *testing.B) {
	var in bytes.Buffer
	for in.Len() < 8<<20 {
		in.WriteString("1234,Sony Bravia 40 inch LCD television,\"black, with \"\"stand\"\", 1080p\",499.99\n")
	}
	b.SetBytes(int64(in.Len()))
	b.ReportAllocs()
	for b.Loop() {
		s := newCSVScanner(bytes.NewReader(in.Bytes()), defaultMaxCell)
		s.setDelimiter(',')
		for {
			rec, _, err := s.next(4)
			if err != nil {
				break
			}
			rec.values()
		}
	}
}
