// Package record holds the words that every other room shares: what a field
// is, which kinds of fields there are, and the schema that orders them.
//
// A record is a key (a string, unique in its collection) and one string value
// per field, in schema order. The empty string is the missing value; numbers
// are kept as they were written and parsed where they are used, so nothing
// that a user typed is lost on the way through.
package record

import (
	"errors"
	"fmt"
	"strings"
)

// Errors for the world. All of them are wrapped with what was wrong and where.
var (
	// ErrSchema is returned when a schema is empty, names a field twice or
	// names a kind that does not exist.
	ErrSchema = errors.New("bad schema")
	// ErrArity is returned when a record does not have one value per field.
	ErrArity = errors.New("wrong number of values")
)

// Kind says how a field's values are to be compared.
type Kind uint8

// The kinds of fields. The numeric values are part of the file format: append, never reorder.
const (
	Text     Kind = iota // free text: compared by words and character n-grams
	Number               // a quantity: compared by relative difference
	Category             // one of few values: compared by equality, softly by n-grams
	Code                 // an identifier such as a phone number or a part number: compared with separators stripped
	Ignore               // kept and given back, never compared
	Image                // a picture, packed with its name by record/picture: compared by what it looks like
)

var kindNames = [...]string{Text: "text", Number: "number", Category: "category", Code: "code", Ignore: "ignore", Image: "image"}

// String gives the kind's name as the command line spells it.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// ParseKind is the inverse of [Kind.String].
func ParseKind(s string) (Kind, error) {
	for k, name := range kindNames {
		if strings.EqualFold(s, name) {
			return Kind(k), nil
		}
	}
	return 0, fmt.Errorf("%w: unknown kind %q; use one of %s", ErrSchema, s, strings.Join(kindNames[:], ", "))
}

// Field is one column of a collection.
type Field struct {
	Name string
	Kind Kind
}

// Schema is the ordered list of fields of a collection.
type Schema []Field

// Record is a key and one value per field, in schema order.
type Record struct {
	Key    string
	Values []string
}

// Validate returns an [ErrSchema] when the schema has no field, a nameless
// field, the same name twice or an unknown kind.
func (s Schema) Validate() error {
	if len(s) == 0 {
		return fmt.Errorf("%w: no field", ErrSchema)
	}
	seen := make(map[string]bool, len(s))
	for i, f := range s {
		switch {
		case f.Name == "":
			return fmt.Errorf("%w: field %d has no name", ErrSchema, i+1)
		case seen[f.Name]:
			return fmt.Errorf("%w: field %q appears twice", ErrSchema, f.Name)
		case int(f.Kind) >= len(kindNames):
			return fmt.Errorf("%w: field %q has unknown kind %d", ErrSchema, f.Name, f.Kind)
		}
		seen[f.Name] = true
	}
	return nil
}

// Index gives the position of the field called name, or -1.
func (s Schema) Index(name string) int {
	for i, f := range s {
		if f.Name == name {
			return i
		}
	}
	return -1
}

// Names lists the field names in order.
func (s Schema) Names() []string {
	names := make([]string, len(s))
	for i, f := range s {
		names[i] = f.Name
	}
	return names
}

// Equal says whether both schemas have the same fields, kinds and order.
func (s Schema) Equal(t Schema) bool {
	if len(s) != len(t) {
		return false
	}
	for i := range s {
		if s[i] != t[i] {
			return false
		}
	}
	return true
}

// String writes the schema as --schema takes it: "title:text,price:number".
func (s Schema) String() string {
	var b strings.Builder
	for i, f := range s {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(f.Name)
		b.WriteByte(':')
		b.WriteString(f.Kind.String())
	}
	return b.String()
}

// Override changes the kinds that spec names ("price:number,notes:ignore") and
// leaves the others as they are. A name that no field has exactly is compared
// with case and separators ignored, as [SameName] does.
func (s Schema) Override(spec string) (Schema, error) {
	out := append(Schema(nil), s...)
	for part := range strings.SplitSeq(spec, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		cut := strings.LastIndexByte(part, ':')
		if cut < 0 {
			return nil, fmt.Errorf("%w: %q is not NAME:KIND", ErrSchema, part)
		}
		kind, err := ParseKind(strings.TrimSpace(part[cut+1:]))
		if err != nil {
			return nil, err
		}
		name := strings.TrimSpace(part[:cut])
		if !out.setKind(name, kind) {
			return nil, fmt.Errorf("%w: no column %q; the columns are %s", ErrSchema, name, strings.Join(s.Names(), ", "))
		}
	}
	return out, nil
}

// setKind changes the field called name, or else every field of the [SameName].
func (s Schema) setKind(name string, kind Kind) (found bool) {
	if i := s.Index(name); i >= 0 {
		s[i].Kind = kind
		return true
	}
	for i := range s {
		if SameName(s[i].Name, name) {
			s[i].Kind, found = kind, true
		}
	}
	return found
}

// SameName says whether two column names mean the same column: case and the
// separators space, '_', '-' and '.' do not count.
func SameName(a, b string) bool { return FoldName(a) == FoldName(b) }

// FoldName lowers case and drops the separators that [SameName] ignores.
func FoldName(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '_', '-', '.', '\t':
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// Check returns an [ErrArity] when values does not have one value per field.
func (s Schema) Check(values []string) error {
	if len(values) != len(s) {
		return fmt.Errorf("%w: %d values for %d fields", ErrArity, len(values), len(s))
	}
	return nil
}
