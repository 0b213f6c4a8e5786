package query

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"github.com/doppeldb/doppel/record"
	"github.com/doppeldb/doppel/record/picture"
)

// Kind says what a value is.
type Kind uint8

// The kinds of values. As the kind of a column or an expression, Null says that
// it is always NULL.
const (
	Null Kind = iota
	Text
	Number
	Bool
)

var kindNames = [...]string{Null: "NULL", Text: "text", Number: "number", Bool: "truth value"}

// String names the kind, for messages.
func (k Kind) String() string { return kindNames[k] }

// Value is a cell of an answer. The zero value is NULL.
type Value struct {
	kind Kind
	text string  // of a Text; of a Number that a record holds, as it was written
	num  float64 // of a Number; 1 and 0 of a Bool
}

// TextValue makes a text; unlike in a record, an empty one is a text as well.
func TextValue(s string) Value { return Value{kind: Text, text: s} }

// NumberValue makes a number; what is not finite is NULL.
func NumberValue(x float64) Value {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return Value{}
	}
	return Value{kind: Number, num: x}
}

// BoolValue makes a truth value.
func BoolValue(b bool) Value {
	if b {
		return Value{kind: Bool, num: 1}
	}
	return Value{kind: Bool}
}

// stored makes the value of a field from what a record holds: an empty one is
// NULL; a number that cannot be read is a text, and a picture the name that it has.
func stored(s string, k record.Kind) Value {
	if s == "" {
		return Value{}
	}
	if k == record.Number {
		if x, ok := record.ParseNumber(s); ok {
			return Value{kind: Number, num: x, text: s}
		}
	}
	return Value{kind: Text, text: picture.Name(s)}
}

// Kind is the value's kind.
func (v Value) Kind() Kind { return v.kind }

// IsNull says whether the value is NULL.
func (v Value) IsNull() bool { return v.kind == Null }

// Float64 is the number, 0 for other kinds.
func (v Value) Float64() float64 {
	if v.kind != Number {
		return 0
	}
	return v.num
}

// True says whether the value is the truth value TRUE.
func (v Value) True() bool { return v.kind == Bool && v.num == 1 }

// False says whether the value is the truth value FALSE.
func (v Value) False() bool { return v.kind == Bool && v.num == 0 }

// String gives a text as it is, a number as it was written or in its shortest
// form, TRUE or FALSE, and "" for NULL.
func (v Value) String() string {
	switch v.kind {
	case Text:
		return v.text
	case Number:
		if v.text != "" {
			return v.text
		}
		return formatNumber(v.num)
	case Bool:
		if v.num == 1 {
			return "TRUE"
		}
		return "FALSE"
	}
	return ""
}

// Any gives the value as nil, string, float64 or bool.
func (v Value) Any() any {
	switch v.kind {
	case Text:
		return v.text
	case Number:
		return v.num
	case Bool:
		return v.num == 1
	}
	return nil
}

// formatNumber writes whole numbers without an exponent as far as they are exact.
func formatNumber(x float64) string {
	if x == math.Trunc(x) && math.Abs(x) < 1<<53 {
		return strconv.FormatInt(int64(x), 10)
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// compareValues orders for ORDER BY, min and max: numbers, then texts, then
// truth values; NULL comes last.
func compareValues(a, b Value) int {
	if a.kind != b.kind {
		return cmp.Compare(rank[a.kind], rank[b.kind])
	}
	if a.kind == Text {
		return strings.Compare(a.text, b.text)
	}
	return cmp.Compare(a.num, b.num)
}

var rank = [...]int{Number: 0, Text: 1, Bool: 2, Null: 3}

// groupKey is the value as a map's key: numbers are one by value, not by writing.
func (v Value) groupKey() Value {
	if v.kind == Number {
		v.text = ""
		if v.num == 0 {
			v.num = 0 // -0 is 0
		}
	}
	return v
}
