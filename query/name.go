package query

import (
	"context"
	"fmt"
	"strings"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/ingest"
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

// keyMark is the bookmark in which a collection keeps what it calls its key.
const keyMark = "key"

// DefaultKey is what the key is called where nobody has named it.
const DefaultKey = "key"

// KeyName is what a collection calls its key: as CREATE COLLECTION or the last imported
// file had it, else key. A name that a field has goes to the field.
func KeyName(c *db.Collection) (string, error) {
	free := func(name string) bool { return name != "" && c.Schema().Index(name) < 0 }
	data, err := c.Bookmark(keyMark)
	if err != nil {
		return "", err
	}
	if free(string(data)) {
		return string(data), nil
	}
	last, err := ingest.LastImport(c)
	if err != nil {
		return "", err
	}
	if last != nil && free(last.Key) {
		return last.Key, nil
	}
	return DefaultKey, nil
}

func setKeyName(ctx context.Context, c *db.Collection, name string) error {
	return c.SetBookmark(ctx, keyMark, []byte(name))
}

// keyName remembers the names of keys: to read one takes longer than to plan a statement. Nothing
// changes them in the file but what this package runs, and that forgets them.
func (s *Session) keyName(c *db.Collection) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if name, ok := s.keyNames[c]; ok {
		return name, nil
	}
	name, err := KeyName(c)
	if err != nil {
		return "", err
	}
	if s.keyNames == nil || len(s.keyNames) >= maxKeyNames {
		s.keyNames = map[*db.Collection]string{}
	}
	s.keyNames[c] = name
	return name, nil
}

// maxKeyNames bounds what a session remembers.
const maxKeyNames = 1000

func (s *Session) forgetKeyNames() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.keyNames)
}
