package table

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// survey reads the whole source once and finds out its head and encoding. A
// damaged file is found here too, before any row has been given.
func (s *source) survey() error {
	r, err := s.plain()
	if err != nil {
		return err
	}
	head := make([]byte, headSize)
	n, err := io.ReadFull(r, head)
	s.head = head[:n]
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return s.placed(err, int64(n))
	}
	if len(s.head) >= 2 && (string(s.head[:2]) == "\xff\xfe" || string(s.head[:2]) == "\xfe\xff") {
		s.encoding = utf16Text
		return nil
	}
	if what := notTable(s.head); what != "" {
		return nil // sniff refuses it; nothing else in it matters
	}
	if r, err = s.plain(); err != nil {
		return err
	}
	offset, valid, err := firstInvalid(r)
	switch {
	case err != nil:
		return s.placed(err, offset)
	case valid:
		return nil
	}
	s.encoding = windows1252
	line, column, err := s.locate(offset)
	if err != nil {
		return err
	}
	s.warnings = append(s.warnings, fmt.Sprintf(
		"%s:%d: column %d: not valid UTF-8; the whole file is read as Windows-1252 (Latin-1); save it as UTF-8 if letters look wrong",
		s.name, line, column))
	return nil
}

// placed adds to a truncation the line that can be read up to.
func (s *source) placed(err error, offset int64) error {
	var e *Error
	if errors.Is(err, ErrTruncated) && errors.As(err, &e) {
		if line, _, lerr := s.locate(offset); lerr == nil {
			e.Line = line
		}
	}
	return err
}

// firstInvalid gives the offset of the first byte of r that is not UTF-8. With
// valid or an error it gives how much was read.
func firstInvalid(r io.Reader) (offset int64, valid bool, err error) {
	buf := make([]byte, 64<<10)
	kept := 0 // bytes of a rune that the last read cut off
	for {
		n, err := r.Read(buf[kept:])
		chunk := buf[:kept+n]
		bad := len(chunk)
		if !utf8.Valid(chunk) {
			bad = invalidIndex(chunk)
			if utf8.FullRune(chunk[bad:]) {
				return offset + int64(bad), false, nil
			}
		}
		offset += int64(bad)
		kept = copy(buf, chunk[bad:])
		switch {
		case err == io.EOF:
			return offset, kept == 0, nil
		case err != nil:
			return offset, false, err
		}
	}
}

// invalidIndex gives the index of the first bad or cut-off rune of b, which has one.
func invalidIndex(b []byte) int {
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(b)
}

// locate gives line and column, both from 1, of the byte at offset of the
// decompressed file. The column counts characters. It reads the file again,
// which is done only when there is something to report.
func (s *source) locate(offset int64) (line, column int, err error) {
	r, err := s.plain()
	if err != nil {
		return 0, 0, err
	}
	in := bufio.NewReader(r)
	line, column = 1, 1
	var last byte
	for ; offset > 0; offset-- {
		c, err := in.ReadByte()
		if err != nil {
			return 0, 0, err
		}
		switch {
		case c == '\n' && last == '\r':
		case c == '\n' || c == '\r':
			line, column = line+1, 1
		case utf8.RuneStart(c):
			column++
		}
		last = c
	}
	return line, column, nil
}
