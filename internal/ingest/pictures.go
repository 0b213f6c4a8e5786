package ingest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/record"
	"github.com/doppeldb/doppel/record/picture"
)

// Pictures reads the files that the values of image columns name: beside a table, or of a folder of pictures.
type Pictures struct {
	dir    string // what relative names are relative to
	folder map[string]*picture.File
}

// PicturesBeside finds pictures by their names in the table at path: relative to its folder, or to the
// working directory for stdin.
func PicturesBeside(path string) *Pictures {
	if path == "-" {
		return &Pictures{}
	}
	return &Pictures{dir: filepath.Dir(path)}
}

// picturesOf finds the pictures of a folder.
func picturesOf(f *picture.Folder) *Pictures {
	p := &Pictures{folder: make(map[string]*picture.File, len(f.Files))}
	for i := range f.Files {
		p.folder[f.Files[i].Name] = &f.Files[i]
	}
	return p
}

// read gives the bytes of the file that a value names. Errors name it, and are those of package picture.
func (p *Pictures) read(name string) ([]byte, error) {
	if p.folder != nil {
		f := p.folder[name]
		if f == nil {
			return nil, &picture.Error{Name: name, Msg: "is not in the folder", Err: picture.ErrFolder}
		}
		return f.Data(picture.Limits{})
	}
	return picture.ReadFile(p.path(name), picture.Limits{})
}

func (p *Pictures) path(name string) string {
	name = filepath.FromSlash(name)
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(p.dir, name)
}

// Value gives what a record holds of the picture that a value names; of an empty value nothing, and a value that is a picture
// already stays. Errors name the file, and are those of package picture.
func (p *Pictures) Value(name string) (string, error) {
	if name == "" || picture.IsPacked(name) {
		return name, nil
	}
	data, err := p.read(name)
	if err != nil {
		return "", err
	}
	return picture.Pack(name, data), nil
}

// Check says whether the file that a value names is a picture that can be decoded.
func (p *Pictures) Check(name string) error {
	if name == "" {
		return nil
	}
	data, err := p.read(name)
	if err != nil {
		return err
	}
	_, err = picture.Decode(data, picture.Limits{})
	return picture.Named(p.path(name), err)
}

// Load reads and checks the pictures that values name, several at a time: what records hold of them, or the error of each.
func (p *Pictures) Load(ctx context.Context, names []string, threads int) (values []string, errs []error, err error) {
	values, errs = make([]string, len(names)), make([]error, len(names))
	err = inParallel(ctx, len(names), threads, func(i int) {
		if errs[i] = p.Check(names[i]); errs[i] == nil {
			values[i], errs[i] = p.Value(names[i])
		}
	})
	return values, errs, err
}

const (
	// guessValues is how many values of a column are looked at to see whether they name pictures.
	guessValues = 200
	// guessFiles is how many of those names are looked for on the disk.
	guessFiles = 20
)

// Guess makes image fields of the columns most of whose values are names of picture files that are
// there. rows are in the order of schema, which is changed.
func (p *Pictures) Guess(schema record.Schema, rows [][]string) {
	for f := range schema {
		if schema[f].Kind != record.Ignore && schema[f].Kind != record.Number && p.names(rows, f) {
			schema[f].Kind = record.Image
		}
	}
}

func (p *Pictures) names(rows [][]string, f int) bool {
	var named []string
	filled := 0
	for _, row := range rows {
		if f >= len(row) || row[f] == "" {
			continue
		}
		if filled++; picture.HasExtension(row[f]) {
			named = append(named, row[f])
		}
		if filled == guessValues {
			break
		}
	}
	if filled == 0 || 2*len(named) <= filled {
		return false
	}
	named = named[:min(len(named), guessFiles)]
	there := 0
	for _, name := range named {
		if info, err := os.Stat(p.path(name)); err == nil && info.Mode().IsRegular() {
			there++
		}
	}
	return 2*there > len(named)
}

// imageFields lists the fields whose values are names of pictures in the file.
func (c *columns) imageFields() (fields []int) {
	for f, at := range c.at {
		if at != missing && c.schema[f].Kind == record.Image {
			fields = append(fields, f)
		}
	}
	return fields
}

// badPicture is a value that names no good picture.
type badPicture struct{ row, field int } // the number of the row, from 1

// checkPictures looks at every picture that the table names before a row is stored. What is wrong with one
// ends the import, or, where bad rows are skipped, leaves it out: the record stays.
func (r *run) checkPictures(ctx context.Context) error {
	fields := r.cols.imageFields()
	if len(fields) == 0 || r.look.pictures.folder != nil { // those of a folder were looked at
		return nil
	}
	if err := r.look.file.Rewind(); err != nil {
		return err
	}
	r.badPictures = map[badPicture]bool{}
	for done := 0; ; {
		var rows []table.Row
		for len(rows) < chunkRows {
			row, err := r.look.file.Next()
			if err != nil {
				break // the end, or what the second pass will meet again
			}
			rows = append(rows, row)
		}
		if len(rows) == 0 {
			return r.reportPictures()
		}
		errs := make([]error, len(rows)*len(fields))
		err := inParallel(ctx, len(errs), r.Threads, func(k int) {
			errs[k] = r.look.pictures.Check(rows[k/len(fields)].Values[r.cols.at[fields[k%len(fields)]]])
		})
		if err != nil {
			return err
		}
		for k, err := range errs {
			if err == nil {
				continue
			}
			row, field := k/len(fields), fields[k%len(fields)]
			err = fmt.Errorf("%s:%d: field %d (%s): %w", r.look.name, rows[row].Line, r.cols.at[field]+1, r.look.header[r.cols.at[field]], err)
			if r.Table.BadRows == table.Fail {
				return &fileFault{fmt.Errorf("%w; %s skip imports the record without it", err, r.spell("bad-rows"))}
			}
			if len(r.badPictures) < keptPictures {
				r.say("no picture: %v", err)
			}
			r.badPictures[badPicture{done + row + 1, field}] = true
		}
		done += len(rows)
		r.show("pictures", done, r.look.rows)
	}
}

// keptPictures is how many bad pictures are named.
const keptPictures = 20

func (r *run) reportPictures() error {
	if n := len(r.badPictures); n > 0 && r.Warn != nil {
		noun := "pictures"
		if n == 1 {
			noun = "picture"
		}
		r.Warn(fmt.Sprintf("%s: %s bad %s left out; the records are without", r.look.name, thousands(n), noun))
	}
	return nil
}

// loadPictures puts pictures in the place of their names; number is that of the first record before them.
func (r *run) loadPictures(ctx context.Context, records []record.Record, number int) error {
	fields := r.cols.imageFields()
	errs := make([]error, len(records)*len(fields))
	err := inParallel(ctx, len(errs), r.Threads, func(k int) {
		rec, f := &records[k/len(fields)], fields[k%len(fields)]
		if r.badPictures[badPicture{number + k/len(fields) + 1, f}] {
			rec.Values[f] = ""
			return
		}
		rec.Values[f], errs[k] = r.look.pictures.Value(rec.Values[f])
	})
	if err != nil {
		return err
	}
	if err := errors.Join(errs...); err != nil { // they were there a moment ago
		return &fileFault{err}
	}
	return nil
}

// picturesAtOnce is how many records with pictures are read at once: each may have megabytes.
const picturesAtOnce = 16

// samplePictures puts the pictures that an encoder looks at into a sample that has names; the other names go.
func (r *run) samplePictures(values [][]string) {
	fields := r.cols.imageFields()
	if len(fields) == 0 {
		return
	}
	wanted := encoder.SampledPictures(len(values))
	looked := make([][]string, len(wanted))
	_ = inParallel(context.Background(), len(wanted), r.Threads, func(k int) {
		for _, f := range fields {
			v, err := r.look.pictures.Value(values[wanted[k]][f])
			if err != nil {
				v = ""
			}
			looked[k] = append(looked[k], encoder.Looked(v))
		}
	})
	for i := range values {
		for _, f := range fields {
			values[i][f] = ""
		}
	}
	for k, i := range wanted {
		for at, f := range fields {
			values[i][f] = looked[k][at]
		}
	}
}

// inParallel runs work for 0..n-1 on several goroutines.
func inParallel(ctx context.Context, n, threads int, work func(i int)) error {
	if threads <= 0 {
		threads = maxThreads()
	}
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(threads, n) {
		wg.Go(func() {
			for i := range next {
				work(i)
			}
		})
	}
	var err error
	for i := range n {
		if err = ctx.Err(); err != nil {
			break
		}
		next <- i
	}
	close(next)
	wg.Wait()
	return err
}

// folderHeader is what a folder of pictures has as a table.
var folderHeader = []string{"path", "class", "image"}

// folderRows gives the pictures of a folder as rows of a table.
type folderRows struct {
	folder  *picture.Folder
	at      int
	skipped []error
}

// openPictures lists and decodes the pictures of a folder or an archive. Files that are no pictures, and are
// not called as if they were, are left out with a word; others that cannot be decoded are bad rows.
func openPictures(ctx context.Context, path string, o Options, tick func(done, total int)) (*folderRows, error) {
	f, err := picture.OpenFolder(path, picture.FolderOptions{})
	if err != nil {
		return nil, &fileFault{err}
	}
	rows := &folderRows{folder: f}
	for _, err := range f.Skipped {
		var named *picture.Error
		if errors.Is(err, picture.ErrNotPicture) && errors.As(err, &named) && !picture.HasExtension(named.Name) || o.Table.BadRows == table.Skip {
			rows.skipped = append(rows.skipped, err)
			continue
		}
		return nil, errors.Join(rows.bad(err, o), f.Close())
	}
	errs := make([]error, len(f.Files))
	var mu sync.Mutex
	done := 0
	err = inParallel(ctx, len(f.Files), o.Threads, func(i int) {
		data, err := f.Files[i].Data(picture.Limits{})
		if err == nil {
			_, err = picture.Decode(data, picture.Limits{})
		}
		errs[i] = picture.Named(f.Files[i].Name, err)
		mu.Lock()
		defer mu.Unlock()
		done++
		tick(done, len(f.Files))
	})
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	var good []picture.File
	for i, err := range errs {
		switch {
		case err == nil:
			good = append(good, f.Files[i])
		case o.Table.BadRows == table.Skip:
			rows.skipped = append(rows.skipped, err)
		default:
			return nil, errors.Join(rows.bad(err, o), f.Close())
		}
	}
	if f.Files = good; len(good) == 0 {
		return nil, errors.Join(&picture.Error{Name: path, Msg: "has no picture that can be read", Err: picture.ErrEmpty}, f.Close())
	}
	return rows, nil
}

func (r *folderRows) bad(err error, o Options) error {
	return &fileFault{fmt.Errorf("%s: %w; %s skip leaves such files out", r.folder.Path, err, o.spell("bad-rows"))}
}

func (r *folderRows) Header() []string          { return slices.Clone(folderHeader) }
func (r *folderRows) Rewind() error             { r.at = 0; return nil }
func (r *folderRows) Close() error              { return r.folder.Close() }
func (r *folderRows) Warnings() []string        { return nil }
func (r *folderRows) Skipped() ([]error, int)   { return r.skipped, len(r.skipped) }
func (r *folderRows) Progress() (done, n int64) { return int64(r.at), int64(len(r.folder.Files)) }

// isPictures says whether a path is to be read as a folder of pictures.
func isPictures(path string) bool {
	if path == "-" {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && (info.IsDir() || strings.EqualFold(filepath.Ext(path), ".zip"))
}
