package query

import (
	"errors"
	"fmt"

	"github.com/doppeldb/doppel/query/syntax"
)

// ErrParams is returned when the parameters of a call do not fit those of the statement.
var ErrParams = errors.New("parameters do not fit")

// NamedParam is the value of a parameter :name; see [Named].
type NamedParam struct {
	Name  string
	Value any
}

// Named gives the value of the parameter :name.
func Named(name string, value any) NamedParam { return NamedParam{name, value} }

// params are the values of a call.
type params struct {
	questions []Value
	names     map[string]Value
}

// bind checks the values of a call against the parameters of a statement.
func bind(p *syntax.Parsed, args []any) (params, error) {
	var b params
	if len(args) == 0 && p.Questions == 0 && len(p.Names) == 0 {
		return b, nil
	}
	b.names = map[string]Value{}
	for i, arg := range args {
		named, isNamed := arg.(NamedParam)
		if isNamed {
			arg = named.Value
		}
		v, err := toValue(arg)
		if err != nil {
			return b, fmt.Errorf("%w: parameter %d: %w", ErrParams, i+1, err)
		}
		if isNamed {
			b.names[named.Name] = v
		} else {
			b.questions = append(b.questions, v)
		}
	}
	if len(b.questions) != p.Questions {
		return b, fmt.Errorf("%w: the statement has %d parameters ?, the call gives %d values", ErrParams, p.Questions, len(b.questions))
	}
	for _, name := range p.Names {
		if _, ok := b.names[name]; !ok {
			return b, fmt.Errorf("%w: there is no value for :%s; give query.Named(%q, ...)", ErrParams, name, name)
		}
	}
	return b, nil
}

func (b *params) value(p *syntax.Param) Value {
	if p.Name != "" {
		return b.names[p.Name]
	}
	return b.questions[p.Index]
}

// toValue makes a value of what Go code gives: nil, a string, a number, a bool or a Value.
func toValue(x any) (Value, error) {
	switch x := x.(type) {
	case nil:
		return Value{}, nil
	case Value:
		return x, nil
	case string:
		return TextValue(x), nil
	case []byte:
		return TextValue(string(x)), nil
	case bool:
		return BoolValue(x), nil
	case float64:
		return finite(x)
	case float32:
		return finite(float64(x))
	case int:
		return NumberValue(float64(x)), nil
	case int32:
		return NumberValue(float64(x)), nil
	case int64:
		return NumberValue(float64(x)), nil
	case uint:
		return NumberValue(float64(x)), nil
	case uint32:
		return NumberValue(float64(x)), nil
	case uint64:
		return NumberValue(float64(x)), nil
	}
	return Value{}, fmt.Errorf("a %T is none of nil, string, number, bool and query.Value", x)
}

func finite(x float64) (Value, error) {
	v := NumberValue(x)
	if v.IsNull() {
		return v, fmt.Errorf("%v is no number to compare with; give nil for NULL", x)
	}
	return v, nil
}
