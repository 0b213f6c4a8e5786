// Package table reads and writes rectangular files for the command line: CSV,
// TSV and JSON lines, plain or gzipped, from a path or from stdin.
//
// [Open] streams rows, [ReadAll] keeps them; both find out by themselves what
// the file is (extension, then content), its delimiter (the header decides) and
// its encoding (UTF-8, UTF-16 with a byte order mark, else Windows-1252).
// [Create] writes rows and [CreateFile] plain bytes; both put the file in its
// place only on Commit, so that no reader ever sees half of one.
//
// Every error is an [*Error] that names file, line and field and what to do,
// and answers errors.Is for one of the sentinels below or for the system's own.
package table

import "io"

// Table is a whole file in memory.
type Table struct {
	Path   string     // as given to [ReadAll]
	Header []string   // column names, trimmed, none empty, none twice
	Rows   [][]string // one value per column; a missing value is ""
	Lines  []int      // physical line, from 1, where each row starts
	// Skipped holds the errors of the first rows that [Skip] left out (at most
	// 20), SkippedRows how many rows were left out in all.
	Skipped     []error
	SkippedRows int
	Warnings    []string // what a user should know about how the file was read
}

// ReadAll reads the file at path, "-" for stdin. A file without any row is an
// [ErrNoRows]. The values of one row share memory: keeping one keeps the row.
func ReadAll(path string, opts *Options) (*Table, error) {
	r, err := Open(path, opts)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	t := &Table{Path: path, Header: r.Header()}
	for {
		row, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		t.Rows = append(t.Rows, row.Values)
		t.Lines = append(t.Lines, row.Line)
	}
	t.Skipped, t.SkippedRows = r.Skipped()
	t.Warnings = r.Warnings()
	return t, nil
}
