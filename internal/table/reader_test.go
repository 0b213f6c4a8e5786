package table

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unicode/utf16"
)

// put writes a file into a fresh directory and gives its path.
func put(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func zipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, s)
	w.Close()
	return b.String()
}

func utf16Bytes(s string, big bool) string {
	var b []byte
	for _, u := range utf16.Encode([]rune("\uFEFF" + s)) {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return string(b)
}

// TestReadAllFormats reads the same table in every dress, from a file and from stdin.
func TestReadAllFormats(t *testing.T) {
	csv := "id,name\n1,Müller\n2,\"a,b\"\n"
	tests := []struct{ name, file, content string }{
		{"csv", "t.csv", csv},
		{"bom", "t.csv", "\xef\xbb\xbf" + csv},
		{"crlf", "t.csv", strings.ReplaceAll(csv, "\n", "\r\n")},
		{"lone cr", "t.csv", strings.ReplaceAll(csv, "\n", "\r")},
		{"semicolon", "t.csv", "id;name\n1;Müller\n2;a,b\n"},
		{"bar", "t.txt", "id|name\n1|Müller\n2|a,b\n"},
		{"tab in a csv", "t.csv", "id\tname\n1\tMüller\n2\ta,b\n"},
		{"tsv", "t.tsv", "id\tname\n1\tMüller\n2\ta,b\n"},
		{"blank lines", "t.csv", "\n  \nid,name\n\n1,Müller\n   \n2,\"a,b\"\n\n"},
		{"header trimmed", "t.csv", " id , name \n1,Müller\n2,\"a,b\"\n"},
		{"gzip", "t.csv.gz", zipped(csv)},
		{"gzip by content", "t.csv", zipped(csv)},
		{"latin-1", "t.csv", strings.ReplaceAll(csv, "ü", "\xfc")},
		{"utf-16 le", "t.csv", utf16Bytes(csv, false)},
		{"utf-16 be", "t.csv", utf16Bytes(csv, true)},
		{"zipped utf-16", "t.gz", zipped(utf16Bytes(csv, true))},
		{"jsonl", "t.jsonl", "{\"id\":1,\"name\":\"M\\u00fcller\"}\n\n{\"name\":\"a,b\",\"id\":\"2\"}\n"},
		{"ndjson by content", "t", "{\"id\":1,\"name\":\"Müller\"}\r\n{\"name\":\"a,b\",\"id\":2}"},
		{"json bom", "t.json", "\xef\xbb\xbf{\"id\":1,\"name\":\"Müller\"}\n{\"name\":\"a,b\",\"id\":2}"},
	}
	want := [][]string{{"1", "Müller"}, {"2", "a,b"}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ReadAll(put(t, tt.file, tt.content), nil)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Header, []string{"id", "name"}) || !reflect.DeepEqual(got.Rows, want) {
				t.Errorf("got %q %q", got.Header, got.Rows)
			}
			if strings.HasPrefix(tt.file, "t.tsv") || strings.HasPrefix(tt.file, "t.json") {
				return // stdin has no extension to go by
			}
			in, err := ReadAll("-", &Options{Stdin: strings.NewReader(tt.content)})
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(in.Rows, want) || !slices.Equal(in.Lines, got.Lines) {
				t.Errorf("stdin: %q at %v, file at %v", in.Rows, in.Lines, got.Lines)
			}
		})
	}
}

func TestReadErrors(t *testing.T) {
	wide := strings.Repeat("x", 100)
	long := zipped(strings.Repeat("id,name\n1,some value that repeats\n", 10_000))
	tests := []struct {
		name, file, content string
		is                  error
		msg                 string // after the path
	}{
		{"empty", "t.csv", "", ErrEmpty, ": the file is empty"},
		{"blank", "t.csv", "\n \r\n", ErrEmpty, ": the file is empty"},
		{"empty json", "t.jsonl", "\n\n", ErrEmpty, ": the file is empty"},
		{"header only", "t.csv", "a,b\n", ErrNoRows, ": there is a header and no row"},
		{"nameless", "t.csv", "a, ,c\n1,2,3\n", ErrHeader, ":1: field 2: the column has no name"},
		{"twice", "t.csv", "\na,b, a\n", ErrHeader, ":2: field 3 (a): field 1 has the same column name"},
		{"no keys", "t.jsonl", "{}\n", ErrHeader, ": the objects have no keys"},
		{"too many", "abt.csv", "id,name,description,price\n1,2,3,4\n1,2,3,4,5\n", ErrRagged,
			":3: row has 5 fields, the header has 4 (id, name, description, price); a comma inside a value must be quoted, or use --bad-rows skip"},
		{"too few", "t.tsv", "a\tb\n1\n", ErrRagged, ":2: row has 1 field, the header has 2 (a, b); a missing value"},
		{"swallowed", "t.csv", "a,b\n\"1\n2,3\n4\"\n", ErrRagged, ":2: row has 1 field, the header has 2 (a, b); its quoted value runs to line 4"},
		{"quote", "t.csv", "a,b\n1,\"x\ny\n2,z\n", ErrQuote, ":2: field 2 (b): the quote that opens here is never closed"},
		{"second quote", "t.csv", "a,b\n\"x\ny\",\"z\n", ErrQuote, ":3: field 2 (b): "},
		{"nul", "t.csv", "a,b\n1,2\n1,x\x00y\n", ErrNUL, ":3: field 2 (b): the value holds a NUL byte"},
		{"nul in header", "t.csv", "a,b\x00\n1,2\n", ErrNUL, ":1: field 2: "},
		{"nul in json", "t.jsonl", "{\"a\":\"\\u0000\"}\n", ErrNUL, ":1: field 1 (a): "},
		{"large", "t.csv", "a,b\n1,2\n1," + wide + "\n", ErrCellTooLarge, ":3: field 2 (b): the value that starts here is larger than 50 bytes"},
		{"large quoted", "t.csv", "a,b\n1,\"" + wide + "\"\n", ErrCellTooLarge, ":2: field 2 (b): "},
		{"large json", "t.jsonl", "{\"a\":\"" + wide + "\"}", ErrCellTooLarge, ":1: field 1 (a): "},
		{"bad json", "t.jsonl", "{\"a\":1}\n{\"a\":}\n", ErrJSON, ":2: column 6: invalid character"},
		{"not an object", "t.jsonl", "{\"a\":1}\n[1]\n", ErrJSON, ":2: not a JSON object"},
		{"json array", "t.json", " [{\"a\":1}]", ErrNotTable, ": is a JSON array"},
		{"xlsx", "t.csv", "PK\x03\x04\x14\x00rest", ErrNotTable, ": looks like a zip archive or an Excel workbook"},
		{"html", "t.csv", "\n<!DOCTYPE html><html>", ErrNotTable, ": looks like a web page"},
		{"parquet", "t.parquet", "PAR1\x15\x04", ErrNotTable, ": looks like a Parquet file"},
		{"utf-16 bare", "t.csv", utf16Bytes("id,name\n1,x\n", false)[2:], ErrNotTable, ": looks like UTF-16 without"},
		{"binary", "t.csv", "\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00>\x00\x01", ErrNotTable, ": looks like binary"},
		{"zip in gzip", "t.gz", zipped("PK\x03\x04"), ErrNotTable, ": looks like a zip"},
		{"twice zipped", "t.gz", zipped(zipped("a,b\n")), ErrNotTable, ": is compressed twice"},
		{"cut gzip", "t.csv.gz", long[:len(long)/2], ErrTruncated, ":"},
		{"cut gzip head", "t.csv.gz", long[:5], ErrTruncated, ": the gzip data ends early"},
		{"bad gzip", "t.csv.gz", long[:len(long)-8] + "12345678", gzip.ErrChecksum, ": the gzip data is damaged"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := put(t, tt.file, tt.content)
			got, err := ReadAll(path, &Options{MaxCell: 50})
			if !errors.Is(err, tt.is) {
				t.Fatalf("got %v, %v; want %v", got, err, tt.is)
			}
			if !strings.HasPrefix(err.Error(), path+tt.msg) {
				t.Errorf("got  %s\nwant %s", err, path+tt.msg)
			}
			var e *Error
			if !errors.As(err, &e) || e.Path != path {
				t.Errorf("%#v does not name the path", err)
			}
		})
	}
}

func TestSystemErrors(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]error{
		filepath.Join(dir, "none.csv"): fs.ErrNotExist,
		dir:                            syscall.EISDIR,
	} {
		if _, err := Open(path, nil); !errors.Is(err, want) || !strings.HasPrefix(err.Error(), path+": ") || !strings.Contains(err.Error(), "; ") {
			t.Errorf("%v, want %v with path and hint", err, want)
		}
	}
	if os.Getuid() != 0 { // root may read everything
		path := put(t, "t.csv", "a\n1\n")
		os.Chmod(path, 0)
		if _, err := Open(path, nil); !errors.Is(err, fs.ErrPermission) {
			t.Error(err)
		}
	}
	failing := io.MultiReader(strings.NewReader("a,b\n"), iotestErr{})
	if _, err := Open("-", &Options{Stdin: failing}); !errors.Is(err, syscall.EIO) || !strings.HasPrefix(err.Error(), "stdin: ") {
		t.Error(err)
	}
}

type iotestErr struct{}

func (iotestErr) Read([]byte) (int, error) { return 0, syscall.EIO }

func TestSkip(t *testing.T) {
	tests := []struct {
		name, file, content string
		rows                [][]string
		skipped             int
		first               error
	}{
		{"csv", "t.csv", "a,b\n1,2\n3\n4,\x005\n6,7\n", [][]string{{"1", "2"}, {"6", "7"}}, 2, ErrRagged},
		{"json", "t.jsonl", "{\"a\":1}\n{\n{\"a\":\"\\u0000\",\"z\":1}\n7\n{\"b\":2}\n", [][]string{{"1", ""}, {"", "2"}}, 3, ErrJSON},
		{"stray and ragged costs one line", "t.csv", "a,b\n\"1\n\"2\"x,3\n4,5\n", [][]string{{`"2"x`, "3"}, {"4", "5"}}, 1, ErrRagged},
		{"more than are kept", "t.csv", "a,b\n" + strings.Repeat("1\n", 30) + "1,2\n", [][]string{{"1", "2"}}, 30, ErrRagged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ReadAll(put(t, tt.file, tt.content), &Options{BadRows: Skip})
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got.Rows, tt.rows) || got.SkippedRows != tt.skipped {
				t.Errorf("got %q, %d skipped: %v", got.Rows, got.SkippedRows, got.Skipped)
			}
			if len(got.Skipped) != min(tt.skipped, 20) || !errors.Is(got.Skipped[0], tt.first) {
				t.Errorf("kept %d: %v", len(got.Skipped), got.Skipped)
			}
		})
	}
	_, err := ReadAll(put(t, "t.csv", "a,b\n1\n"), &Options{BadRows: Skip})
	if !errors.Is(err, ErrNoRows) || !strings.Contains(err.Error(), "1 row skipped") {
		t.Error(err)
	}
	if _, err = ReadAll(put(t, "t.csv", "a,b\n1,\"x\n"), &Options{BadRows: Skip}); !errors.Is(err, ErrQuote) {
		t.Error("an open quote must not be skipped:", err)
	}
}

func TestWarnings(t *testing.T) {
	tests := []struct {
		name, file, content string
		want                []string
	}{
		{"none", "t.csv", "a,b\n1,ü\n", nil},
		{"latin-1", "t.csv", "a,b\r\n\"x\ny\",é\xe9\n", []string{":3: column 5: not valid UTF-8; the whole file is read as Windows-1252"}},
		{"cut rune", "t.csv", "a,b\n1,\xc3", []string{":2: column 3: not valid UTF-8"}},
		{"stray", "t.csv", "a,b\n1,\"x\" y\n2,\"x\" y\n", []string{":2: field 2 (b): a quote inside the value is not doubled and was read as data (2 rows"}},
		{"tsv straddle", "t.tsv", "a\tb\n1\t\"x\n2\ty\"\n", []string{":2: a quoted value runs over several lines and holds a tab"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := put(t, tt.file, tt.content)
			got, err := ReadAll(path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Warnings) != len(tt.want) {
				t.Fatalf("got %q", got.Warnings)
			}
			for i, w := range tt.want {
				if !strings.HasPrefix(got.Warnings[i], path+w) {
					t.Errorf("got  %s\nwant %s", got.Warnings[i], path+w)
				}
			}
		})
	}
}

// TestBadByteAnywhere puts a bad byte and a good rune across every read boundary.
func TestBadByteAnywhere(t *testing.T) {
	for _, at := range []int{0, 1, headSize - 1, headSize, 64<<10 - 2, 64<<10 - 1, 64 << 10} {
		pad := "a\n" + strings.Repeat("x", at)
		got, err := ReadAll(put(t, "t.csv", pad+"ü€y\n"), nil)
		if err != nil || len(got.Warnings) != 0 || !strings.HasSuffix(got.Rows[0][0], "ü€y") {
			t.Errorf("good rune after %d: %v", at, err)
		}
		got, err = ReadAll(put(t, "t.csv", pad+"\x80y\n"), nil)
		if err != nil || len(got.Warnings) != 1 || !strings.HasSuffix(got.Rows[0][0], "€y") {
			t.Errorf("bad byte after %d: %v", at, err)
		}
	}
}

func TestOptions(t *testing.T) {
	path := put(t, "t.csv", "a,b:c\n1,2:3\n")
	got, err := ReadAll(path, &Options{Delimiter: ':'})
	if err != nil || !slices.Equal(got.Header, []string{"a,b", "c"}) {
		t.Errorf("%v %v", got, err)
	}
	for _, o := range []Options{{Delimiter: '"'}, {Delimiter: '\n'}, {Delimiter: 0xe9}, {MaxCell: -1}, {BadRows: 7}} {
		if _, err := Open(path, &o); !errors.Is(err, ErrOptions) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	for _, b := range []BadRows{Fail, Skip} {
		if got, err := ParseBadRows(b.String()); got != b || err != nil {
			t.Error(b, got, err)
		}
	}
	if _, err := ParseBadRows("maybe"); !errors.Is(err, ErrOptions) {
		t.Error(err)
	}
}

func TestSniffDelimiter(t *testing.T) {
	tests := []struct {
		in     string
		prefer byte
		want   byte
	}{
		{"a,b\n1;2;3\n", 0, ','},
		{"a;b;c,d\n", 0, ';'},
		{"\"a,b,c\"\t\"d\"\n", 0, '\t'},
		{"\"a\n;;;\"|b\n", 0, '|'},
		{"5\" a;b;c\n", 0, ';'},
		{"a,b;c\n", 0, ','},
		{"a,b,c\td\n", '\t', '\t'},
		{"a,b\n", '\t', ','},
		{"alone", '\t', '\t'},
		{"a\x00,b;c;d", 0, ';'},
		{"alone", 0, ','},
		{"", 0, ','},
	}
	for _, tt := range tests {
		if got := sniffDelimiter([]byte(tt.in), tt.prefer); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestJSONCells(t *testing.T) {
	in := `{"s":"a\"b\\","n":1.50e+3,"big":12345678901234567890,"t":true,"z":null,"o":{"k": [1, "}, "]},"e":{}}` + "\n" +
		` { "new" : "x" , "s" : [ ] } ` + "\n" + `{"s":"first","s":"last"}`
	got, err := ReadAll(put(t, "t.jsonl", in), nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Fields("s n big t z o e new"); !slices.Equal(got.Header, want) {
		t.Errorf("header %q", got.Header)
	}
	want := [][]string{
		{`a"b\`, "1.50e+3", "12345678901234567890", "true", "", `{"k":[1,"}, "]}`, "{}", ""},
		{"[]", "", "", "", "", "", "", "x"},
		{"last", "", "", "", "", "", "", ""},
	}
	if !reflect.DeepEqual(got.Rows, want) {
		t.Errorf("rows %q", got.Rows)
	}
}

func TestLargeCell(t *testing.T) {
	cell := strings.Repeat("x\"\n,", 10<<20/4)
	in := "a,b\n1,\"" + strings.ReplaceAll(cell, `"`, `""`) + "\"\n2,y\n"
	got, err := ReadAll(put(t, "t.csv", in), nil)
	if err != nil || got.Rows[0][1] != cell || got.Lines[1] != 3+10<<20/4 {
		t.Fatal(err, got.Lines)
	}
}

func TestErrorsStick(t *testing.T) {
	r, err := Open(put(t, "t.csv", "a,b\n1\n2,3\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	_, first := r.Next()
	if _, second := r.Next(); first == nil || first != second {
		t.Errorf("%v, then %v", first, second)
	}
}

func FuzzOpen(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "{\"a\":1}\n", "\xff\xfea\x00", zipped("a\n1\n"), "[1]", "{\"a\":{\"b\":[\"\\\"\"]}}", "a\x00,\xff"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, bad := range []BadRows{Fail, Skip} {
			got, err := ReadAll("-", &Options{Stdin: bytes.NewReader(in), BadRows: bad, MaxCell: 1 << 10})
			var e *Error
			if err != nil && !errors.As(err, &e) {
				t.Fatalf("%v names no place", err)
			}
			if err != nil {
				continue
			}
			for _, row := range got.Rows {
				if len(row) != len(got.Header) {
					t.Fatalf("%q under %q", row, got.Header)
				}
			}
		}
	})
}

func BenchmarkJSON(b *testing.B) {
	var in bytes.Buffer
	for in.Len() < 4<<20 {
		in.WriteString(`{"id":"1234","name":"Sony Bravia 40 inch LCD","description":"black, with \"stand\", 1080p","price":499.99}` + "\n")
	}
	b.SetBytes(int64(in.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ReadAll("-", &Options{Stdin: bytes.NewReader(in.Bytes())}); err != nil {
			b.Fatal(err)
		}
	}
}
