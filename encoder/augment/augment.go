// Package augment writes a record differently, as another shop or another typist
// would: the same thing with a word less, two words swapped, a typing
// error, a field missing, a unit spelt out, a separator gone. A twin network that
// is shown both must put them together, which needs no label.
package augment

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/doppeldb/doppel/record"
)

// How often each change is made: of a record's fields, and of the words of a text
// field that stays. A record of one field keeps it.
const (
	fieldDrop = .1
	wordDrop  = .15
	wordSwap  = .05
	typo      = .05
	unitForm  = .3  // of the quantities
	separator = .15 // of the words that have one or could have one
)

// Record gives a changed copy of values, in the order of schema. Numbers and what is not compared
// stay as they are, empty values stay empty, and at least one value stays. The same r gives the same copy.
func Record(r *rand.Rand, schema record.Schema, values []string) []string {
	out := slices.Clone(values)
	filled := 0
	for f, v := range values {
		if v != "" && compared(schema[f].Kind) {
			filled++
		}
	}
	for f, v := range values {
		if v == "" || !compared(schema[f].Kind) {
			continue
		}
		if filled > 1 && r.Float64() < fieldDrop {
			out[f] = ""
			filled--
			continue
		}
		out[f] = Text(r, v)
	}
	return out
}

func compared(k record.Kind) bool {
	return k == record.Text || k == record.Category || k == record.Code
}

// Text gives a changed copy of one value; at least one word stays.
func Text(r *rand.Rand, value string) string {
	words := strings.Fields(value)
	if len(words) == 0 {
		return value
	}
	words = Units(r, words, unitForm)
	kept := words[:0]
	for i, w := range words {
		if len(words) > 1 && r.Float64() < wordDrop && len(kept)+len(words)-i > 1 {
			continue
		}
		if r.Float64() < separator {
			w = Separate(r, w)
		}
		if r.Float64() < typo {
			w = Typo(r, w)
		}
		kept = append(kept, w)
	}
	for i := 1; i < len(kept); i++ {
		if r.Float64() < wordSwap {
			kept[i-1], kept[i] = kept[i], kept[i-1]
		}
	}
	return strings.Join(kept, " ")
}
