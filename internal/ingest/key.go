package ingest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/record"
)

// RowNumbers stands for the key column where there is none.
const RowNumbers = -1

// GuessKey gives the first column that could be the key, RowNumbers if none could: its values are
// all there and all different. Prices are different by chance, so a number must be
// written in digits only; the numbers of an earlier run are not taken at all, nor are
// pictures and the column except.
func GuessKey(columns record.Schema, except int, unique, whole func(c int) bool) int {
	for c, f := range columns {
		if len(columns) > 1 && c != except && f.Kind != record.Image && !IsClusterColumn(f.Name) && unique(c) && (f.Kind != record.Number || whole(c)) {
			return c
		}
	}
	return RowNumbers
}

// TellsMore says whether a key that was guessed is compared as well: the guess can be
// wrong about what identifies a row.
func TellsMore(k record.Kind) bool { return k == record.Text || k == record.Category }

// CheckKey says whether k, of column c, can be the key of a record; hint says what to do
// if it cannot.
func CheckKey(file string, line int, header []string, c int, k, hint string) error {
	switch {
	case k == "":
		return fmt.Errorf("%s:%d: field %d (%s): the key is missing; %s", file, line, c+1, header[c], hint)
	case len(k) > db.MaxKeySize:
		return fmt.Errorf("%s:%d: field %d (%s): the key has %s bytes, at most %s are possible; %s",
			file, line, c+1, header[c], thousands(len(k)), thousands(db.MaxKeySize), hint)
	}
	return nil
}

// KeyTwice says that the key of a line was used before.
func KeyTwice(file string, line, before int, header []string, c int, k, hint string) error {
	return fmt.Errorf("%s:%d: field %d (%s): key %q was used before in line %d; %s", file, line, c+1, header[c], k, before, hint)
}

// KeyHint says what to do about a bad key; option is how the user writes the option that names one.
func KeyHint(option string) string {
	return fmt.Sprintf("mend it, name another key column with %s, or rename this one so that another is looked for", option)
}

// FindName gives the index of name, else of the first that means the same, else -1.
func FindName(names []string, name string) int {
	if i := slices.Index(names, name); i >= 0 {
		return i
	}
	return slices.IndexFunc(names, func(n string) bool { return record.SameName(n, name) })
}

// ClusterColumn is the column that dedupe puts first. Where the input has one of that name already,
// the new one gets the prefix, as often as it takes.
const (
	ClusterColumn = "cluster_id"
	ClusterPrefix = "doppel_"
)

// IsClusterColumn says whether a column is the result of an earlier run by its
// name. Equal numbers of such a column would be an echo, not evidence.
func IsClusterColumn(name string) bool {
	name = record.FoldName(name)
	for prefix := record.FoldName(ClusterPrefix); strings.HasPrefix(name, prefix); {
		name = name[len(prefix):]
	}
	return name == record.FoldName(ClusterColumn)
}

// thousands writes 12345 as 12,345.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
