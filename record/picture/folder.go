package picture

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// File is a picture of a folder or of an archive, not read yet.
type File struct {
	Class  string // the folders that it is in, joined by "/"; "" directly in the folder
	Name   string // its path below the folder or inside the archive, with "/"
	Format Format // by its first bytes
	Size   int64  // bytes
	open   func() (io.ReadCloser, error)
}

// Data reads the file. More bytes than l allows are not read. Errors name the file.
func (f *File) Data(l Limits) ([]byte, error) {
	l = l.withDefaults()
	if f.Size > l.Bytes {
		return nil, Named(f.Name, tooManyBytes(f.Size, l.Bytes))
	}
	r, err := f.open()
	if err != nil {
		return nil, unreadable(f.Name, err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, l.Bytes+1)) // the size in a header may lie
	switch {
	case err != nil:
		return nil, unreadable(f.Name, err)
	case int64(len(data)) > l.Bytes:
		return nil, Named(f.Name, tooManyBytes(int64(len(data)), l.Bytes))
	}
	return data, nil
}

// ReadFile reads the file at path. More bytes than l allows, and what is no regular file, are not read. Errors name it.
func ReadFile(path string, l Limits) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, &Error{Name: path, Msg: "is a folder, a pipe or a device; name a picture file", Err: ErrNotPicture}
	}
	f := File{Name: path, Size: info.Size(), open: func() (io.ReadCloser, error) { return os.Open(path) }}
	return f.Data(l)
}

// head reads the first bytes.
func (f *File) head() ([]byte, error) {
	r, err := f.open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b := make([]byte, sniffLen)
	n, err := io.ReadFull(r, b)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return b[:n], err
}

// Folder is the pictures below a folder, or in an archive, class by class.
type Folder struct {
	Path    string
	Files   []File  // by name, numbers in names as numbers: s2 before s10
	Skipped []error // an [*Error] each: what lies there and is no picture, and what cannot be read
	close   func() error
}

// Close lets go of an archive; its files cannot be read after it.
func (f *Folder) Close() error {
	if f.close == nil {
		return nil
	}
	return f.close()
}

// Classes lists the classes in the order of the files.
func (f *Folder) Classes() []string {
	var out []string
	seen := map[string]bool{}
	for i := range f.Files {
		if c := f.Files[i].Class; !seen[c] {
			seen[c] = true
			out = append(out, c)
		}
	}
	return out
}

// FolderOptions say how to read a folder. The zero value skips what is no picture.
type FolderOptions struct {
	// Strict makes an error of the first file that is no picture or cannot be read.
	Strict bool
}

// OpenFolder lists the pictures of a folder, or of a .zip of one. The folders that a picture
// is in, below the one opened, are its class. What a file is called does not matter, only its first bytes do; hidden
// files are left out. Links to folders are not followed.
//
// It returns [ErrFolder] for a folder that cannot be read, [ErrEmpty] for one without a
// picture, [ErrTooLarge] for an archive that unpacks to too much.
func OpenFolder(name string, opts FolderOptions) (*Folder, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, unreadable(name, err)
	}
	f := &Folder{Path: name}
	if info.IsDir() {
		err = f.walk()
	} else {
		err = f.unzip()
	}
	if err == nil {
		err = f.sift(opts)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// walk lists the regular files of a folder.
func (f *Folder) walk() error {
	return filepath.WalkDir(f.Path, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return unreadable(p, err)
		}
		if p == f.Path {
			return nil
		}
		if strings.HasPrefix(d.Name(), ".") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		below, err := filepath.Rel(f.Path, p)
		if err != nil {
			return unreadable(p, err)
		}
		below = filepath.ToSlash(below)
		info, err := os.Stat(p) // of what a link leads to
		if err != nil {
			f.Skipped = append(f.Skipped, unreadable(below, err))
			return nil
		}
		if !info.Mode().IsRegular() {
			f.Skipped = append(f.Skipped, &Error{Name: below, Msg: "is a link to a folder, a pipe or a device; only files are read", Err: ErrNotPicture})
			return nil
		}
		f.add(below, info.Size(), func() (io.ReadCloser, error) { return os.Open(p) })
		return nil
	})
}

func (f *Folder) add(name string, size int64, open func() (io.ReadCloser, error)) {
	class := path.Dir(name)
	if class == "." {
		class = ""
	}
	f.Files = append(f.Files, File{Class: class, Name: name, Size: size, open: open})
}

// sift sorts the files and takes out what is no picture.
func (f *Folder) sift(opts FolderOptions) error {
	slices.SortFunc(f.Files, func(a, b File) int {
		return cmp.Or(compareNumbered(a.Class, b.Class), compareNumbered(a.Name, b.Name))
	})
	found := len(f.Files)
	kept := f.Files[:0]
	for i := range f.Files {
		file := f.Files[i]
		head, err := file.head()
		file.Format = Sniff(head)
		switch {
		case err != nil:
			f.Skipped = append(f.Skipped, unreadable(file.Name, err))
		case !file.Format.readable():
			_, err := inspect(head, Limits{}.withDefaults())
			f.Skipped = append(f.Skipped, Named(file.Name, err))
		default:
			kept = append(kept, file)
		}
	}
	f.Files = kept
	if opts.Strict && len(f.Skipped) > 0 {
		return f.Skipped[0]
	}
	if len(kept) == 0 {
		first := ""
		if len(f.Skipped) > 0 {
			first = fmt.Sprintf("; the first is %v", f.Skipped[0])
		}
		return &Error{Name: f.Path, Msg: fmt.Sprintf("has no picture in it (%d other files); a folder per class is wanted, with PNG, JPEG, GIF, WebP, TIFF, BMP, PBM, PGM or PPM files%s", found, first), Err: ErrEmpty}
	}
	return nil
}

// unreadable puts a path and a hint to what the operating system or an archive said.
func unreadable(name string, err error) error {
	var known *Error
	if errors.As(err, &known) {
		return Named(name, err)
	}
	cause := err
	var at *fs.PathError
	if errors.As(err, &at) {
		cause = at.Err
	}
	msg := "cannot be read (" + cause.Error() + ")"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		msg += "; check the name and the directory that you are in"
	case errors.Is(err, fs.ErrPermission):
		msg += "; ask for access to it or leave it out"
	}
	return &Error{Name: name, Msg: msg, Err: errors.Join(ErrFolder, err)}
}

// compareNumbered compares names with runs of digits as numbers: s2 before s10.
func compareNumbered(a, b string) int {
	for a != "" && b != "" {
		da, db := leadingDigits(a), leadingDigits(b)
		if da > 0 && db > 0 {
			x, y := strings.TrimLeft(a[:da], "0"), strings.TrimLeft(b[:db], "0")
			if c := cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y), cmp.Compare(da, db)); c != 0 {
				return c
			}
			a, b = a[da:], b[db:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

func leadingDigits(s string) int {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return i
		}
	}
	return len(s)
}
