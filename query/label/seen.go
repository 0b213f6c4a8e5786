package label

// Seen says how much of a pair was in training.
type Seen uint8

// How much of a pair was seen.
const (
	Unseen   Seen = iota // neither record
	HalfSeen             // one of the two
	BothSeen             // both, in this pair or in others
)

var seenNames = [...]string{"unseen", "half-seen", "seen"}

// String gives the name as the tables print it.
func (s Seen) String() string { return seenNames[min(int(s), len(seenNames)-1)] }

// SeenBy says of each test pair how many of its records any training pair has.
// A model that remembers records shows it here: it is better where it has seen them.
func SeenBy(s Sides, train, test []Label) []Seen {
	known := recordsOf(s, train)
	out := make([]Seen, len(test))
	for i, l := range test {
		a, b := s.ends(l)
		for _, r := range []int{a, b} {
			if known[r] {
				out[i]++
			}
		}
	}
	return out
}

// recordsOf says which records labels speak of.
func recordsOf(s Sides, labels []Label) []bool {
	known := make([]bool, s.records())
	for _, l := range labels {
		a, b := s.ends(l)
		known[a], known[b] = true, true
	}
	return known
}
