package datasets

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// put makes the folder of a data set; a name that ends in .gz is packed.
func put(t *testing.T, set string, files map[string]string) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("DOPPEL_DATA", dir)
	if err := os.Mkdir(filepath.Join(dir, set), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		data := []byte(content)
		if strings.HasSuffix(name, ".gz") {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			z.Write(data)
			z.Close()
			data = b.Bytes()
		}
		if err := os.WriteFile(filepath.Join(dir, set, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLoadLink(t *testing.T) {
	put(t, "shops", map[string]string{
		"tableA.csv": "\ufeffid,name\na1,x\na2,y\n", "tableB.csv.gz": "id,name\nb1,x\nb2,\"y, z\"\n",
		"train-small.csv": "ltable_id,rtable_id,label\na1,b1,1\n", "test.csv": "ltable_id,rtable_id,label\na2,b2,1\na1,b2,0\n",
	})
	l, err := LoadLink("shops")
	if err != nil {
		t.Fatal(err)
	}
	if want := map[[2]int]bool{{0, 0}: true, {1, 1}: true}; !reflect.DeepEqual(l.Truth, want) {
		t.Errorf("truth %v", l.Truth)
	}
	if want := map[[2]int]bool{{0, 0}: true, {1, 1}: true, {0, 1}: true}; !reflect.DeepEqual(l.Judged, want) {
		t.Errorf("judged %v", l.Judged)
	}
	if got, err := l.Pairs("test"); err != nil || !reflect.DeepEqual(got, []Pair{{1, 1, true}, {0, 1, false}}) {
		t.Errorf("test pairs %v, %v", got, err)
	}
	if want := [][]string{{"x"}, {"y, z"}}; !reflect.DeepEqual(l.Right.Rows, want) || !reflect.DeepEqual(l.Right.Header, []string{"name"}) {
		t.Errorf("right: %v %v", l.Right.Header, l.Right.Rows)
	}
}

// A pair that names no record would be counted as a miss of the matcher.
func TestLoadLinkUnknownRecord(t *testing.T) {
	put(t, "shops", map[string]string{"tableA.csv": "id,name\na1,x\n", "tableB.csv": "id,name\nb1,x\n", "test.csv": "l,r,label\na1,b9,1\n"})
	if _, err := LoadLink("shops"); err == nil || !strings.Contains(err.Error(), "test.csv:2: no record a1 or b9") {
		t.Errorf("error %v", err)
	}
}

func TestMissing(t *testing.T) {
	put(t, "shops", nil)
	if _, err := LoadLink("shops"); !errors.Is(err, ErrMissing) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no table: %v", err)
	}
	if _, err := LoadTitles(); !errors.Is(err, ErrMissing) {
		t.Errorf("no catalog: %v", err)
	}
	t.Setenv("DOPPEL_DATA", filepath.Join(t.TempDir(), "nowhere"))
	if _, err := LoadDedupe("x.csv", "id", ""); !errors.Is(err, ErrMissing) {
		t.Errorf("no folder: %v", err)
	}
}

func TestLoadDedupe(t *testing.T) {
	put(t, "one", map[string]string{"records.csv": "id,name,cluster_id\n1,x,c\n2,,c\n", "empty.csv": "", "ragged.csv": "id,a\n1\n"})
	table, err := LoadDedupe("one/records.csv", "id", "cluster_id")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(table.Truth, []string{"c", "c"}) || !reflect.DeepEqual(table.Keys, []string{"1", "2"}) ||
		!reflect.DeepEqual(table.Rows, [][]string{{"x"}, {""}}) {
		t.Errorf("got %+v", table)
	}
	for _, bad := range []string{"one/empty.csv", "one/ragged.csv"} {
		if _, err := LoadDedupe(bad, "id", ""); err == nil || errors.Is(err, ErrMissing) {
			t.Errorf("%s: error %v", bad, err)
		}
	}
}

func TestLoadTitles(t *testing.T) {
	put(t, "catalog", map[string]string{"products.tsv.gz": "source\ttitle\na\t\"40\" tv\na\tb\n"})
	titles, err := LoadTitles()
	if want := []string{`"40" tv`, "b"}; err != nil || !reflect.DeepEqual(titles, want) {
		t.Errorf("got %q, %v", titles, err)
	}
}

func TestLoadTitlesWithoutTitle(t *testing.T) {
	put(t, "catalog", map[string]string{"products.tsv": "source\tname\na\tb\n"})
	if _, err := LoadTitles(); err == nil || !strings.Contains(err.Error(), "no column title") {
		t.Errorf("error %v", err)
	}
}

func TestLoadQuestions(t *testing.T) {
	head := "id,question1,question2,is_duplicate\n"
	put(t, "qqp", map[string]string{"train.csv.gz": head + "1,b?,a?,1\n2,b?,b?,1\n", "valid.csv": head + "3,c?,a?,0\n", "test.csv": head})
	q, err := LoadQuestions()
	if want := (&Questions{Texts: []string{"b?", "a?", "c?"}, Train: []Pair{{0, 1, true}}, Valid: []Pair{{1, 2, false}}}); err != nil || !reflect.DeepEqual(q, want) {
		t.Errorf("got %+v, %v", q, err)
	}
}
