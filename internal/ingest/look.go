package ingest

import (
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"io"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/record"
)

// An import reads its file twice and keeps next to nothing of it. The first pass,
// here, finds every row that cannot be imported before one is, counts the rows, draws
// the sample that kinds and idf are learned from, and finds the key.

// sampleRows is how many rows kinds and idf are learned from, as many as
// [record.Infer] looks at. Of 92,857 made-up products, the share of a record's copies among its 1, 5
// and 10 nearest with idf of 5,000 rows drawn: .532 .880 .946, of 20,000: .538 .882 .953,
// of all: .541 .887 .952 (1,500 records asked).
const sampleRows = 20_000

// sampleBytes bounds the sample where rows are large.
const sampleBytes = 64 << 20

// uniqueRows is how many values of a column are remembered to see whether it is a
// key, some 5 MB a column. One that repeats only later is found when it is written.
const uniqueRows = 200_000

// look is what the first pass found out.
type look struct {
	name          string    // of the file, for messages
	file          rowSource // after its last row
	pictures      *Pictures
	header        []string
	key           int // column, or RowNumbers
	compare       bool
	rows, skipped int
	sample        [][]string // in the order of the file
	size          int64
	crc           uint32
}

// lookAt makes the first pass. It returns early when ctx ends, even while stdin gives nothing.
func (r *run) lookAt(ctx context.Context, path string) (*look, error) {
	type result struct {
		l   *look
		err error
	}
	done := make(chan result, 1)
	go func() {
		l := &look{name: path}
		if path == "-" {
			l.name = "stdin"
		}
		err := l.read(ctx, r, path)
		if err != nil && l.file != nil {
			l.file.Close()
		}
		done <- result{l, err}
	}()
	select {
	case got := <-done:
		if got.err != nil {
			return nil, got.err
		}
		return got.l, r.report(got.l)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// report passes on what was odd about the file.
func (r *run) report(l *look) error {
	warnings := l.file.Warnings()
	errs, n := l.file.Skipped()
	for _, err := range errs {
		r.say("skipped: %v", err)
	}
	if more := n - len(errs); more > 0 {
		r.say("skipped: %s more", thousands(more))
	}
	switch {
	case n == 1:
		warnings = append(warnings, l.name+": 1 bad row skipped")
	case n > 1:
		warnings = append(warnings, fmt.Sprintf("%s: %s bad rows skipped", l.name, thousands(n)))
	}
	for _, w := range warnings {
		if r.Warn != nil {
			r.Warn(w)
		}
	}
	return nil
}

// keyName is the key column's name, "" for row numbers.
func (l *look) keyName() string {
	if l.key == RowNumbers {
		return ""
	}
	return l.header[l.key]
}

// open opens a table, or a folder of pictures.
func (l *look) open(ctx context.Context, r *run, path string) error {
	if isPictures(path) {
		rows, err := openPictures(ctx, path, r.Options, func(done, total int) { r.show("look", done, total) })
		if err != nil {
			return err
		}
		l.file, l.pictures = rows, picturesOf(rows.folder)
		return nil
	}
	opts := r.Table
	opts.Spool = true
	file, err := table.Open(path, &opts)
	if err != nil {
		return err
	}
	l.file, l.pictures = file, PicturesBeside(path)
	return nil
}

func (l *look) read(ctx context.Context, r *run, path string) (err error) {
	if err := l.open(ctx, r, path); err != nil {
		return err
	}
	if l.header, err = renamed(l.name, l.file.Header(), r.Options); err != nil {
		return err
	}
	fixed, err := l.fixedKey(r)
	if err != nil {
		return err
	}
	unique := newUniqueness(len(l.header), !fixed)
	draw := newDraw(sampleRows, r.Seed)
	for {
		row, err := l.file.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if fixed && l.key != RowNumbers {
			if err := CheckKey(l.name, row.Line, l.header, l.key, row.Values[l.key], KeyHint(r.spell("id"))); err != nil {
				return err
			}
		}
		unique.add(row.Values)
		draw.add(row.Values)
		if l.rows++; l.rows&1023 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			read, size := l.file.Progress()
			r.show("look", int(read), int(size))
		}
	}
	_, l.skipped = l.file.Skipped()
	l.size, l.crc = l.file.Sum()
	l.sample = draw.rows()
	if !fixed {
		kinds := record.Infer(l.header, l.sample)
		l.pictures.Guess(kinds, l.sample)
		l.key = GuessKey(kinds, missing, unique.column, unique.whole)
		l.compare = l.key != RowNumbers && TellsMore(kinds[l.key].Kind)
	}
	return nil
}

// fixedKey finds the key where the values need not be looked at.
func (l *look) fixedKey(r *run) (fixed bool, err error) {
	l.key = RowNumbers
	name, last := r.Key, r.old.state
	if name == "" && l.pictures.folder != nil {
		l.key = slices.Index(folderHeader, "path")
		return true, nil
	}
	known := name == "" && last != nil && r.Mode != Replace && !last.empty() // as the collection has it
	if known {
		if name = last.Key; name == "" {
			return true, nil
		}
	}
	if name == "" {
		l.key = max(FindName(l.header, "id"), RowNumbers)
		return l.key != RowNumbers, nil
	}
	switch l.key = FindName(l.header, name); {
	case l.key < 0 && known:
		return true, bad("%s has no column %q, which is the key of %q; name the key with %s", l.name, name, r.to.Collection, r.spell("id"))
	case l.key < 0:
		return true, bad("%s: %s has no column %q; the columns are %s", r.spell("id"), l.name, name, strings.Join(l.header, ", "))
	}
	return true, nil
}

// uniqueness sees which columns could be a key.
type uniqueness struct {
	seed  maphash.Seed
	seen  []map[uint64]struct{} // nil once a value was missing, too long or came again
	words []bool                // a value is not written in digits only
}

func newUniqueness(columns int, wanted bool) *uniqueness {
	u := &uniqueness{seed: maphash.MakeSeed()}
	if wanted {
		u.seen, u.words = make([]map[uint64]struct{}, columns), make([]bool, columns)
		for c := range u.seen {
			u.seen[c] = map[uint64]struct{}{}
		}
	}
	return u
}

func (u *uniqueness) add(values []string) {
	for c, seen := range u.seen {
		if seen == nil {
			continue
		}
		v := values[c]
		h := maphash.String(u.seed, v)
		if _, twice := seen[h]; twice || v == "" || len(v) > db.MaxKeySize {
			u.seen[c] = nil
			continue
		}
		if len(seen) < uniqueRows {
			seen[h] = struct{}{}
		}
		u.words[c] = u.words[c] || strings.Trim(v, "0123456789") != ""
	}
}

func (u *uniqueness) column(c int) bool { return u.seen[c] != nil }
func (u *uniqueness) whole(c int) bool  { return !u.words[c] }

// draw keeps a sample of a stream, every row with the same probability (Vitter,
// Random Sampling with a Reservoir, 1985, algorithm R).
type draw struct {
	most, seen, bytes int
	random            *rand.Rand
	kept              []drawn
}

type drawn struct {
	at     int
	values []string
}

func newDraw(most int, seed uint64) *draw {
	return &draw{most: most, random: rand.New(rand.NewPCG(seed, 0))}
}

func (d *draw) add(values []string) {
	at := d.seen
	d.seen++
	if len(d.kept) < d.most {
		d.kept = append(d.kept, drawn{at, values})
		d.bytes += textBytes(values)
	} else if n := d.random.IntN(d.seen); n < d.most {
		d.bytes += textBytes(values) - textBytes(d.kept[n].values)
		d.kept[n] = drawn{at, values}
	}
	for d.bytes > sampleBytes && d.most > 1 && len(d.kept) > 1 { // a smaller sample, as evenly drawn
		n := d.random.IntN(len(d.kept))
		d.bytes -= textBytes(d.kept[n].values)
		d.kept = slices.Delete(d.kept, n, n+1)
		d.most = len(d.kept)
	}
}

func textBytes(values []string) (n int) {
	for _, v := range values {
		n += len(v)
	}
	return n
}

// rows gives the sample in the order of the stream.
func (d *draw) rows() [][]string {
	slices.SortFunc(d.kept, func(a, b drawn) int { return cmp.Compare(a.at, b.at) })
	rows := make([][]string, len(d.kept))
	for i, k := range d.kept {
		rows[i] = k.values
	}
	return rows
}

// lineOf gives the line of the first row with this key, 0 if there is none.
func (l *look) lineOf(key string) (line int, err error) {
	if err := l.file.Rewind(); err != nil {
		return 0, err
	}
	for {
		row, err := l.file.Next()
		switch {
		case err == io.EOF:
			return 0, nil
		case err != nil:
			return 0, err
		case row.Values[l.key] == key:
			return row.Line, nil
		}
	}
}

// changed says that the second pass has read another file than the first.
func (l *look) changed() bool {
	size, crc := l.file.Sum()
	return size != l.size || crc != l.crc
}
