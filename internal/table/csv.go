package table

import (
	"bytes"
	"io"
)

// csvScanner cuts a stream into records by RFC 4180, with these liberties:
//
//   - a line ends with LF, CRLF or a lone CR; line ends inside quotes are kept as they are;
//   - a quote inside an unquoted value is data;
//   - a quote inside a quoted value that is neither doubled nor followed by a
//     delimiter or line end is "stray". Either it is data and the value closes
//     later on the same line ("40" LCD",), or the value was never meant to be
//     quoted ("Acme" 40,) and all of it is literal. The number of fields decides
//     which; see choose.
//
// encoding/csv does none of these, folds CRLF inside quotes, and cannot say on
// which line a quote was opened, hence a scanner of our own.
type csvScanner struct {
	win     window
	delim   byte
	stop    [256]bool // bytes that end an unquoted value: the delimiter, CR, LF
	maxCell int
	line    int // physical line of the first unconsumed byte
	// Two readings of one record: strays as data, strayed values as literal.
	lax, literal record
}

// record is one reading of a record. Its memory is reused for the next.
type record struct {
	data   []byte // the values one after the other, without quotes
	ends   []int  // where each value ends in data
	size   int    // bytes of input that the record takes, line end included
	line   int    // physical line where it starts
	breaks int    // line ends inside quoted values
	closed bool   // ended by a line end, not by the end of input
	quoted bool   // some value was in quotes
	odd    int    // first field, from 1, with a stray quote; 0 if none
	opened int    // line where the last quoted value opened, relative to line
	// What was found about the line by closesOnLine: a stray before closeAt closes
	// at closeAt, one before openTo does not close. It keeps strays from costing
	// a look at the whole line each.
	closeAt, openTo int
}

// verdict is how the scan of a field or record ended.
type verdict uint8

const (
	done         verdict = iota
	needMore             // the window ends inside it
	unterminated         // the input ends inside quotes
	tooLarge             // a value exceeds maxCell
	strayed              // a quoted value turned out to be none
)

// newCSVScanner reads r; setDelimiter must be called before next.
func newCSVScanner(r io.Reader, maxCell int) *csvScanner {
	return &csvScanner{win: window{r: r}, maxCell: maxCell, line: 1}
}

// setDelimiter fixes the delimiter.
func (s *csvScanner) setDelimiter(d byte) {
	s.delim = d
	s.stop = [256]bool{'\r': true, '\n': true}
	s.stop[d] = true
}

// next gives the next record that is not a blank line, or io.EOF. want is the
// number of fields to expect, 0 where any will do; it is not enforced. On
// unterminated and tooLarge the record says how far the scan came. The record is
// valid until the next call.
func (s *csvScanner) next(want int) (*record, verdict, error) {
	for {
		b := s.win.data()
		if len(b) == 0 && s.win.eof {
			return nil, done, io.EOF
		}
		rec, v := s.choose(b, want)
		if v == needMore {
			if err := s.win.more(); err != nil {
				return nil, done, err
			}
			continue
		}
		rec.line = s.line
		if v != done {
			return rec, v, nil
		}
		s.line += rec.breaks
		if rec.closed {
			s.line++
		}
		s.win.advance(rec.size)
		if len(rec.ends) == 1 && len(rec.data) == 0 && !rec.quoted {
			continue // blank line
		}
		return rec, done, nil
	}
}

// choose decides between the two readings of a record: the one that has the
// wanted number of fields. Where both have, strays are data if the record is one
// line, and literal if it took several: a stray on a later line means that a
// quote opened by mistake has swallowed rows. In a TSV a quote that never closes
// is literal too when that fits, because many programs write TSV unquoted.
func (s *csvScanner) choose(b []byte, want int) (*record, verdict) {
	v := s.parse(&s.lax, b, false)
	if v == needMore || v == done && s.lax.odd == 0 || v != done && s.delim != '\t' {
		return &s.lax, v
	}
	switch s.parse(&s.literal, b, true) {
	case needMore:
		return nil, needMore
	case done:
	default:
		return &s.lax, v
	}
	fits := func(r *record) bool { return want == 0 || len(r.ends) == want }
	if v != done {
		if fits(&s.literal) {
			return &s.literal, done
		}
		return &s.lax, v
	}
	if fits(&s.lax) && (s.lax.breaks == 0 || !fits(&s.literal)) {
		return &s.lax, done
	}
	return &s.literal, done
}

// parse reads the record at the start of b into rec.
func (s *csvScanner) parse(rec *record, b []byte, literal bool) verdict {
	*rec = record{data: rec.data[:0], ends: rec.ends[:0]}
	for i := 0; ; {
		end, v := s.field(rec, b, i, literal)
		if v != done {
			return v
		}
		rec.ends = append(rec.ends, len(rec.data))
		if end == len(b) {
			rec.size = end
			return done
		}
		if b[end] == s.delim {
			i = end + 1
			continue
		}
		if b[end] == '\r' {
			if end+1 == len(b) && !s.win.eof {
				return needMore
			}
			if end+1 < len(b) && b[end+1] == '\n' {
				end++
			}
		}
		rec.size, rec.closed = end+1, true
		return done
	}
}

// field reads the value at b[i:] and gives the index of what ends it: a
// delimiter, a line end or, at the end of input, len(b).
func (s *csvScanner) field(rec *record, b []byte, i int, literal bool) (int, verdict) {
	if i < len(b) && b[i] == '"' {
		mark, breaks := len(rec.data), rec.breaks
		end, v := s.quoted(rec, b, i, literal)
		if literal && (v == unterminated || v == tooLarge) {
			v = strayed
		}
		if v != strayed {
			return end, v
		}
		rec.data, rec.breaks = rec.data[:mark], breaks
		rec.markOdd()
	}
	end := i
	for end < len(b) && !s.stop[b[end]] {
		end++
	}
	switch {
	case end-i > s.maxCell:
		rec.opened = rec.breaks
		return end, tooLarge
	case end == len(b) && !s.win.eof:
		return end, needMore
	}
	rec.data = append(rec.data, b[i:end]...)
	return end, done
}

// quoted reads the value whose opening quote is b[i].
func (s *csvScanner) quoted(rec *record, b []byte, i int, literal bool) (int, verdict) {
	mark := len(rec.data)
	rec.opened = rec.breaks
	for p := i + 1; ; {
		q := bytes.IndexByte(b[p:], '"')
		if q < 0 {
			switch {
			case len(rec.data)-mark+len(b)-p > s.maxCell:
				return 0, tooLarge
			case !s.win.eof:
				return 0, needMore
			}
			return 0, unterminated
		}
		rec.data = append(rec.data, b[p:p+q]...)
		rec.breaks += countBreaks(b[p : p+q])
		if len(rec.data)-mark > s.maxCell {
			return 0, tooLarge
		}
		q += p + 1
		switch {
		case q == len(b) && !s.win.eof:
			return 0, needMore
		case q == len(b) || s.stop[b[q]]:
			rec.quoted = true
			return q, done
		case b[q] == '"':
			rec.data = append(rec.data, '"')
			p = q + 1
			continue
		case literal:
			return 0, strayed
		}
		if v := s.closesOnLine(rec, b, q); v != done {
			return 0, v
		}
		rec.markOdd()
		rec.data = append(rec.data, '"')
		p = q
	}
}

// closesOnLine says done when a quoted value with a stray quote before b[q] has
// a closing quote on the same physical line, strayed when it has none.
func (s *csvScanner) closesOnLine(rec *record, b []byte, q int) verdict {
	if q < rec.closeAt {
		return done
	}
	if q < rec.openTo {
		return strayed
	}
	for j := q; j < len(b); j++ {
		switch {
		case b[j] == '\n' || b[j] == '\r' || j-q > s.maxCell:
			rec.openTo = j
			return strayed
		case b[j] != '"':
		case j+1 == len(b) && !s.win.eof:
			return needMore
		case j+1 == len(b) || s.stop[b[j+1]]:
			rec.closeAt = j
			return done
		case b[j+1] == '"':
			j++ // doubled
		}
	}
	if !s.win.eof {
		return needMore
	}
	rec.openTo = len(b)
	return strayed
}

// markOdd notes the field being read as the first with a stray quote.
func (r *record) markOdd() {
	if r.odd == 0 {
		r.odd = len(r.ends) + 1
	}
}

// values gives the record's values, in memory of their own.
func (r *record) values() []string {
	text := string(r.data) // one allocation for all values
	out, start := make([]string, len(r.ends)), 0
	for i, end := range r.ends {
		out[i] = text[start:end]
		start = end
	}
	return out
}

// fieldAt gives the field, from 1, that holds data[offset].
func (r *record) fieldAt(offset int) int {
	for i, end := range r.ends {
		if offset < end {
			return i + 1
		}
	}
	return len(r.ends)
}

// countBreaks counts the line ends in b: LF, CRLF and lone CR.
func countBreaks(b []byte) int {
	n := bytes.Count(b, []byte{'\n'})
	for i := 0; ; {
		k := bytes.IndexByte(b[i:], '\r')
		if k < 0 {
			return n
		}
		if i += k + 1; i == len(b) || b[i] != '\n' {
			n++
		}
	}
}
