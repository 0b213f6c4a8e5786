package table

import (
	"errors"
	"fmt"
	"io"
)

// keptErrors is how many errors of skipped rows are kept.
const keptErrors = 20

// Row is one row of a table.
type Row struct {
	Values []string // one per column of the header; the caller may keep them
	Line   int      // physical line, from 1, where the row starts
}

// Reader gives the rows of a file one after the other.
type Reader struct {
	src     *source
	rows    rowSource
	header  []string
	opts    Options
	given   int // rows given
	skipped int
	errs    []error // of the first skipped rows
	err     error   // what ended the reading
}

// rowSource is a format's side of a Reader.
type rowSource interface {
	next() (Row, error)
	warnings() []string
	rewind(*source) error // the next row is the first again
}

// Open opens the file at path, "-" for stdin, and reads its header. The file is
// read once before that, to know its encoding, and JSON lines once more, because
// any line may bring a new column; stdin and pipes are taken into memory for it,
// or with Options.Spool into a temporary file. Close the reader when done.
//
// Errors: [ErrEmpty], [ErrNotTable], [ErrHeader], [ErrTruncated], [ErrOptions],
// those of the system, and those of [Reader.Next].
func Open(path string, opts *Options) (*Reader, error) {
	o := opts.filled()
	if err := o.Validate(); err != nil {
		return nil, err
	}
	src, err := openSource(path, o)
	if err != nil {
		return nil, err
	}
	r := &Reader{src: src, opts: o}
	if err := r.start(); err != nil {
		src.close()
		return nil, systemError(src.name, err)
	}
	return r, nil
}

// start finds the format and reads the header.
func (r *Reader) start() error {
	f, err := r.src.sniff(r.opts)
	if err != nil {
		return err
	}
	if f == jsonFormat {
		rows, err := newJSONRows(r.src, r.opts)
		if err != nil {
			return err
		}
		r.rows, r.header = rows, rows.header
		return nil
	}
	rows, err := newCSVRows(r.src, f, r.opts)
	if err != nil {
		return err
	}
	r.rows, r.header = rows, rows.header
	return nil
}

// Header gives the column names, trimmed. The caller must not change them.
func (r *Reader) Header() []string { return r.header }

// Next gives the next row, or io.EOF after the last. A file without a good row
// gives an [ErrNoRows] in place of the first io.EOF. Bad rows give an [ErrRagged],
// [ErrNUL] or [ErrJSON], or with [Skip] are left out; [ErrQuote] and
// [ErrCellTooLarge] end the reading always, since where the next row starts is
// not known. After an error every further call gives the same error.
func (r *Reader) Next() (Row, error) {
	for r.err == nil {
		row, err := r.rows.next()
		switch {
		case err == nil:
			r.given++
			return row, nil
		case err == io.EOF && r.given == 0:
			r.err = r.noRows()
		case skippable(err):
			r.err = r.bad(err)
		case err == io.EOF:
			r.err = err
		default:
			r.err = systemError(r.src.name, err)
		}
	}
	return Row{}, r.err
}

// Rewind goes back to the first row. Skipped rows and warnings count from there.
func (r *Reader) Rewind() error {
	r.given, r.skipped, r.errs, r.err = 0, 0, nil, nil
	if err := r.rows.rewind(r.src); err != nil {
		r.err = systemError(r.src.name, err)
	}
	return r.err
}

// Progress says how many bytes of the file were read since the first row, and how many
// there are. It may be called while another goroutine reads.
func (r *Reader) Progress() (done, size int64) { return r.src.meter.done.Load(), r.src.size }

// Sum gives size and CRC32C of the file as it lies on the disk, compressed if it
// is. It is complete when Next has given io.EOF.
func (r *Reader) Sum() (size int64, crc uint32) { return r.src.meter.done.Load(), r.src.meter.sum }

// Skipped gives the errors of the first rows left out so far, at most 20, and
// how many rows were left out in all.
func (r *Reader) Skipped() ([]error, int) { return r.errs, r.skipped }

// Warnings tells what a user should know about how the file was read so far;
// it is complete after the last row.
func (r *Reader) Warnings() []string {
	return append(append([]string(nil), r.src.warnings...), r.rows.warnings()...)
}

// Close releases the file.
func (r *Reader) Close() error { return r.src.close() }

// bad notes a skippable error, or returns it where rows must not be skipped.
func (r *Reader) bad(err error) error {
	if r.opts.BadRows != Skip {
		return err
	}
	if r.skipped++; len(r.errs) < keptErrors {
		r.errs = append(r.errs, err)
	}
	return nil
}

func (r *Reader) noRows() error {
	msg := "there is a header and no row; add rows below it"
	if r.skipped > 0 {
		msg = fmt.Sprintf("no row is left: %s skipped as bad, the first: %v", plural(r.skipped, "row"), r.errs[0])
	}
	return &Error{Path: r.src.name, Msg: msg, Err: ErrNoRows}
}

// skippable says whether the reading can go on after err.
func skippable(err error) bool {
	return errors.Is(err, ErrRagged) || errors.Is(err, ErrNUL) || errors.Is(err, ErrJSON)
}
