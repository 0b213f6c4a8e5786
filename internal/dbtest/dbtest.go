// Package dbtest opens databases for tests. Every test that uses it ends with a
// full check of the file.
package dbtest

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/doppeldb/doppel/db"
)

// Open makes a DB in the test's temporary directory. When the test ends the
// file is checked, which fails the test on any problem, and closed.
func Open(t testing.TB) *db.DB {
	t.Helper()
	return OpenFile(t, filepath.Join(t.TempDir(), "test.doppel"), nil)
}

// OpenFile is Open for a file of the test's own. It may be closed before the
// test ends; then it is not checked.
func OpenFile(t testing.TB, path string, opts *db.Options) *db.DB {
	t.Helper()
	if opts == nil {
		opts = &db.Options{NoSync: true} // a test does not outlive a crash of the machine
	}
	d, err := db.Open(path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		Check(t, d)
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return d
}

// Check fails the test for every problem in d, unless it is closed.
func Check(t testing.TB, d *db.DB) {
	t.Helper()
	report, err := d.Check(context.Background())
	if errors.Is(err, db.ErrClosed) {
		return
	}
	if err != nil {
		t.Errorf("check: %v", err)
	}
	for _, p := range report.Problems {
		t.Errorf("check: %v", p)
	}
}
