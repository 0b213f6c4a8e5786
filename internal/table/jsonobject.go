package table

import (
	"bytes"
	"encoding/json"
	"errors"
)

// jsonPair is one member of an object: its key and its value as a cell.
type jsonPair struct{ key, value string }

var errNotObject = errors.New("not a JSON object")

// splitObject appends to pairs the members of the JSON object in line, in order;
// of a key that repeats, the last one counts for who takes them in turn.
// encoding/json checks the grammar; the walk below may then rely on it, and keeps
// what a map would lose: the order of keys and the spelling of numbers.
func splitObject(pairs []jsonPair, line []byte) ([]jsonPair, error) {
	if !json.Valid(line) {
		var raw json.RawMessage
		return nil, json.Unmarshal(line, &raw) // says what is wrong and where
	}
	b := bytes.TrimSpace(line)
	if b[0] != '{' {
		return nil, errNotObject
	}
	for i := skipSpace(b, 1); b[i] != '}'; {
		end := stringEnd(b, i)
		key, err := unquote(b[i:end])
		if err != nil {
			return nil, err
		}
		i = skipSpace(b, skipSpace(b, end)+1) // over the colon
		end = valueEnd(b, i)
		value, err := cell(b[i:end])
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, jsonPair{key, value})
		if i = skipSpace(b, end); b[i] == ',' {
			i = skipSpace(b, i+1)
		}
	}
	return pairs, nil
}

// cell writes a JSON value as a table's cell: strings without quotes, null as
// the empty cell, numbers and booleans as written, the rest as compact JSON.
func cell(value []byte) (string, error) {
	switch value[0] {
	case '"':
		return unquote(value)
	case 'n':
		return "", nil
	case '{', '[':
		var b bytes.Buffer
		err := json.Compact(&b, value)
		return b.String(), err
	}
	return string(value), nil
}

// unquote decodes a JSON string.
func unquote(b []byte) (string, error) {
	if bytes.IndexByte(b, '\\') < 0 {
		return string(b[1 : len(b)-1]), nil
	}
	var s string
	err := json.Unmarshal(b, &s)
	return s, err
}

func skipSpace(b []byte, i int) int {
	for b[i] == ' ' || b[i] == '\t' || b[i] == '\r' || b[i] == '\n' {
		i++
	}
	return i
}

// stringEnd gives the index after the string that opens at b[i].
func stringEnd(b []byte, i int) int {
	for i++; b[i] != '"'; i++ {
		if b[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// valueEnd gives the index after the value that starts at b[i].
func valueEnd(b []byte, i int) int {
	depth := 0
	for {
		switch b[i] {
		case '"':
			i = stringEnd(b, i)
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			i++
		default:
			i++
		}
		if depth == 0 && (b[i] == ',' || b[i] == '}' || b[i] <= ' ') {
			return i
		}
	}
}
