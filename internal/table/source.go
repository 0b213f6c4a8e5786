package table

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// encoding is how a file writes its characters.
type encoding uint8

const (
	utf8Text encoding = iota
	utf16Text
	windows1252
)

// headSize is how much of the decompressed file the format is judged by.
const headSize = 4 << 10

// source is an input that can be read from its start more than once. The
// encoding can only be known from the whole file (one bad byte near the end makes
// it Windows-1252), so [survey] reads everything once before the first row is
// given. A regular file is read twice from the disk; what cannot be rewound
// (stdin, a pipe) is first taken into memory whole.
type source struct {
	name     string
	raw      io.ReadSeeker
	file     *os.File // nil when raw is in memory
	gz       bool
	encoding encoding
	head     []byte // the first headSize bytes, decompressed, not decoded
	warnings []string
}

// openSource opens path and surveys it.
func openSource(path string, opts Options) (*source, error) {
	s := &source{name: path}
	if err := s.openRaw(path, opts.Stdin); err != nil {
		s.close()
		return nil, systemError(s.name, err)
	}
	if err := s.survey(); err != nil {
		s.close()
		return nil, systemError(s.name, err)
	}
	return s, nil
}

func (s *source) openRaw(path string, stdin io.Reader) error {
	if path == "-" {
		s.name = "stdin"
		return s.readAll(stdin)
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	s.file = f
	info, err := f.Stat()
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return &Error{Path: path, Msg: "is a directory; name a file in it", Err: syscall.EISDIR}
	case !info.Mode().IsRegular():
		return s.readAll(f)
	}
	s.raw = f
	return nil
}

func (s *source) readAll(r io.Reader) error {
	data, err := io.ReadAll(r)
	s.raw = bytes.NewReader(data)
	return err
}

func (s *source) close() error {
	if s.file == nil {
		return nil
	}
	f := s.file
	s.file = nil
	return f.Close()
}

// plain gives the decompressed bytes from the start.
func (s *source) plain() (io.Reader, error) {
	if _, err := s.raw.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(s.raw, 64<<10)
	magic, err := in.Peek(2)
	if err != nil && err != io.EOF {
		return nil, err
	}
	s.gz = string(magic) == "\x1f\x8b"
	if !s.gz {
		return &checkedReader{in, s}, nil
	}
	unzip, err := gzip.NewReader(in)
	if err != nil {
		return nil, s.gzipError(err)
	}
	return &checkedReader{unzip, s}, nil
}

// checkedReader gives broken streams the file's name, so that nothing above
// takes a compressed file that ends early for one that ends.
type checkedReader struct {
	r io.Reader
	s *source
}

func (c *checkedReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	switch {
	case err == nil || err == io.EOF:
	case c.s.gz:
		err = c.s.gzipError(err)
	default:
		err = systemError(c.s.name, err)
	}
	return n, err
}

func (s *source) gzipError(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case err == io.ErrUnexpectedEOF || err == io.EOF:
		return &Error{Path: s.name, Err: fmt.Errorf("%w: %w", ErrTruncated, io.ErrUnexpectedEOF),
			Msg: "the gzip data ends early; copy or download the file again"}
	case err == gzip.ErrHeader || err == gzip.ErrChecksum || errors.As(err, &corrupt):
		return &Error{Path: s.name, Err: err,
			Msg: "the gzip data is damaged (" + err.Error() + "); copy or download the file again"}
	}
	return systemError(s.name, err)
}

// text gives the file from the start as UTF-8 without a byte order mark.
func (s *source) text() (io.Reader, error) {
	r, err := s.plain()
	if err != nil {
		return nil, err
	}
	if s.encoding == utf16Text {
		return transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()), nil
	}
	in := bufio.NewReaderSize(r, 64<<10)
	if bom, _ := in.Peek(3); string(bom) == "\xef\xbb\xbf" {
		if _, err := in.Discard(3); err != nil {
			return nil, err
		}
	}
	if s.encoding == windows1252 {
		return transform.NewReader(in, charmap.Windows1252.NewDecoder()), nil
	}
	return in, nil
}
