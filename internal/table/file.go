package table

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// File is an output that is complete or not there: what is written goes to a
// temporary file beside the target, and Commit puts it in the target's place.
// Standard output, devices and pipes have no such place and are written straight.
//
// Call Commit once when all is written; `defer f.Abort()` after [CreateFile]
// covers every other way out, since Abort after Commit does nothing.
type File struct {
	name   string    // for messages
	w      io.Writer // where bytes go
	f      *os.File  // what to close; nil for the stdout that was passed in
	target string    // the file to replace; "" when written straight
	err    error     // first failed write: Commit must not follow it
	ready  bool      // Prepare went well
	closed bool
}

// CreateFile prepares to write path. "" and "-" mean stdout (nil: os.Stdout),
// and so do /dev/stdout and its other names. The errors that can be known before
// any work are given here: a missing directory, a target that is a directory or
// read-only, a directory where nothing may be written. An existing target keeps
// its permission bits, a symbolic link stays one and its target is replaced.
func CreateFile(path string, stdout io.Writer) (*File, error) {
	switch path {
	case "", "-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1":
		if stdout == nil {
			stdout = os.Stdout
		}
		return &File{name: "stdout", w: stdout}, nil
	}
	target, err := followLinks(path)
	if err != nil {
		return nil, systemError(path, err)
	}
	info, err := os.Stat(target)
	switch {
	case err != nil && !os.IsNotExist(err):
		return nil, systemError(path, err)
	case err == nil && info.IsDir():
		return nil, &Error{Path: path, Msg: "is a directory; name a file in it", Err: syscall.EISDIR}
	case err == nil && (!info.Mode().IsRegular() || isDevicePath(path)):
		return straight(path)
	}
	return beside(path, target, info)
}

// isDevicePath covers names such as /dev/fd/3, behind which the system may show
// a regular file that another program has open and that must not be replaced.
func isDevicePath(path string) bool {
	clean := filepath.ToSlash(filepath.Clean(path))
	return strings.HasPrefix(clean, "/dev/fd/") || strings.HasPrefix(clean, "/dev/std") || strings.HasPrefix(clean, "/proc/")
}

// followLinks gives the file that path stands for, which may not exist yet.
func followLinks(path string) (string, error) {
	if isDevicePath(path) {
		return path, nil
	}
	for range 40 { // as many as Linux follows
		info, err := os.Lstat(path)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			return path, nil // what is wrong, if anything, shows when it is used
		}
		link, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(link) {
			link = filepath.Join(filepath.Dir(path), link)
		}
		path = link
	}
	return "", syscall.ELOOP
}

// straight opens what cannot be replaced. Appending leaves alone what a shell's
// >> has in a file behind a device path; devices and pipes ignore it.
func straight(path string) (*File, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return nil, systemError(path, err)
	}
	return &File{name: path, w: f, f: f}, nil
}

// beside opens a temporary file in the target's directory, so that the rename is
// on one file system. info is the existing target's or nil.
func beside(path, target string, info fs.FileInfo) (*File, error) {
	dir := filepath.Dir(target)
	if at, err := os.Stat(dir); err != nil {
		return nil, &Error{Path: path, Err: err,
			Msg: fmt.Sprintf("cannot write in directory %s: %v; make it first, or use another path", dir, cause(err))}
	} else if !at.IsDir() {
		return nil, &Error{Path: path, Msg: dir + " is not a directory; use another path", Err: syscall.ENOTDIR}
	}
	if info != nil {
		// A rename would not mind a read-only target; its owner would.
		f, err := os.OpenFile(target, os.O_WRONLY, 0)
		if err != nil {
			return nil, systemError(path, err)
		}
		f.Close()
	}
	f, err := createTemp(dir)
	if err != nil {
		return nil, &Error{Path: path, Err: err,
			Msg: fmt.Sprintf("cannot write in directory %s: %v; use another path", dir, cause(err))}
	}
	out := &File{name: path, w: f, f: f, target: target}
	if info != nil {
		if err := f.Chmod(info.Mode().Perm()); err != nil {
			out.Abort()
			return nil, systemError(path, err)
		}
	}
	return out, nil
}

// cause strips the temporary name from a system error.
func cause(err error) error {
	if path, ok := err.(*fs.PathError); ok {
		return path.Err
	}
	return err
}

// createTemp makes a new file in dir. Unlike os.CreateTemp it leaves the
// permission bits to the user's umask, since the file becomes the real one.
func createTemp(dir string) (*os.File, error) {
	for n := 0; ; n++ {
		name := filepath.Join(dir, fmt.Sprintf(".doppel-%d-%d.tmp", os.Getpid(), n))
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !os.IsExist(err) || n > 10000 {
			return f, err
		}
	}
}

// Write writes p. A full disk is an [ErrNoSpace] with the path.
func (f *File) Write(p []byte) (int, error) {
	if f.closed {
		return 0, &Error{Path: f.name, Msg: "written after it was closed", Err: ErrClosed}
	}
	if f.err != nil {
		return 0, f.err
	}
	f.ready = false
	n, err := f.w.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	if err != nil {
		f.err = systemError(f.name, err)
	}
	return n, f.err
}

// Prepare brings all that was written to the disk, so that only the rename is left
// to Commit. Who has several outputs prepares them all before the first Commit: a
// disk that is full then leaves none of them. On an error the file is aborted.
func (f *File) Prepare() error {
	switch {
	case f.closed:
		return &Error{Path: f.name, Msg: "committed after it was closed", Err: ErrClosed}
	case f.err != nil:
		f.Abort()
		return f.err
	case f.ready || f.target == "":
		return nil
	}
	if err := f.f.Sync(); err != nil {
		f.Abort()
		return f.wrap(err)
	}
	f.ready = true
	return nil
}

// Commit makes the output final: it is on the disk and in its place when Commit
// returns nil. On any error, a failed Write before included, the target is as it
// was and the temporary file is gone. A second Commit is an [ErrClosed].
func (f *File) Commit() error {
	if err := f.Prepare(); err != nil {
		return err
	}
	f.closed = true
	switch {
	case f.f == nil:
		return nil
	case f.target == "":
		return f.wrap(f.f.Close())
	}
	temp := f.f.Name()
	err := f.f.Close()
	if err == nil {
		err = os.Rename(temp, f.target)
	}
	if err != nil {
		os.Remove(temp)
		return f.wrap(err)
	}
	syncDir(filepath.Dir(f.target))
	return nil
}

// Abort gives the output up and removes the temporary file. What went straight
// to a device or to stdout stays written. Abort after Commit or Abort does nothing.
func (f *File) Abort() {
	if f.closed {
		return
	}
	f.closed = true
	if f.f == nil {
		return
	}
	f.f.Close()
	if f.target != "" {
		os.Remove(f.f.Name())
	}
}

func (f *File) wrap(err error) error {
	if err == nil {
		return nil
	}
	return systemError(f.name, err)
}

// syncDir makes a rename durable. Not every system can sync a directory, and the
// data itself is safe by then, so an error is of no use to anyone.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}
