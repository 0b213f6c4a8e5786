package datasets

import (
	"archive/zip"
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
)

// packed makes a zip in memory, in the order given: name, content, name, content.
func packed(t *testing.T, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPicturesInTheOrderOfTheirNumbers(t *testing.T) {
	put(t, "faces-att", map[string]string{"att_faces.zip": packed(t, "s10/1.pgm", "d", "s2/10.pgm", "c", "s2/2.pgm", "b", "s1/1.pgm", "a")})
	got, err := LoadFaces()
	want := []Picture{{Class: "s1", Name: "s1/1.pgm", Data: []byte("a")}, {Class: "s2", Name: "s2/2.pgm", Data: []byte("b")},
		{Class: "s2", Name: "s2/10.pgm", Data: []byte("c")}, {Class: "s10", Name: "s10/1.pgm", Data: []byte("d")}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestSignaturesSayWhichAreForged(t *testing.T) {
	put(t, "signatures-cedar", map[string]string{"cedar_clean.zip": packed(t, "1/original_1_1.png", "a", "1/forgeries_1_1.png", "b")})
	got, err := LoadSignatures()
	if err != nil || len(got) != 2 || !got[0].Forged || got[1].Forged || got[1].Class != "1" {
		t.Errorf("got %+v, %v", got, err)
	}
	put(t, "signatures-cedar", map[string]string{"cedar_clean.zip": packed(t, "1/other.png", "a")})
	if _, err := LoadSignatures(); err == nil || !strings.Contains(err.Error(), "1/other.png") {
		t.Errorf("error %v", err)
	}
}

func TestRuns(t *testing.T) {
	files := []string{"run01/test/item01.png", "t", "run01/training/class02.png", "b", "run01/training/class01.png", "a"}
	put(t, "omniglot", map[string]string{"all_runs.zip": packed(t, append(files, "run01/class_labels.txt", "run01/test/item01.png run01/training/class02.png\n")...)})
	runs, err := LoadRuns()
	if err != nil || len(runs) != 1 || len(runs[0].Training) != 2 || string(runs[0].Training[0].Data) != "a" ||
		!reflect.DeepEqual(runs[0].Answer, []int{1}) || runs[0].Test[0].Class != "class02" {
		t.Errorf("got %+v, %v", runs, err)
	}
	put(t, "omniglot", map[string]string{"all_runs.zip": packed(t, append(files, "run01/class_labels.txt", "run01/test/item01.png run01/training/class09.png\n")...)})
	if _, err := LoadRuns(); err == nil || !strings.Contains(err.Error(), "line 1: no file") {
		t.Errorf("error %v", err)
	}
}

// The real sets, where they are: counts from their documentation.
func TestPictureSets(t *testing.T) {
	classes := func(ps []Picture, err error) (pictures, kinds int) {
		if errors.Is(err, ErrMissing) {
			t.Skip("no picture sets on this machine")
		}
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, p := range ps {
			seen[p.Class] = true
		}
		return len(ps), len(seen)
	}
	if n, k := classes(LoadFaces()); n != 400 || k != 40 {
		t.Errorf("faces: %d of %d people", n, k)
	}
	if n, k := classes(LoadSignatures()); n != 2640 || k != 55 {
		t.Errorf("signatures: %d of %d writers", n, k)
	}
	if n, k := classes(LoadOmniglot("evaluation")); n != 13180 || k != 659 {
		t.Errorf("omniglot evaluation: %d of %d characters", n, k)
	}
	if n, k := classes(LoadOmniglot("background")); n != 19280 || k != 964 {
		t.Errorf("omniglot background: %d of %d characters", n, k)
	}
	runs, err := LoadRuns()
	if err != nil || len(runs) != 20 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	for _, r := range runs {
		if len(r.Test) != 20 || len(r.Training) != 20 || len(r.Answer) != 20 {
			t.Errorf("%s: %d test, %d training", r.Name, len(r.Test), len(r.Training))
		}
	}
}
