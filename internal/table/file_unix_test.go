//go:build unix

package table

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestPipe writes to and reads from a named pipe, which has no place to rename to and cannot be rewound.
func TestPipe(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	got := make(chan string)
	go func() { b, _ := os.ReadFile(pipe); got <- string(b) }()
	f, err := CreateFile(pipe, nil)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, "through")
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if s := <-got; s != "through" {
		t.Errorf("the pipe gave %q", s)
	}
	if info, _ := os.Stat(pipe); info.Mode()&fs.ModeNamedPipe == 0 {
		t.Error("the pipe was replaced")
	}
	go func() { os.WriteFile(pipe, []byte("a,b\n1,\xe9\n"), 0) }()
	if tab, err := ReadAll(pipe, nil); err != nil || tab.Rows[0][1] != "é" {
		t.Errorf("%v %v", tab, err)
	}
}
