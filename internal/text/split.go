package text

// Role says what a token is to be used for.
type Role uint8

// The roles, as bits.
const (
	IsWord   Role = 1 << iota // compare it as a whole
	IsGrams                   // compare its character n-grams
	HasDigit                  // it has a digit in it
	HasAlpha                  // it has a letter in it
	IsJoined                  // made of several written pieces
)

// Token is a piece of a folded value. Text belongs to the [Splitter] and is
// valid until its next call.
type Token struct {
	Text []rune
	Role Role
}

// Splitter holds the buffers of [Splitter.Split]. The zero value is ready; it
// is not safe for concurrent use.
type Splitter struct {
	folded []rune
	store  []rune // the token texts, one after the other
	spans  []span
	tokens []Token
}

type span struct {
	from, to int32
	role     Role
	inches   bool // an inch mark follows the number
}

// maxCode is the longest joined token that is taken for a code; longer chunks are URLs and the like.
const maxCode = 32

// Split folds value and cuts it into tokens, in order of appearance:
//
//   - every run of letters and digits is a word ("sony"), apostrophes inside are
//     dropped, a decimal point inside a number is kept, a thousands comma dropped;
//   - a chunk without white space that has several runs and a digit is given joined as
//     well ("kdl-40v3000" gives kdl, 40v3000 and kdl40v3000), and its n-grams
//     are those of the joined form, so that separators do not count;
//   - a number and the unit that follows it are given joined as well, the unit in its
//     short form ("40 inches", `40"`, "40”" and "40in" all give 40in).
func (s *Splitter) Split(value string) []Token {
	s.folded = Fold(s.folded[:0], value)
	s.store, s.spans = s.store[:0], s.spans[:0]
	f := s.folded
	for i := 0; i < len(f); {
		if isSpace(f[i]) {
			i++
			continue
		}
		j := i + 1
		for j < len(f) && !isSpace(f[j]) {
			j++
		}
		s.chunk(f[i:j])
		i = j
	}
	return s.finish()
}

// chunk cuts one stretch without white space into runs.
func (s *Splitter) chunk(c []rune) {
	first, storeFrom := len(s.spans), len(s.store)
	var all Role
	inches := false
	for i := 0; i < len(c); {
		if isAlnum(c[i]) {
			i = s.run(c, i)
			all |= s.spans[len(s.spans)-1].role
			continue
		}
		if i > 0 && isDigit(c[i-1]) && isInchMark(c[i:]) {
			s.spans[len(s.spans)-1].inches, inches = true, true
		}
		i++
	}
	last := len(s.spans)
	if last-first >= 2 && all&HasDigit != 0 && len(s.store)-storeFrom <= maxCode {
		s.join(first, storeFrom, all)
	}
	if last-first == 1 {
		s.unit(first)
	}
	for i := first; inches && i < last; i++ {
		if sp := s.spans[i]; sp.inches && sp.role&HasAlpha == 0 {
			s.joinUnit(s.store[sp.from:sp.to], "in")
		}
	}
}

// isInchMark says whether c begins with " or with two apostrophes.
func isInchMark(c []rune) bool {
	return c[0] == '"' || (c[0] == '\'' && len(c) > 1 && c[1] == '\'')
}

// run stores the run of letters and digits that begins at c[i] and returns its end.
func (s *Splitter) run(c []rune, i int) int {
	from, role, point := len(s.store), IsWord|IsGrams, false
	for ; i < len(c); i++ {
		r := c[i]
		switch {
		case isDigit(r):
			role |= HasDigit
		case isAlnum(r):
			role |= HasAlpha
		case r == '\'' && i+1 < len(c) && isAlnum(c[i+1]):
			continue
		// A second point makes it a phone, a date or a version: cut there.
		case (r == '.' || r == ',') && !point && i > 0 && i+1 < len(c) && isDigit(c[i-1]) && isDigit(c[i+1]):
			if r == ',' && thousands(c[i+1:]) {
				continue
			}
			r, point = '.', true
		default:
			s.push(from, role)
			return i
		}
		s.store = append(s.store, r)
	}
	s.push(from, role)
	return i
}

func (s *Splitter) push(from int, role Role) {
	s.spans = append(s.spans, span{from: int32(from), to: int32(len(s.store)), role: role})
}

// thousands says whether exactly three digits stand at the front of c.
func thousands(c []rune) bool {
	n := 0
	for n < len(c) && n <= 3 && isDigit(c[n]) {
		n++
	}
	return n == 3
}

// join adds the joined form of the runs since first and takes the n-grams from them.
func (s *Splitter) join(first, storeFrom int, all Role) {
	from := len(s.store)
	for i := storeFrom; i < from; i++ {
		if s.store[i] != '.' {
			s.store = append(s.store, s.store[i])
		}
	}
	for i := first; i < len(s.spans); i++ {
		s.spans[i].role &^= IsGrams
	}
	s.push(from, all|IsWord|IsGrams|IsJoined)
}

// unit gives a number and its unit joined, when the only run of a chunk is the
// unit of the number before ("40 inch") or has both in it ("40inch").
func (s *Splitter) unit(first int) {
	sp := s.spans[first]
	word := s.store[sp.from:sp.to]
	if sp.role&HasDigit == 0 {
		if first == 0 || s.spans[first-1].role&(HasAlpha|IsJoined) != 0 {
			return // no number stands before it
		}
		if short, ok := unitOf(word); ok {
			prev := s.spans[first-1]
			s.joinUnit(s.store[prev.from:prev.to], short)
		}
		return
	}
	if sp.role&HasAlpha == 0 {
		return
	}
	cut := 0
	for cut < len(word) && (isDigit(word[cut]) || word[cut] == '.') {
		cut++
	}
	if cut == 0 || cut == len(word) {
		return
	}
	if short, ok := unitOf(word[cut:]); ok && short != string(word[cut:]) {
		s.joinUnit(word[:cut], short)
	}
}

func (s *Splitter) joinUnit(number []rune, unit string) {
	from := len(s.store)
	s.store = append(s.store, number...)
	for _, r := range unit {
		s.store = append(s.store, r)
	}
	s.push(from, IsWord|HasDigit|HasAlpha|IsJoined)
}

// finish turns spans into tokens once the store no longer moves.
func (s *Splitter) finish() []Token {
	s.tokens = s.tokens[:0]
	for _, sp := range s.spans {
		s.tokens = append(s.tokens, Token{s.store[sp.from:sp.to:sp.to], sp.role})
	}
	return s.tokens
}
