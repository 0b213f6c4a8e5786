package picture

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Writer puts the pictures of records as files into a folder beside a table. The folder is made with the first one.
type Writer struct {
	dir   string
	taken map[string]string // name -> the bytes that it has
}

// NewWriter writes to the folder that belongs to the table at path: "shop-pictures" beside shop.csv.
func NewWriter(table string) *Writer {
	base := filepath.Base(table)
	if i := strings.IndexByte(base, '.'); i > 0 {
		base = base[:i]
	}
	return &Writer{dir: filepath.Join(filepath.Dir(table), base+"-pictures"), taken: map[string]string{}}
}

// Dir is the folder, and Count how many files were written to it.
func (w *Writer) Dir() string { return w.dir }

// Count is the number of files written.
func (w *Writer) Count() int { return len(w.taken) }

// Values gives the values of a record as a table has them: a picture is written to a file, and the file's
// name, as seen from the table, stands in its place.
func (w *Writer) Values(values []string) ([]string, error) {
	out := Shown(values)
	for f, v := range values {
		name, data, ok := Unpack(v)
		if !ok {
			continue
		}
		file, err := w.write(name, data)
		if err != nil {
			return nil, err
		}
		out[f] = file
	}
	return out, nil
}

// write gives the name of the file as seen from the table. Pictures of one name and other bytes get numbers.
func (w *Writer) write(name, data string) (string, error) {
	name = safeName(name)
	ext := path.Ext(name)
	free := name
	for n := 2; ; n++ {
		old, taken := w.taken[free]
		if !taken {
			break
		}
		if old == data {
			return path.Join(filepath.Base(w.dir), free), nil
		}
		free = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, ext), n, ext)
	}
	file := filepath.Join(w.dir, filepath.FromSlash(free))
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return "", err
	}
	if err := os.WriteFile(file, []byte(data), 0o666); err != nil {
		return "", err
	}
	w.taken[free] = data
	return path.Join(filepath.Base(w.dir), free), nil
}

// safeName makes a path that stays inside a folder of whatever a picture is called.
func safeName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r == '\\':
			return '/'
		case r < ' ' || strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		}
		return r
	}, strings.ToValidUTF8(name, "_"))
	if name = strings.TrimPrefix(path.Clean("/"+name), "/"); name == "" {
		return "picture"
	}
	return name
}
