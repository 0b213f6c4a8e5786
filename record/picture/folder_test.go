package picture

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// tree writes files below a new folder.
func tree(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// packed writes files to a new zip.
func packed(t *testing.T, files map[string][]byte) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, data := range files {
		m, err := w.Create(name)
		if err == nil {
			_, err = m.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "pictures.zip")
	if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// bombed is a small archive that says it unpacks to 8 GB.
func bombed(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "bomb.zip")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(f)
	m, err := w.CreateRaw(&zip.FileHeader{Name: "a/x.png", Method: zip.Deflate, CompressedSize64: 2, UncompressedSize64: 8 << 30})
	if err == nil {
		_, err = m.Write([]byte{3, 0})
	}
	if err = errors.Join(err, w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return name
}

func names(f *Folder) (out []string) {
	for _, file := range f.Files {
		out = append(out, file.Class+":"+file.Name)
	}
	return out
}

func TestOpenFolder(t *testing.T) {
	pic := asPNG(t, corner())
	files := map[string][]byte{
		"s10/1.png": pic, "s2/10.png": pic, "s2/9.png": pic, "s2/deep/a.txt": pic, // a wrong extension
		".git/x.png": pic, "s2/.hidden.png": pic, "notes.txt": []byte("words"), "loose.jpg": pic,
	}
	want := []string{":loose.jpg", "s2:s2/9.png", "s2:s2/10.png", "s2/deep:s2/deep/a.txt", "s10:s10/1.png"}
	for _, path := range []string{tree(t, files), packed(t, files)} {
		f, err := OpenFolder(path, FolderOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got := names(f); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
		if len(f.Skipped) != 1 || !strings.Contains(f.Skipped[0].Error(), "notes.txt: is not a picture") {
			t.Errorf("%s: skipped %v", path, f.Skipped)
		}
		loaded, err := f.Load(context.Background(), Limits{}, 2, nil)
		if err != nil || len(loaded) != len(want) || loaded[4].Raster == nil || loaded[4].Name != "s10/1.png" {
			t.Errorf("%s: loaded %v, %v", path, loaded, err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if _, err := OpenFolder(path, FolderOptions{Strict: true}); !errors.Is(err, ErrNotPicture) || !strings.Contains(err.Error(), "notes.txt") {
			t.Errorf("%s, strict: %v", path, err)
		}
	}
}

func TestZipOfOneFolder(t *testing.T) {
	pic := asPNG(t, corner())
	f, err := OpenFolder(packed(t, map[string][]byte{"faces/": nil, "faces/a/1.png": pic, "faces/b/1.png": pic, "__MACOSX/faces/a/._1.png": pic}), FolderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := f.Classes(); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("classes %q", got)
	}
}

func TestBadFolders(t *testing.T) {
	text := tree(t, map[string][]byte{"a/notes.txt": []byte("words")})
	bomb := bombed(t)
	for name, tt := range map[string]struct {
		path string
		want error
		says string
	}{
		"missing":         {filepath.Join(text, "nowhere"), ErrFolder, "check the name"},
		"empty":           {t.TempDir(), ErrEmpty, "no picture in it (0 other files)"},
		"no pictures":     {text, ErrEmpty, "no picture in it (1 other files)"},
		"no archive":      {filepath.Join(text, "a", "notes.txt"), ErrFolder, "neither a folder nor a whole zip"},
		"bomb":            {bomb, ErrTooLarge, "would unpack"},
		"archive of none": {packed(t, nil), ErrEmpty, "no picture"},
	} {
		_, err := OpenFolder(tt.path, FolderOptions{})
		if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), tt.path) {
			t.Errorf("%s: %v; want %v, %q and the path", name, err, tt.want, tt.says)
		}
	}
}

func TestUnreadable(t *testing.T) {
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("permissions mean nothing to this user or system")
	}
	dir := tree(t, map[string][]byte{"a/1.png": asPNG(t, corner()), "b/1.png": asPNG(t, corner())})
	locked := filepath.Join(dir, "b")
	if err := os.Chmod(locked, 0); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(locked, 0o755)
	if _, err := OpenFolder(dir, FolderOptions{}); !errors.Is(err, ErrFolder) || !strings.Contains(err.Error(), locked) {
		t.Errorf("unreadable folder: %v", err)
	}
}

func TestLinks(t *testing.T) {
	dir := tree(t, map[string][]byte{"a/1.png": asPNG(t, corner())})
	for link, target := range map[string]string{"a/around": dir, "a/broken.png": filepath.Join(dir, "gone"), "a/2.png": filepath.Join(dir, "a", "1.png")} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Skip(err)
		}
	}
	f, err := OpenFolder(dir, FolderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := names(f); !slices.Equal(got, []string{"a:a/1.png", "a:a/2.png"}) || len(f.Skipped) != 2 {
		t.Errorf("%v, skipped %v", got, f.Skipped)
	}
}

func TestLoadNamesDamage(t *testing.T) {
	pic := asPNG(t, corner())
	f, err := OpenFolder(tree(t, map[string][]byte{"a/1.png": pic, "a/2.png": pic[:40], "a/3.png": resizedPNG(pic, 60000, 60000)}), FolderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := f.Load(context.Background(), Limits{}, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if loaded[0].Err != nil || !errors.Is(loaded[1].Err, ErrDamaged) || !errors.Is(loaded[2].Err, ErrTooLarge) {
		t.Errorf("%v, %v, %v", loaded[0].Err, loaded[1].Err, loaded[2].Err)
	}
	if !strings.HasPrefix(loaded[1].Err.Error(), "a/2.png: ") {
		t.Errorf("%v: without its name", loaded[1].Err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := f.Load(ctx, Limits{}, 1, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestDoubts(t *testing.T) {
	load := func(classes ...string) (out []Loaded) {
		for i, c := range classes {
			out = append(out, Loaded{File: &File{Class: c, Name: fmt.Sprintf("%s/%d", c, i)}, Sum: [32]byte{byte(i + 1)}})
		}
		return out
	}
	twice := load("a", "a", "b", "b")
	twice[2].Sum = twice[1].Sum
	for name, tt := range map[string]struct {
		pictures []Loaded
		want     string
	}{
		"one class":             {load("a", "a"), "of one class"},
		"one picture per class": {load("a", "b"), "every class has one picture"},
		"some of one picture":   {load("a", "a", "b"), "1 of 2 classes have one picture"},
		"in two classes":        {twice, "a/1 and b/2 are the same file in two classes"},
		"nothing":               {load("a", "a", "b", "b"), ""},
	} {
		if got := strings.Join(Doubts(tt.pictures), "\n"); !strings.Contains(got, tt.want) || (tt.want == "") != (got == "") {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
