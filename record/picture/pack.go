package picture

import (
	"encoding/binary"
	"slices"
	"strings"
)

// A record holds a picture as a value like any other: a string.
//
//	+-------------+------------------+------+---------------+
//	| "\x00pic\x01" | name length, var | name | the file's bytes |
//	+-------------+------------------+------+---------------+
//
// No value that was typed or read from a table begins with a NUL. Sizes and checksum are those of the row that holds it.
const packMagic = "\x00pic\x01"

// Pack makes the value of a picture: its name, for people, and the bytes of its file.
func Pack(name string, data []byte) string {
	var b strings.Builder
	var n [binary.MaxVarintLen64]byte
	b.Grow(len(packMagic) + len(n) + len(name) + len(data))
	b.WriteString(packMagic)
	b.Write(n[:binary.PutUvarint(n[:], uint64(len(name)))])
	b.WriteString(name)
	b.Write(data)
	return b.String()
}

// Unpack is the inverse of [Pack]. ok is false for a value that is no picture.
func Unpack(value string) (name, data string, ok bool) {
	rest, ok := strings.CutPrefix(value, packMagic)
	if !ok {
		return "", "", false
	}
	n, used := binary.Uvarint([]byte(rest[:min(len(rest), binary.MaxVarintLen64)]))
	if used <= 0 || n > uint64(len(rest)-used) {
		return "", "", false
	}
	return rest[used : used+int(n)], rest[used+int(n):], true
}

// Name is how a value is shown to people: the name of a picture, any other value as it is.
func Name(value string) string {
	if name, _, ok := Unpack(value); ok {
		return name
	}
	return value
}

// IsPacked says whether a value is a picture.
func IsPacked(value string) bool {
	_, _, ok := Unpack(value)
	return ok
}

// Shown gives values as people see them, with the names of pictures in their place.
func Shown(values []string) []string {
	if !slices.ContainsFunc(values, IsPacked) {
		return values
	}
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = Name(v)
	}
	return out
}
