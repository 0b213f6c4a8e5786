package gallery

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/doppeldb/doppel/record/picture"
)

// ErrSet is returned for pictures that nothing can be learned from or measured on.
var ErrSet = errors.New("these pictures do not do")

// Set is pictures with their classes.
type Set struct {
	Path     string
	Names    []string // of the classes, in the order of their first picture
	Pictures []Picture
	// Skipped says what was left out and why, an error each that names the file.
	Skipped []error
}

// Picture is one picture of a set.
type Picture struct {
	Name   string // its path below the folder or inside the archive
	Class  int    // position in Set.Names
	Raster *picture.Raster
	Value  string // the file as a record holds it, see [picture.Pack]
	sum    [sha256.Size]byte
}

// ReadOptions say how to read a set. The zero value leaves out what is no picture, and says so.
type ReadOptions struct {
	Strict  bool // the first file that is left out is an error
	Threads int  // 0 means one for each CPU
	// Progress hears how many of all pictures are read, from any goroutine.
	Progress func(done, total int)
}

// Read reads the pictures below a folder, or in a .zip of one; the folders that a picture is in are
// its class. It gives the errors of [picture.OpenFolder], with Strict those of a picture, and that of ctx.
func Read(ctx context.Context, path string, o ReadOptions) (*Set, error) {
	f, err := picture.OpenFolder(path, picture.FolderOptions{Strict: o.Strict})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	read, err := readAll(ctx, f, o)
	if err != nil {
		return nil, err
	}
	s := &Set{Path: path, Skipped: f.Skipped}
	at := map[string]int{}
	for i, p := range read {
		switch {
		case p.err != nil && o.Strict:
			return nil, p.err
		case p.err != nil:
			s.Skipped = append(s.Skipped, p.err)
			continue
		}
		name := f.Files[i].Class
		class, known := at[name]
		if !known {
			class = len(s.Names)
			at[name], s.Names = class, append(s.Names, name)
		}
		p.Class = class
		s.Pictures = append(s.Pictures, p.Picture)
	}
	if len(s.Pictures) == 0 {
		return nil, fmt.Errorf("%s: %w: none of its %d pictures can be read; the first: %w", path, ErrSet, len(read), s.Skipped[len(f.Skipped)])
	}
	return s, nil
}

type readPicture struct {
	Picture
	err error
}

func readAll(ctx context.Context, f *picture.Folder, o ReadOptions) ([]readPicture, error) {
	out := make([]readPicture, len(f.Files))
	var done atomic.Int64
	return out, each(ctx, len(out), o.Threads, func(i int) {
		file := &f.Files[i]
		data, err := file.Data(picture.Limits{})
		if err == nil {
			out[i].Picture, err = newPicture(file.Name, data)
		}
		out[i].err = err
		if n := done.Add(1); o.Progress != nil {
			o.Progress(int(n), len(out))
		}
	})
}

// each calls f for 0 to n-1 on several goroutines, until ctx ends.
func each(ctx context.Context, n, threads int, f func(i int)) error {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(threads, n) {
		workers.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				f(i)
			}
		})
	}
	workers.Wait()
	return ctx.Err()
}

// ReadFile reads one picture. It gives the errors of [picture.Decode] with the path, and that of a file that cannot be read.
func ReadFile(path string) (Picture, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return Picture{}, unreadable(path, err)
	case info.IsDir():
		return Picture{}, fmt.Errorf("%s: is a folder; name a picture in it", path)
	case info.Size() > mostBytes:
		return Picture{}, fmt.Errorf("%s: %w: it has %d bytes", path, picture.ErrTooLarge, info.Size())
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return Picture{}, unreadable(path, err)
	}
	return newPicture(path, data)
}

// mostBytes is what a picture's file may have: the limit of [picture.Limits].
const mostBytes = 64 << 20

// unreadable says what the system said about a path, and what to do.
func unreadable(path string, err error) error {
	hint := "check the name and the directory that you are in"
	if errors.Is(err, fs.ErrPermission) {
		hint = "ask for access to it or leave it out"
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return fmt.Errorf("%s: %w; %s", path, err, hint)
}

// newPicture decodes the bytes of a file. Errors name it.
func newPicture(name string, data []byte) (Picture, error) {
	r, err := picture.Decode(data, picture.Limits{})
	if err != nil {
		return Picture{}, picture.Named(name, err)
	}
	return Picture{Name: name, Raster: smaller(r), Value: picture.Pack(name, data), sum: sha256.Sum256(data)}, nil
}

// mostPixels is what is kept of a picture: a network sees fewer, and a folder of photographs
// would take all memory.
const mostPixels = 1 << 20

// smaller gives a picture of mostPixels or fewer, the mean of squares of pixels.
func smaller(r *picture.Raster) *picture.Raster {
	k := 1
	for (r.Width/k)*(r.Height/k) > mostPixels {
		k++
	}
	if k == 1 || r.Width < k || r.Height < k {
		return r
	}
	out := &picture.Raster{Width: r.Width / k, Height: r.Height / k, Channels: r.Channels}
	out.Pix = make([]byte, out.Width*out.Height*out.Channels)
	for y := range out.Height {
		for x := range out.Width {
			for c := range r.Channels {
				sum := 0
				for dy := range k {
					for dx := range k {
						sum += int(r.Pix[((y*k+dy)*r.Width+x*k+dx)*r.Channels+c])
					}
				}
				out.Pix[(y*out.Width+x)*r.Channels+c] = byte((sum + k*k/2) / (k * k))
			}
		}
	}
	return out
}

// Classes gives the class of each picture.
func (s *Set) Classes() []int {
	out := make([]int, len(s.Pictures))
	for i, p := range s.Pictures {
		out[i] = p.Class
	}
	return out
}

// First gives the name of the first picture of a class.
func (s *Set) First(class int) string {
	for _, p := range s.Pictures {
		if p.Class == class {
			return p.Name
		}
	}
	return ""
}

// sizes counts the pictures of each class.
func (s *Set) sizes() []int {
	out := make([]int, len(s.Names))
	for _, p := range s.Pictures {
		out[p.Class]++
	}
	return out
}

// Copies gives the first picture that lies in two classes, byte for byte, as an [ErrSet]; nil for none.
func (s *Set) Copies() error {
	first := map[[sha256.Size]byte]int{}
	for i, p := range s.Pictures {
		j, seen := first[p.sum]
		if !seen {
			first[p.sum] = i
			continue
		}
		if q := s.Pictures[j]; q.Class != p.Class {
			return fmt.Errorf("%s: %w: %s and %s are the same picture in two classes; keep the one that is right", s.Path, ErrSet, q.Name, p.Name)
		}
	}
	return nil
}

// Comparable says whether there are pairs of one class and of two: [ErrSet] if not.
func (s *Set) Comparable() error {
	most := 0
	for _, n := range s.sizes() {
		most = max(most, n)
	}
	switch {
	case len(s.Names) < 2:
		return fmt.Errorf("%s: %w: all are of one class; at least two are needed, a folder each", s.Path, ErrSet)
	case most < 2:
		return fmt.Errorf("%s: %w: every class has one picture; add a second one to some", s.Path, ErrSet)
	}
	return nil
}

// only gives the pictures of the classes that keep says, without the others.
func (s *Set) only(keep func(class int) bool) *Set {
	out := &Set{Path: s.Path}
	at := make([]int, len(s.Names))
	for c, name := range s.Names {
		if at[c] = -1; keep(c) {
			at[c], out.Names = len(out.Names), append(out.Names, name)
		}
	}
	for _, p := range s.Pictures {
		if p.Class = at[p.Class]; p.Class >= 0 {
			out.Pictures = append(out.Pictures, p)
		}
	}
	return out
}
