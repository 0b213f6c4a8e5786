package main

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
// [record.Infer] looks at.
const sampleRows = 20_000

// sampleBytes bounds the sample where rows are large.
const sampleBytes = 64 << 20

// uniqueRows is how many values of a column are remembered to see whether it is a
// key, some 5 MB a column. One that repeats only later is found when it is written.
const uniqueRows = 200_000

// look is what the first pass found out.
type look struct {
	path          string
	file          *table.Reader // at its first row, for the second pass
	header        []string
	key           int // column, or rowNumbers
	compare       bool
	rows, skipped int
	sample        [][]string // in the order of the file
	size          int64
	crc           uint32
}

// lookOptions are what the first pass has to know.
type lookOptions struct {
	read    *table.Options
	key     string   // the key column, "" to look for one
	of      string   // the collection that has this key, "" for a key of --id
	numbers bool     // the rows are numbered, whatever the columns
	mapping []string // FIELD=COLUMN
	seed    uint64
}

// lookAt makes the first pass. It returns early when ctx ends, even while stdin gives nothing.
func lookAt(ctx context.Context, path string, o lookOptions, bar *progress) (*look, error) {
	type result struct {
		l   *look
		err error
	}
	done := make(chan result, 1)
	go func() {
		l := &look{path: path}
		err := l.read(ctx, o, bar)
		if err != nil && l.file != nil {
			l.file.Close()
		}
		done <- result{l, err}
	}()
	select {
	case r := <-done:
		bar.end()
		return r.l, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *look) name() string { return orStdin(l.path) }

func (l *look) read(ctx context.Context, o lookOptions, bar *progress) (err error) {
	if l.file, err = table.Open(l.path, o.read); err != nil {
		return err
	}
	if l.header, err = renamed(l.name(), l.file.Header(), o.mapping); err != nil {
		return err
	}
	fixed, err := l.fixedKey(o)
	if err != nil {
		return err
	}
	unique := newUniqueness(len(l.header), !fixed)
	draw := newDraw(sampleRows, o.seed)
	for {
		row, err := l.file.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if fixed && l.key != rowNumbers {
			if err := checkKey(l.name(), row.Line, l.header, l.key, row.Values[l.key]); err != nil {
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
			bar.show("look", int(read), int(size))
		}
	}
	_, l.skipped = l.file.Skipped()
	l.size, l.crc = l.file.Sum()
	l.sample = draw.rows()
	if !fixed {
		kinds := record.Infer(l.header, l.sample)
		l.key = guessKey(kinds, missing, unique.column, unique.whole)
		l.compare = l.key != rowNumbers && tellsMore(kinds[l.key].Kind)
	}
	return nil
}

// fixedKey finds the key where the values need not be looked at.
func (l *look) fixedKey(o lookOptions) (fixed bool, err error) {
	l.key = rowNumbers
	if o.numbers {
		return true, nil
	}
	if o.key != "" {
		switch l.key = findName(l.header, o.key); {
		case l.key < 0 && o.of != "":
			return true, usagef("%s has no column %q, which is the key of %q; name the key with --id", l.name(), o.key, o.of)
		case l.key < 0:
			return true, usagef("--id: %s has no column %q; the columns are %s", l.name(), o.key, strings.Join(l.header, ", "))
		}
		return true, nil
	}
	if c := findName(l.header, "id"); c >= 0 {
		l.key = c
		return true, nil
	}
	return false, nil
}

// renamed gives the header with the columns of --map under the names of their fields.
func renamed(file string, header, mapping []string) ([]string, error) {
	out := slices.Clone(header)
	for _, m := range mapping {
		field, column, ok := strings.Cut(m, "=")
		if !ok || field == "" {
			return nil, usagef("--map: %q is not FIELD=COLUMN", m)
		}
		c := findName(header, column)
		if c < 0 {
			return nil, usagef("--map: %s has no column %q; the columns are %s", file, column, strings.Join(header, ", "))
		}
		if other := findName(out, field); other >= 0 && other != c {
			return nil, usagef("--map: %s has a column %q besides %q; leave one out with --drop, or rename it", file, out[other], column)
		}
		out[c] = field
	}
	return out, nil
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

// again says that a file was changed between the two passes.
func (l *look) again() error {
	if size, crc := l.file.Sum(); size != l.size || crc != l.crc {
		return fmt.Errorf("%s: the file changed while it was read; run the command again", l.name())
	}
	return nil
}
