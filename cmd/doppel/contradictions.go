package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/doppeldb/doppel/db"
)

// reportContradictions warns of labels that cannot all be right; with about only of those
// that this label has a part in.
func (l *labeller) reportContradictions(ctx context.Context, about *db.Label) error {
	found, err := l.file.Contradictions(ctx, l.cs[0].Name(), l.cs[1].Name())
	if err != nil {
		return l.damaged(err)
	}
	const shown = 10
	told := 0
	for _, x := range found {
		if about != nil && !takesPart(x, *about) {
			continue
		}
		if told++; told <= shown {
			l.warn("%s", l.contradiction(x))
		}
	}
	if told > shown {
		l.warn("%s more contradictions", thousands(told-shown))
	}
	return nil
}

// takesPart says whether a pair is one of those of a contradiction.
func takesPart(x db.Contradiction, about db.Label) bool {
	is := func(l db.Label) bool {
		return l.Left == about.Left && l.Right == about.Right || l.Left == about.Right && l.Right == about.Left
	}
	for _, m := range x.Matches {
		if is(m) {
			return true
		}
	}
	return is(x.NonMatch)
}

// contradiction puts one into words.
func (l *labeller) contradiction(x db.Contradiction) string {
	name := func(r db.RecordRef) string {
		if l.cs[0] == l.cs[1] {
			return r.Key
		}
		return r.Collection + "/" + r.Key
	}
	by := func(x db.Label) string {
		if x.Source == "" {
			return ""
		}
		return " (" + x.Source + ")"
	}
	var way []string
	for _, m := range x.Matches {
		way = append(way, fmt.Sprintf("%s = %s%s", name(m.Left), name(m.Right), by(m)))
	}
	n := x.NonMatch
	return fmt.Sprintf("%s and %s are different%s, but %s; one of these labels is wrong", name(n.Left), name(n.Right), by(n), strings.Join(way, ", "))
}
