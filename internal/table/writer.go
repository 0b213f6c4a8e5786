package table

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Writer writes a table that appears at its path only on Commit.
//
// CSV is RFC 4180 with LF line ends and no quotes where none are needed; TSV the
// same with tabs. JSON lines are objects of strings, so that every value comes
// back as it was. Values are written as they are, also those that a spreadsheet
// would take for a formula; only bytes that are not UTF-8 become U+FFFD.
type Writer struct {
	file   *File
	zip    *gzip.Writer // nil unless the path ends in .gz
	out    *bufio.Writer
	format format
	header []string
	keys   []string // of a JSON line: `{"id":`, `,"name":`
	row    int      // rows written
	buf    []byte
}

// Create prepares to write a table to path; see [CreateFile] for paths and
// errors. The extension gives the format: .tsv, .jsonl (.ndjson, .json), each
// also with .gz; anything else, stdout too, is CSV.
func Create(path string, stdout io.Writer) (*Writer, error) {
	return create(path, formatOf(path), stdout)
}

// CreateLines is Create for JSON lines, whatever the extension says.
func CreateLines(path string, stdout io.Writer) (*Writer, error) {
	return create(path, jsonFormat, stdout)
}

func create(path string, f format, stdout io.Writer) (*Writer, error) {
	file, err := CreateFile(path, stdout)
	if err != nil {
		return nil, err
	}
	w := &Writer{file: file, format: f}
	var under io.Writer = file
	if strings.HasSuffix(strings.ToLower(path), ".gz") {
		w.zip = gzip.NewWriter(file)
		under = w.zip
	}
	w.out = bufio.NewWriterSize(under, 64<<10)
	return w, nil
}

// WriteHeader writes the column names, trimmed; it must come first and once. Names that
// are empty or repeated, which no reader here would take, are an [ErrHeader].
func (w *Writer) WriteHeader(names []string) error {
	if w.header != nil {
		return &Error{Path: w.file.name, Msg: "the header is written twice", Err: ErrHeader}
	}
	if len(names) == 0 {
		return &Error{Path: w.file.name, Msg: "a table needs at least one column", Err: ErrHeader}
	}
	header, err := checkHeader(w.file.name, 0, append([]string(nil), names...))
	if err != nil {
		return err
	}
	for i, name := range header {
		if strings.IndexByte(name, 0) >= 0 {
			return &Error{Path: w.file.name, Field: i + 1, Msg: "the column name holds a NUL byte; remove it", Err: ErrNUL}
		}
	}
	w.header = header
	if w.format != jsonFormat {
		// Any delimiter in a name is quoted, whatever this file's own is: a reader
		// that lets the header decide must not be led astray.
		return w.line(header, delimiters)
	}
	for i, name := range header {
		lead := byte(',')
		if i == 0 {
			lead = '{'
		}
		w.keys = append(w.keys, string(append(appendJSON([]byte{lead}, name), ':')))
	}
	return nil
}

// WriteRow writes one value per column. Another number of values is an
// [ErrRagged], a NUL byte an [ErrNUL]: no reader would take the file.
func (w *Writer) WriteRow(values []string) error {
	w.row++
	if w.header == nil {
		return &Error{Path: w.file.name, Msg: "a row is written before the header", Err: ErrHeader}
	}
	if len(values) != len(w.header) {
		return &Error{Path: w.file.name, Err: ErrRagged, Msg: fmt.Sprintf(
			"row %d has %s, the header has %d", w.row, plural(len(values), "value"), len(w.header))}
	}
	for i, v := range values {
		if strings.IndexByte(v, 0) >= 0 {
			return &Error{Path: w.file.name, Field: i + 1, Name: w.header[i], Err: ErrNUL,
				Msg: fmt.Sprintf("row %d holds a NUL byte; remove it", w.row)}
		}
	}
	if w.format != jsonFormat {
		return w.line(values, string(w.delimiter()))
	}
	b := w.buf[:0]
	for i, v := range values {
		b = appendJSON(append(b, w.keys[i]...), v)
	}
	return w.write(append(b, '}', '\n'))
}

func (w *Writer) delimiter() byte {
	if w.format == tsvFormat {
		return '\t'
	}
	return ','
}

// line writes a line of CSV or TSV, quoting values that hold any of special.
func (w *Writer) line(values []string, special string) error {
	b := w.buf[:0]
	for i, v := range values {
		if i > 0 {
			b = append(b, w.delimiter())
		}
		if !utf8.ValidString(v) {
			v = strings.ToValidUTF8(v, "\uFFFD")
		}
		if !needsQuotes(v, special, len(values) == 1) {
			b = append(b, v...)
			continue
		}
		b = append(b, '"')
		for {
			before, after, found := strings.Cut(v, `"`)
			b = append(b, before...)
			if !found {
				break
			}
			b, v = append(b, `""`...), after
		}
		b = append(b, '"')
	}
	return w.write(append(b, '\n'))
}

// needsQuotes says whether a value would come back differently without quotes.
// Alone on its line, an empty or blank value would be a blank line. U+FEFF at the
// start could be taken for a byte order mark.
func needsQuotes(v, special string, alone bool) bool {
	return strings.ContainsAny(v, "\"\r\n") || strings.ContainsAny(v, special) ||
		strings.HasPrefix(v, "\uFEFF") || alone && strings.TrimSpace(v) == ""
}

// appendJSON appends s as a JSON string.
func appendJSON(b []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c == '\t':
			b = append(b, '\\', 't')
		case c < ' ':
			b = fmt.Appendf(b, "\\u%04x", c)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// write hands a finished line on and keeps its memory for the next.
func (w *Writer) write(b []byte) error {
	w.buf = b
	_, err := w.out.Write(b)
	return err
}

// Prepare writes out what is held back, the end of the gzip data too; no row may
// follow it. See [File.Prepare].
func (w *Writer) Prepare() error {
	err := w.out.Flush()
	if err == nil && w.zip != nil {
		err = w.zip.Close() // again and again does no harm
	}
	if err != nil {
		w.file.Abort()
		return err
	}
	return w.file.Prepare()
}

// Commit puts the file in its place; see [File.Commit].
func (w *Writer) Commit() error {
	if err := w.Prepare(); err != nil {
		return err
	}
	return w.file.Commit()
}

// Abort gives the file up; see [File.Abort].
func (w *Writer) Abort() { w.file.Abort() }
