package label

import (
	"fmt"
	"strings"
)

// Keys knows the records of one or two tables by their keys.
type Keys struct {
	left, right side
	single      bool // one table: both sides are the same
}

// side is one table: its name in messages, and its keys.
type side struct {
	name string
	ids  map[string]uint32
	keys []string
}

// NewKeys takes the keys of the left and the right records, in the order of their
// dense ids; right is nil for pairs of one table. The names are for messages:
// those of the files.
func NewKeys(leftName string, left []string, rightName string, right []string) *Keys {
	k := &Keys{left: newSide(leftName, left), single: right == nil}
	if k.right = k.left; !k.single {
		k.right = newSide(rightName, right)
	}
	return k
}

func newSide(name string, keys []string) side {
	s := side{name: name, ids: make(map[string]uint32, len(keys)), keys: keys}
	for i, key := range keys {
		s.ids[key] = uint32(i)
	}
	return s
}

// Sides says how many records there are.
func (k *Keys) Sides() Sides {
	if k.single {
		return Sides{Left: len(k.left.keys)}
	}
	return Sides{len(k.left.keys), len(k.right.keys)}
}

// hint says what an unknown key of a side may be about; other is the other side.
func (s side) hint(key string, other side) string {
	if _, swapped := other.ids[key]; swapped && other.name != s.name {
		return fmt.Sprintf("%s has it: are the two id columns, or the two files, the wrong way round?", other.name)
	}
	want := plainKey(key)
	for _, k := range s.keys {
		if plainKey(k) == want {
			return fmt.Sprintf("did you mean %q?", k)
		}
	}
	if len(s.keys) == 0 {
		return "it has no record"
	}
	return fmt.Sprintf("its keys look like %s; --id names another key column", quoted(s.keys[:min(3, len(s.keys))]))
}

// plainKey leaves off what programs put to keys and take from them: case, space, zeros
// in front, the .0 of a number that was a float in between.
func plainKey(k string) string {
	k = strings.ToLower(strings.TrimSpace(k))
	k = strings.TrimSuffix(k, ".0")
	if short := strings.TrimLeft(k, "0"); short != "" {
		k = short
	}
	return k
}

func quoted(list []string) string {
	var out []string
	for _, s := range list {
		out = append(out, fmt.Sprintf("%q", s))
	}
	return strings.Join(out, ", ")
}
