// Package datasets reads the public matching benchmarks that tests of quality
// and the benchmark programs use. The data is not part of the project: it is
// looked for in $DOPPEL_DATA, else in ../shared/data beside the module.
package datasets

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ErrMissing is returned when the data, or one file of it, is not on this machine.
var ErrMissing = errors.New("data sets not found: set DOPPEL_DATA to their folder")

// Dir gives the folder of the data sets, or [ErrMissing].
func Dir() (string, error) {
	if d := os.Getenv("DOPPEL_DATA"); d != "" {
		if _, err := os.Stat(d); err != nil {
			return "", fmt.Errorf("%w (DOPPEL_DATA=%s: %w)", ErrMissing, d, err)
		}
		return d, nil
	}
	wd, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for d := wd; ; d = filepath.Dir(d) {
		if _, err := os.Stat(filepath.Join(d, "go.mod")); err == nil {
			data := filepath.Join(d, "..", "shared", "data")
			if _, err := os.Stat(data); err == nil {
				return data, nil
			}
			return "", ErrMissing
		}
		if d == filepath.Dir(d) {
			return "", ErrMissing
		}
	}
}

// Table is one source: a header and its rows. The column called "id" is the key.
type Table struct {
	Path   string
	Header []string // without the key and truth columns
	Keys   []string
	Rows   [][]string
	Truth  []string // the truth column's values, or nil
}

// Link is two tables and the pairs that are known to match.
type Link struct {
	Name        string
	Left, Right *Table
	// Truth holds the positive pairs of train, valid and test, as row numbers.
	Truth map[[2]int]bool
	// Judged holds every pair of train, valid and test.
	Judged map[[2]int]bool
}

// LoadLink reads tableA.csv, tableB.csv (or .csv.gz) and the pair files of dataset name.
func LoadLink(name string) (*Link, error) {
	dir, err := Dir()
	if err != nil {
		return nil, err
	}
	dir = filepath.Join(dir, name)
	l := &Link{Name: name, Truth: map[[2]int]bool{}, Judged: map[[2]int]bool{}}
	if l.Left, err = ReadTable(filepath.Join(dir, "tableA.csv"), "id", ""); err != nil {
		return nil, err
	}
	if l.Right, err = ReadTable(filepath.Join(dir, "tableB.csv"), "id", ""); err != nil {
		return nil, err
	}
	for _, part := range []string{"train", "valid", "test"} {
		// wdc-computers has train-small.csv and train-medium.csv.
		files, err := filepath.Glob(filepath.Join(dir, part+"*.csv"))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			pairs, err := l.readPairs(file)
			if err != nil {
				return nil, err
			}
			for _, p := range pairs {
				l.Judged[[2]int{p.Left, p.Right}] = true
				if p.Match {
					l.Truth[[2]int{p.Left, p.Right}] = true
				}
			}
		}
	}
	return l, nil
}

// Pair is a judged pair of row numbers.
type Pair struct {
	Left, Right int
	Match       bool
}

// Pairs reads a pair file of the set in its order: part is "train", "valid", "test", or the
// name of another, such as "train-small".
func (l *Link) Pairs(part string) ([]Pair, error) {
	dir, err := Dir()
	if err != nil {
		return nil, err
	}
	return l.readPairs(filepath.Join(dir, l.Name, part+".csv"))
}

// readPairs reads a file of ltable_id, rtable_id, label.
func (l *Link) readPairs(file string) ([]Pair, error) {
	header, rows, err := readCSV(file)
	if err != nil {
		return nil, err
	}
	if len(header) != 3 {
		return nil, fmt.Errorf("%s: %d columns, want ltable_id,rtable_id,label", file, len(header))
	}
	left, right := l.Left.places(), l.Right.places()
	out := make([]Pair, 0, len(rows))
	for i, r := range rows {
		a, okA := left[r[0]]
		b, okB := right[r[1]]
		if !okA || !okB {
			return nil, fmt.Errorf("%s:%d: no record %s or %s in the tables", file, i+2, r[0], r[1])
		}
		out = append(out, Pair{a, b, r[2] == "1"})
	}
	return out, nil
}

func (t *Table) places() map[string]int {
	at := make(map[string]int, len(t.Keys))
	for i, k := range t.Keys {
		at[k] = i
	}
	return at
}

// LoadDedupe reads a single table with a truth column. file is relative to [Dir].
func LoadDedupe(file, key, truth string) (*Table, error) {
	dir, err := Dir()
	if err != nil {
		return nil, err
	}
	return ReadTable(filepath.Join(dir, file), key, truth)
}

// LoadTitles gives the product titles of the catalog set: 85,316 real ones, all different.
func LoadTitles() ([]string, error) {
	dir, err := Dir()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "catalog", "products.tsv")
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var titles []string
	at := -1
	lines := bufio.NewScanner(f)
	for lines.Scan() { // tab separated, no quoting
		cells := strings.Split(lines.Text(), "\t")
		if at < 0 {
			if at = slices.Index(cells, "title"); at < 0 {
				return nil, fmt.Errorf("%s: no column title", path)
			}
			continue
		}
		if at < len(cells) {
			titles = append(titles, cells[at])
		}
	}
	return titles, lines.Err()
}

// LoadIntents gives the questions of banking77, part "train" or "test", and what
// each is about: one of 77 intents.
func LoadIntents(part string) (texts, intents []string, err error) {
	dir, err := Dir()
	if err != nil {
		return nil, nil, err
	}
	path := filepath.Join(dir, "banking77", part+".csv")
	header, rows, err := readCSV(path)
	if err != nil {
		return nil, nil, err
	}
	if !slices.Equal(header, []string{"text", "category"}) {
		return nil, nil, fmt.Errorf("%s: columns %q, want text, category", path, header)
	}
	for _, r := range rows {
		texts, intents = append(texts, strings.TrimSpace(r[0])), append(intents, r[1])
	}
	return texts, intents, nil
}

// ReadTable reads a CSV file, or else the same with .gz; truth may be "".
func ReadTable(path, key, truth string) (*Table, error) {
	header, rows, err := readCSV(path)
	if err != nil {
		return nil, err
	}
	t := &Table{Path: path}
	for _, h := range header {
		if h != key && h != truth {
			t.Header = append(t.Header, h)
		}
	}
	for _, r := range rows {
		values := make([]string, 0, len(t.Header))
		for c, v := range r {
			switch header[c] {
			case key:
				t.Keys = append(t.Keys, v)
			case truth:
				t.Truth = append(t.Truth, v)
			default:
				values = append(values, v)
			}
		}
		t.Rows = append(t.Rows, values)
	}
	return t, nil
}

func readCSV(path string) (header []string, rows [][]string, err error) {
	f, err := open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(all) == 0 {
		return nil, nil, fmt.Errorf("%s: empty", path)
	}
	all[0][0] = strings.TrimPrefix(all[0][0], "\ufeff")
	return all[0], all[1:], nil
}

// open opens path, or else path.gz unpacked. Closing it closes the file.
func open(path string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err == nil {
		return f, nil
	}
	packed, gzErr := os.Open(path + ".gz")
	if errors.Is(gzErr, fs.ErrNotExist) && errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w (%w)", ErrMissing, err)
	}
	if gzErr != nil {
		return nil, err
	}
	z, err := gzip.NewReader(packed)
	if err != nil {
		packed.Close()
		return nil, fmt.Errorf("%s.gz: %w", path, err)
	}
	return struct {
		io.Reader
		io.Closer
	}{z, packed}, nil
}
