// Package ingest brings the rows of a file into a collection: [Import].
//
// The file is read twice and next to nothing of it is kept. The first pass (look.go) finds every
// row that cannot be imported before one is, counts the rows, draws the sample that
// kinds and idf are learned from, and finds the key. The second (rows.go) encodes
// and stores. How far it came is a bookmark in the transaction of the rows (state.go):
// a run that was cut off goes on behind the last row that is in.
package ingest

import (
	"errors"
	"fmt"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/internal/table"
)

// ErrOptions is returned for options that make no sense, or not for this file or collection.
var ErrOptions = errors.New("bad option")

// Mode says what becomes of records that are there.
type Mode uint8

// The modes.
const (
	// Auto puts a row in the place of the record that has its key. In a collection that this
	// import makes a key cannot come twice.
	Auto Mode = iota
	// Update is Auto, but a key may come again in the file: the last row counts.
	Update
	// Append only adds records: a key that is taken is an error.
	Append
	// Replace drops the collection that is there.
	Replace
)

var modeNames = [...]string{Auto: "auto", Update: "update", Append: "append", Replace: "replace"}

// String gives the mode's name.
func (m Mode) String() string {
	if int(m) < len(modeNames) {
		return modeNames[m]
	}
	return fmt.Sprintf("mode(%d)", uint8(m))
}

// Options says how to import. The zero value is the default.
type Options struct {
	// Table says how to read the file. Spool is always on.
	Table table.Options
	// Key names the key column. "" is the one of the last import into the collection; else
	// the column called id; else the first whose values are unique; else the number of the row.
	Key string
	// Schema corrects kinds: "price:number,notes:ignore". Only for a collection that is made.
	Schema string
	// Drop names columns to leave out.
	Drop []string
	// Map says which field a column is: "FIELD=COLUMN".
	Map []string
	// Mode says what becomes of records that are there.
	Mode Mode
	// Encoder, one with a network, makes the vectors of the collection's pictures; nil for what is there or what
	// they look like. What is in the collection gets new vectors.
	Encoder *encoder.Encoder
	// Threads is the number of goroutines that encode; 0 means GOMAXPROCS.
	Threads int
	// Seed draws the sample. The same file, options and seed give the same vectors.
	Seed uint64
	// Progress, if set, hears how far a stage, "look" or "import", has come: bytes, then rows.
	Progress func(stage string, done, total int)
	// Say, if set, hears in lines what was understood of the file, before a row is stored.
	Say func(line string)
	// Warn, if set, hears what was odd about the file.
	Warn func(line string)
	// Spell writes an option's name, such as "drop", as the user writes it; nil leaves it so.
	Spell func(option string) string
}

// Target is where to: a collection of a file.
type Target struct {
	DB         *db.DB                 // nil for a file that is not there yet
	Make       func() (*db.DB, error) // makes that; called when there is something to put into it
	Collection string
}

// Result is what an import did.
type Result struct {
	DB          *db.DB // Target's, or what Make made
	Collection  *db.Collection
	Key         string // the key column, "" for row numbers
	Rows        int    // of the file
	Done        int    // of them are in, those of earlier runs too
	From        int    // were in before this run
	Inserted    int    // records added by this run
	Updated     int    // records replaced by it
	SkippedRows int
	// Made says that the collection was made by this import, and TakenBack that it is gone again.
	Made, TakenBack bool
	// Fault says of an error that it is mended in the file, and not where it is put.
	Fault bool
}

func (o Options) spell(option string) string {
	if o.Spell == nil {
		return option
	}
	return o.Spell(option)
}

// bad is an ErrOptions without its word in front.
func bad(format string, args ...any) error { return &optionError{fmt.Errorf(format, args...)} }

type optionError struct{ error }

func (e *optionError) Is(target error) bool { return target == ErrOptions }
func (e *optionError) Unwrap() error        { return e.error }
