package table

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"sync/atomic"
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
// (stdin, a pipe) is first taken into memory whole, or with [Options.Spool] into a
// temporary file.
type source struct {
	name     string
	raw      io.ReadSeeker
	size     int64    // of raw
	file     *os.File // nil when raw is in memory
	spool    string   // name of the temporary file to remove, "" when it has none any more
	meter    meter    // of the reading that goes on
	gz       bool
	encoding encoding
	head     []byte // the first headSize bytes, decompressed, not decoded
	warnings []string
}

// openSource opens path and surveys it.
func openSource(path string, opts Options) (*source, error) {
	s := &source{name: path}
	if err := s.openRaw(path, opts); err != nil {
		s.close()
		return nil, systemError(s.name, err)
	}
	if err := s.survey(); err != nil {
		s.close()
		return nil, systemError(s.name, err)
	}
	return s, nil
}

func (s *source) openRaw(path string, opts Options) error {
	if path == "-" {
		s.name = "stdin"
		return s.keep(opts.Stdin, opts.Spool)
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = &Error{Path: path, Msg: "is a directory; name a file in it", Err: syscall.EISDIR}
	case !info.Mode().IsRegular():
		err = s.keep(f, opts.Spool)
	default:
		s.raw, s.file, s.size = f, f, info.Size()
		return nil
	}
	f.Close()
	return err
}

// keep takes what can be read once only into memory or into a temporary file.
func (s *source) keep(r io.Reader, spool bool) error {
	if !spool {
		data, err := io.ReadAll(r)
		s.raw, s.size = bytes.NewReader(data), int64(len(data))
		return err
	}
	f, err := os.CreateTemp("", "doppel-*.tmp")
	if err != nil {
		return spoolError(err)
	}
	s.raw, s.file = f, f
	if os.Remove(f.Name()) != nil { // Windows keeps the name of an open file
		s.spool = f.Name()
	}
	// A failed read is about r, a failed write about the directory.
	w := &spoolWriter{f: f}
	s.size, err = io.Copy(w, r)
	if w.err != nil {
		return spoolError(w.err)
	}
	return err
}

// spoolWriter remembers its error, to tell it from the reader's.
type spoolWriter struct {
	f   *os.File
	err error
}

func (w *spoolWriter) Write(p []byte) (n int, err error) {
	n, w.err = w.f.Write(p)
	return n, w.err
}

func spoolError(err error) error {
	return &Error{Path: "stdin", Err: err, Msg: fmt.Sprintf(
		"it cannot be kept in %s: %v; free some space there, or let TMPDIR name a directory that has it", os.TempDir(), cause(err))}
}

func (s *source) close() error {
	if s.file == nil {
		return nil
	}
	f := s.file
	s.file = nil
	err := f.Close()
	if s.spool != "" {
		err = errors.Join(err, os.Remove(s.spool))
	}
	return err
}

// meter counts and sums the bytes of the file as they are read.
type meter struct {
	r    io.Reader
	done atomic.Int64 // others may look
	sum  uint32       // CRC32C
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.sum = crc32.Update(m.sum, castagnoli, p[:n])
	m.done.Add(int64(n))
	return n, err
}

// plain gives the decompressed bytes from the start.
func (s *source) plain() (io.Reader, error) {
	if _, err := s.raw.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	s.meter.r, s.meter.sum = s.raw, 0
	s.meter.done.Store(0)
	in := bufio.NewReaderSize(&s.meter, 64<<10)
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
