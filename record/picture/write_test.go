package picture

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWriter(t *testing.T) {
	dir := t.TempDir()
	w := NewWriter(filepath.Join(dir, "shop.csv.gz"))
	for _, tt := range []struct{ name, data, want string }{
		{"a.png", "1", "shop-pictures/a.png"}, {"a.png", "1", "shop-pictures/a.png"}, {"a.png", "2", "shop-pictures/a-2.png"},
		{"s1/a.png", "3", "shop-pictures/s1/a.png"}, {"../../etc/x", "4", "shop-pictures/etc/x"}, {`c:\y?.png`, "5", "shop-pictures/c_/y_.png"},
		{"", "6", "shop-pictures/picture"}, {"/", "7", "shop-pictures/picture-2"},
	} {
		got, err := w.Values([]string{"title", Pack(tt.name, []byte(tt.data)), ""})
		if err != nil {
			t.Fatal(err)
		}
		if got[0] != "title" || got[1] != tt.want || got[2] != "" {
			t.Errorf("%q: %q, want %q", tt.name, got, tt.want)
		}
		if data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(got[1]))); err != nil || string(data) != tt.data {
			t.Errorf("%q: %q, %v", tt.name, data, err)
		}
	}
	if w.Count() != 7 {
		t.Errorf("%d files", w.Count())
	}
}
