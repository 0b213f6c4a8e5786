package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/doppeldb/doppel/internal/table"
)

// npyFile writes a matrix of float32 as NumPy reads it, format version 1.0
// (numpy.lib.format): magic, version, length of the header, a Python literal padded with
// spaces so that the numbers start at a multiple of 64 bytes, the numbers in C order.
type npyFile struct {
	file *table.File
	w    *bufio.Writer
	rows int // still to come
	dim  int
	buf  []byte
}

const npyMagic = "\x93NUMPY\x01\x00"

// createNPY prepares path for a matrix (rows, dim).
func createNPY(path string) (*npyFile, error) {
	file, err := table.CreateFile(path, nil)
	if err != nil {
		return nil, err
	}
	return &npyFile{file: file, w: bufio.NewWriterSize(file, 256<<10)}, nil
}

// header must come before the first row.
func (n *npyFile) header(rows, dim int) error {
	n.rows, n.dim = rows, dim
	text := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }", rows, dim)
	size := len(npyMagic) + 2 + len(text) + 1 // with the line end
	text = fmt.Sprintf("%s%*s\n", text, (64-size%64)%64, "")
	b := binary.LittleEndian.AppendUint16([]byte(npyMagic), uint16(len(text)))
	_, err := n.w.Write(append(b, text...))
	return err
}

func (n *npyFile) row(v []float32) error {
	if n.rows == 0 || len(v) != n.dim {
		return fmt.Errorf("a row of %d numbers more than the matrix has", len(v))
	}
	n.rows--
	n.buf = n.buf[:0]
	for _, x := range v {
		n.buf = binary.LittleEndian.AppendUint32(n.buf, math.Float32bits(x))
	}
	_, err := n.w.Write(n.buf)
	return err
}

// Prepare brings all to the disk; see [table.File.Prepare].
func (n *npyFile) Prepare() error {
	if n.rows != 0 {
		n.file.Abort()
		return fmt.Errorf("the matrix lacks %d rows", n.rows)
	}
	if err := n.w.Flush(); err != nil {
		n.file.Abort()
		return err
	}
	return n.file.Prepare()
}

// Commit puts the file in its place.
func (n *npyFile) Commit() error {
	if err := n.Prepare(); err != nil {
		return err
	}
	return n.file.Commit()
}

// Abort gives the file up.
func (n *npyFile) Abort() { n.file.Abort() }
