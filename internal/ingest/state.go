package ingest

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/doppeldb/doppel/db"
)

// bookmark is the bookmark of the last import into a collection.
const bookmark = "import"

// state is what is kept of an import: which file it reads and how, and how far
// it came. It is written in the transaction of the rows, so that a run that was cut
// off goes on behind the last row that is in, whatever cut it off.
//
// A file is known by size and CRC32C of its bytes, not by path and time: it may be
// moved and copied between two runs, but not changed.
type state struct {
	File  string `json:"file"` // the last path, for messages
	Size  int64  `json:"size"`
	CRC   uint32 `json:"crc32c"`
	How   string `json:"how"` // the options that say which row becomes which record
	Key   string `json:"key"` // the key column, "" for row numbers
	Rows  int    `json:"rows"`
	Done  int    `json:"done"`
	Skip  int    `json:"skipped"`
	Fresh bool   `json:"fresh"` // the collection was empty: a key cannot come twice
}

// same says whether both are imports of one file in one way.
func (s *state) same(o *state) bool {
	return s.Size == o.Size && s.CRC == o.CRC && s.How == o.How && s.Key == o.Key && s.Rows == o.Rows && s.Skip == o.Skip
}

func (s *state) unfinished() bool { return s != nil && s.Done < s.Rows }

// empty says that an import made a collection and came no further.
func (s *state) empty() bool { return s.unfinished() && s.Fresh && s.Done == 0 }

// readState gives the state of the last import into c, nil if there was none.
func readState(c *db.Collection) (*state, error) {
	data, err := c.Bookmark(bookmark)
	if err != nil || data == nil {
		return nil, err
	}
	s := &state{}
	if err := json.Unmarshal(data, s); err != nil {
		return nil, fmt.Errorf("what the last import noted: %w: %w", db.ErrCorrupt, err)
	}
	return s, nil
}

func (s state) encode() []byte {
	data, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return data
}

func (s state) write(ctx context.Context, c *db.Collection) error {
	return c.SetBookmark(ctx, bookmark, s.encode())
}

// Last is the last import into a collection.
type Last struct {
	File       string // its path, "stdin" for a pipe
	Key        string // the key column, "" for row numbers
	Rows, Done int    // of the file, and how many of them are in
}

// Finished says that all rows are in.
func (l *Last) Finished() bool { return l.Done == l.Rows }

// LastImport tells of the last import into c, nil if there was none.
func LastImport(c *db.Collection) (*Last, error) {
	s, err := readState(c)
	if err != nil || s == nil {
		return nil, err
	}
	return &Last{s.File, s.Key, s.Rows, s.Done}, nil
}
