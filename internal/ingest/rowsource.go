package ingest

import (
	"hash/crc32"
	"io"
	"runtime"
	"strconv"

	"github.com/doppeldb/doppel/internal/table"
)

// rowSource is what an import reads: a [table.Reader], or the pictures of a folder.
type rowSource interface {
	Header() []string
	Next() (table.Row, error)
	Rewind() error
	Close() error
	Sum() (size int64, crc uint32) // of what was read, complete after the last row
	Progress() (done, size int64)
	Skipped() ([]error, int)
	Warnings() []string
}

// Next gives the next picture: its path, its class, and its path again, where the picture will be.
func (r *folderRows) Next() (table.Row, error) {
	if r.at == len(r.folder.Files) {
		return table.Row{}, io.EOF
	}
	f := &r.folder.Files[r.at]
	r.at++
	return table.Row{Values: []string{f.Name, f.Class, f.Name}, Line: r.at}, nil
}

// Sum is of the names and sizes of the pictures.
func (r *folderRows) Sum() (size int64, crc uint32) {
	for i := range r.folder.Files {
		f := &r.folder.Files[i]
		size += f.Size
		crc = crc32.Update(crc, castagnoli, []byte(f.Name+"\x00"+strconv.FormatInt(f.Size, 10)+"\n"))
	}
	return size, crc
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func maxThreads() int { return runtime.GOMAXPROCS(0) }
