// Package datasets reads the public matching benchmarks that tests of quality
// and the benchmark programs use. The data is not part of the project: it is
// looked for in $DOPPEL_DATA, else in ../shared/data beside the module.
package datasets

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// ErrMissing is returned when the data is not on this machine.
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

// LoadLink reads tableA.csv, tableB.csv and the pair files of dataset name.
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
	left, right := l.Left.places(), l.Right.places()
	for _, part := range []string{"train", "valid", "test"} {
		_, rows, err := readCSV(filepath.Join(dir, part+".csv"))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			p := [2]int{left[r[0]], right[r[1]]}
			l.Judged[p] = true
			if r[2] == "1" {
				l.Truth[p] = true
			}
		}
	}
	return l, nil
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

// ReadTable reads a CSV file; truth may be "".
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
		var values []string
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
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	all, err := r.ReadAll()
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(all) == 0 {
		return nil, nil, fmt.Errorf("%s: empty", path)
	}
	for i := range all[0] {
		all[0][i] = strings.TrimPrefix(all[0][i], "\ufeff")
	}
	return all[0], all[1:], nil
}
