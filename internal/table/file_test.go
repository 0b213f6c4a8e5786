package table

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// only fails unless dir holds exactly the named files.
func only(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("directory holds %q, want %q", got, names)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestFileCommitAndAbort(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.html")
	f, err := CreateFile(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, "one")
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the file is there before Commit")
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	f.Abort()
	if read(t, path) != "one" {
		t.Error("Abort after Commit changed the file")
	}
	if err := f.Commit(); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if _, err := f.Write([]byte("x")); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if f, err = CreateFile(path, nil); err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, "two")
	f.Abort()
	if read(t, path) != "one" {
		t.Error("Abort changed the file")
	}
	only(t, dir, "out.html")
}

func TestFilePermissions(t *testing.T) {
	path := put(t, "out.csv", "old")
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	f, err := CreateFile(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v", info.Mode())
	}
	if os.Getuid() != 0 { // root may write everything
		os.Chmod(path, 0o440)
		if _, err := CreateFile(path, nil); !errors.Is(err, fs.ErrPermission) {
			t.Error("a read-only target was taken:", err)
		}
	}
}

func TestFileSymlink(t *testing.T) {
	dir := t.TempDir()
	for _, target := range []string{"real", "new"} {
		link := filepath.Join(dir, "link-"+target)
		if err := os.Symlink(target, link); err != nil {
			t.Skip(err)
		}
		if target == "real" {
			os.WriteFile(filepath.Join(dir, target), []byte("old"), 0o600)
		}
		f, err := CreateFile(link, nil)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(f, "written")
		if err := f.Commit(); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.Readlink(link); got != target || read(t, filepath.Join(dir, target)) != "written" {
			t.Errorf("link to %s points to %q", target, got)
		}
	}
	os.Symlink("loop", filepath.Join(dir, "loop"))
	if _, err := CreateFile(filepath.Join(dir, "loop"), nil); !errors.Is(err, syscall.ELOOP) {
		t.Error(err)
	}
}

func TestCreateFailsEarly(t *testing.T) {
	dir := t.TempDir()
	file := put(t, "file", "")
	for path, want := range map[string]error{
		dir:                                        syscall.EISDIR,
		filepath.Join(dir, "no", "out.csv"):        fs.ErrNotExist,
		filepath.Join(file, "out.csv"):             syscall.ENOTDIR,
		filepath.Join(dir, "no") + "/":             fs.ErrNotExist,
		strings.Repeat(filepath.Join(dir, "x"), 3): fs.ErrNotExist,
	} {
		if _, err := Create(path, nil); !errors.Is(err, want) || !strings.HasPrefix(err.Error(), path+": ") {
			t.Errorf("%s: %v, want %v", path, err, want)
		}
	}
	only(t, dir)
}

func TestFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip(err)
	}
	w, err := Create("/dev/full", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.WriteHeader([]string{"a"}); err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(); !errors.Is(err, ErrNoSpace) || !strings.HasPrefix(err.Error(), "/dev/full: ") {
		t.Error(err)
	}
}

// TestFailedWrite breaks the temporary file under a Writer, as a full disk would.
func TestFailedWrite(t *testing.T) {
	for _, name := range []string{"out.csv", "out.csv.gz"} {
		path := put(t, name, "old")
		w, err := Create(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		w.file.w = fullDisk{}
		w.WriteHeader([]string{"a"})
		if err := w.Commit(); !errors.Is(err, ErrNoSpace) || !strings.HasPrefix(err.Error(), path+": ") {
			t.Error(err)
		}
		if read(t, path) != "old" {
			t.Error("the target changed")
		}
		only(t, filepath.Dir(path), name)
	}
	f, err := CreateFile(put(t, "out.html", "old"), nil)
	if err != nil {
		t.Fatal(err)
	}
	f.w = fullDisk{}
	f.Write([]byte("x")) // the caller forgets the error
	f.w = f.f
	if err := f.Commit(); !errors.Is(err, ErrNoSpace) || read(t, f.name) != "old" {
		t.Error("committed after a failed write:", err)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestStraight(t *testing.T) {
	var out bytes.Buffer
	for _, path := range []string{"", "-", "/dev/stdout"} {
		f, err := CreateFile(path, &out)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(f, path+".")
		if err := f.Commit(); err != nil {
			t.Error(err)
		}
	}
	if out.String() != ".-./dev/stdout." {
		t.Errorf("stdout got %q", out.String())
	}
}
