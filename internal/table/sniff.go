package table

import (
	"bytes"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// format is how a file lays out its rows.
type format uint8

const (
	unknownFormat format = iota
	csvFormat
	tsvFormat
	jsonFormat // one object per line
)

// formatOf judges by the extension, .gz left aside.
func formatOf(path string) format {
	path = strings.TrimSuffix(strings.ToLower(path), ".gz")
	switch filepath.Ext(path) {
	case ".csv":
		return csvFormat
	case ".tsv", ".tab":
		return tsvFormat
	case ".jsonl", ".ndjson", ".json":
		return jsonFormat
	}
	return unknownFormat
}

// sniff gives the source's format, by extension, else by content. It refuses
// what is no table with an [ErrNotTable] that says what it looks like.
func (s *source) sniff(opts Options) (format, error) {
	if what := notTable(s.head); what != "" && s.encoding != utf16Text {
		return 0, &Error{Path: s.name, Msg: what, Err: ErrNotTable}
	}
	f := formatOf(s.name)
	start := bytes.TrimLeft(bytes.TrimPrefix(s.head, []byte("\xef\xbb\xbf")), " \t\r\n")
	opens := func(c byte) bool { return len(start) > 0 && start[0] == c }
	switch {
	case f == jsonFormat && opens('['):
		return 0, &Error{Path: s.name, Err: ErrNotTable,
			Msg: "is a JSON array, not one object per line; convert it, for example with: jq -c '.[]' IN > OUT.jsonl"}
	case f == unknownFormat && opts.Delimiter != 0:
		return csvFormat, nil
	case f == unknownFormat && opens('{'):
		return jsonFormat, nil
	case f == unknownFormat:
		return csvFormat, nil
	}
	return f, nil
}

// signatures are the starts of files that people take for tables, each long
// enough not to be the start of a header.
var signatures = []struct {
	magic string
	what  string
}{
	{"PK\x03\x04", "looks like a zip archive or an Excel workbook (.xlsx); save the sheet as CSV, or unzip it first"},
	{"PK\x05\x06", "looks like an empty zip archive; unzip it and name the file inside"},
	{"\xd0\xcf\x11\xe0", "looks like an old Excel workbook (.xls); save the sheet as CSV"},
	{"\x1f\x8b", "is compressed twice with gzip; gunzip it once"},
	{"\xfd7zXZ\x00", "looks like xz data; decompress it with unxz first"},
	{"\x28\xb5\x2f\xfd", "looks like zstd data; decompress it with unzstd first"},
	{"7z\xbc\xaf\x27\x1c", "looks like a 7-Zip archive; extract it first"},
	{"PAR1\x15", "looks like a Parquet file; export it as CSV"},
	{"ARROW1\x00\x00", "looks like an Arrow file; export it as CSV"},
	{"SQLite format 3\x00", "looks like an SQLite database; export a table as CSV"},
	{"%PDF-", "looks like a PDF; export the table as CSV"},
}

// notTable says what a file that starts with head looks like, "" for a table.
func notTable(head []byte) string {
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.magic)) {
			return s.what
		}
	}
	start := strings.ToLower(string(bytes.TrimSpace(head[:min(len(head), 256)])))
	for _, tag := range []string{"<!doctype html", "<html", "<?xml"} {
		if strings.HasPrefix(start, tag) {
			return "looks like a web page or XML; was a login or error page saved instead of the data? Save the data as CSV"
		}
	}
	if len(head) > 10 && string(head[:3]) == "BZh" && string(head[4:10]) == "1AY&SY" {
		return "looks like bzip2 data; decompress it with bunzip2 first"
	}
	if len(head) > 262 && string(head[257:262]) == "ustar" {
		return "looks like a tar archive; extract it and name the file inside"
	}
	return binary(head)
}

// binary tells binary data from text that has a few NUL bytes by mistake; the
// latter is a table with bad rows. Thresholds: UTF-16 of Latin text is half NUL
// bytes, random bytes are 11 % control characters and hardly ever valid UTF-8.
func binary(head []byte) string {
	var controls int
	var nul [2]int // at even and odd offsets
	for i, c := range head {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' {
			controls++
		}
		if c == 0 {
			nul[i&1]++
		}
	}
	few, many := min(nul[0], nul[1]), max(nul[0], nul[1])
	switch {
	case many == 0:
		return ""
	case len(head) >= 8 && many > len(head)/5 && few <= len(head)/50:
		return "looks like UTF-16 without a byte order mark; save it as UTF-8"
	case controls > len(head)*3/10, controls > len(head)/20 && !utf8.Valid(head):
		return "looks like binary data; save the table as CSV, TSV or JSON lines"
	}
	return ""
}

// delimiters that the header may decide between, the first winning a tie.
const delimiters = ",\t;|"

// sniffDelimiter gives the delimiter that occurs most in the header, which is
// the first line of b that is not blank, quoted text left aside. prefer, if not
// 0, wins when it occurs and when none does: then the file has one column.
func sniffDelimiter(b []byte, prefer byte) byte {
	var count [256]int
	quoted, start := false, true // start: a quote here would open a value
	b = bytes.TrimLeft(b, "\r\n")
	for i := 0; i < len(b) && (quoted || b[i] != '\n' && b[i] != '\r'); i++ {
		c := b[i]
		switch {
		case quoted && c == '"' && i+1 < len(b) && b[i+1] == '"':
			i++
		case c == '"' && (quoted || start):
			quoted = !quoted
		case !quoted:
			count[c]++
		}
		start = !quoted && strings.IndexByte(delimiters, c) >= 0
	}
	best := delimiters[0]
	if prefer != 0 {
		if best = prefer; count[prefer] > 0 {
			return prefer
		}
	}
	for i := range len(delimiters) {
		if count[delimiters[i]] > count[best] {
			best = delimiters[i]
		}
	}
	return best
}
