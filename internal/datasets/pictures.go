package datasets

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Picture is one file of a picture set, as it is in the zip.
type Picture struct {
	// Class is what is to be told apart: a character, a person, a writer.
	Class string
	// Name is the path inside the zip.
	Name string
	Data []byte // PNG or PGM
	// Forged is set for a skilled forgery of a signature of Class.
	Forged bool
}

// LoadOmniglot gives the drawn characters of part "background" (964 classes of 30
// alphabets) or "evaluation" (659 of 20), 20 drawers each, ordered by name. A class is
// "alphabet/character", 105x105 pixels of 1 bit, ink black.
func LoadOmniglot(part string) ([]Picture, error) {
	if part != "background" && part != "evaluation" {
		return nil, fmt.Errorf("omniglot has no part %q", part)
	}
	return readPictures(filepath.Join("omniglot", "images_"+part+".zip"), func(p *Picture) error {
		folders := strings.Split(p.Name, "/")
		if len(folders) != 4 { // images_background/alphabet/character/file
			return fmt.Errorf("want part/alphabet/character/file")
		}
		p.Class = folders[1] + "/" + folders[2]
		return nil
	})
}

// LoadFaces gives the AT&T faces: classes s1 to s40 of ten pictures, ordered by name
// with numbers as numbers; 92x112 grey.
func LoadFaces() ([]Picture, error) {
	return readPictures(filepath.Join("faces-att", "att_faces.zip"), func(p *Picture) error {
		p.Class = path.Dir(p.Name)
		return nil
	})
}

// LoadSignatures gives the CEDAR signatures: writers 1 to 55, 24 genuine and 24 skilled
// forgeries each, ordered by name with numbers as numbers; grey, at most 220x150, ink dark.
func LoadSignatures() ([]Picture, error) {
	return readPictures(filepath.Join("signatures-cedar", "cedar_clean.zip"), func(p *Picture) error {
		p.Class = path.Dir(p.Name)
		name := path.Base(p.Name)
		p.Forged = strings.HasPrefix(name, "forgeries_")
		if !p.Forged && !strings.HasPrefix(name, "original_") {
			return errors.New("want original_ or forgeries_")
		}
		return nil
	})
}

// readPictures opens a zip of the data folder and gives its pictures in the order of
// their names. class fills in what the name says.
func readPictures(file string, class func(*Picture) error) ([]Picture, error) {
	z, err := openZip(file)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	var out []Picture
	for _, f := range z.File {
		if f.FileInfo().IsDir() {
			continue
		}
		p := Picture{Name: f.Name}
		if err := class(&p); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", file, f.Name, err)
		}
		if p.Data, err = readMember(f); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", file, f.Name, err)
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b Picture) int { return compareNumbered(a.Name, b.Name) })
	return out, nil
}

func openZip(file string) (*zip.ReadCloser, error) {
	dir, err := Dir()
	if err != nil {
		return nil, err
	}
	z, err := zip.OpenReader(filepath.Join(dir, file))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w (%w)", ErrMissing, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return z, nil
}

func readMember(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
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
