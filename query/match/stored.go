package match

import "github.com/doppeldb/doppel/db"

// StoredKind is the kind of a [Model] among the named models of a file.
const StoredKind = "match.Model"

// StoredName is what the model of one or of two collections is called in their file; right is
// nil, or left itself, for pairs of one.
func StoredName(left, right *db.Collection) string {
	if right == nil || right == left {
		return left.Name()
	}
	return left.Name() + "+" + right.Name()
}
