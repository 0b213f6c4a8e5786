package label

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/internal/table"
)

var (
	twoTables = NewKeys("abt.csv", []string{"a0", "a1", "a2", "7"}, "buy.csv", []string{"b0", "b1", "b2"})
	oneTable  = NewKeys("p.csv", []string{"a", "b", "c", "d"}, "p.csv", nil)
)

// read writes a pair file and reads it with its labels.
func read(t *testing.T, keys *Keys, text string) (*Set, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pairs.csv")
	if strings.HasPrefix(text, "{") {
		path = strings.TrimSuffix(path, ".csv") + ".jsonl"
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := ReadFile(path, nil)
	if err != nil {
		return nil, err
	}
	return f.Labels(keys)
}

func TestLabels(t *testing.T) {
	want := []Label{{0, 1, true}, {3, 0, false}}
	for name, text := range map[string]string{
		"DeepMatcher":    "ltable_id,rtable_id,label\na0,b1,1\n7,b0,0\n",
		"our own":        "left_id,right_id,score,label\na0,b1,.5,1\n7,b0,.2,0\n",
		"any case":       "Label,ID-1,id 2\nTRUE,a0,b1\nno,7,b0\n",
		"semicolons":     "id1;id2;is_match\na0;b1;yes\n7;b0;False\n",
		"numbers":        "id_left,id_right,label\na0,b1,1.0\n7,b0,0.0\n",
		"JSON lines":     `{"ltable_id":"a0","rtable_id":"b1","label":1}` + "\n" + `{"ltable_id":7,"rtable_id":"b0","label":0}` + "\n",
		"spaces around":  "ltable_id,rtable_id,label\na0,b1, 1\n7,b0,0 \n",
		"other columns":  "note,ltable_id,rtable_id,label\nx,a0,b1,1\ny,7,b0,0\n",
		"a BOM and CRLF": "\ufeffltable_id,rtable_id,label\r\na0,b1,1\r\n7,b0,0\r\n",
	} {
		s, err := read(t, twoTables, text)
		if err != nil || !slices.Equal(s.Labels, want) || len(s.Warnings) > 0 {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
	s, err := read(t, oneTable, "id1,id2,label\nc,a,1\nb,d,0\na,c,1\n")
	if err != nil || !slices.Equal(s.Labels, []Label{{0, 2, true}, {1, 3, false}}) || !slices.Equal(s.Lines, []int{2, 3}) {
		t.Errorf("one table: %+v, %v", s, err)
	}
	if len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], "1 pair is listed again with the same label, the first in line 4 after line 2; each pair counts once") {
		t.Errorf("warnings: %q", s.Warnings)
	}
}

func TestBadLabels(t *testing.T) {
	const head = "ltable_id,rtable_id,label\n"
	for _, c := range []struct {
		name, text string
		keys       *Keys
		err        error
		says       []string
	}{
		{"unknown id", head + "a0,b1,1\nzz,b0,0\nyy,b0,0\n", twoTables, ErrUnknownID,
			[]string{":3: field 1 (ltable_id): the left file abt.csv has no record \"zz\" (nor 1 more ids", `its keys look like "a0", "a1", "a2"; --id`}},
		{"wrong way round", head + "b1,a0,1\n", twoTables, ErrUnknownID, []string{":2: field 1 (ltable_id)", "buy.csv has it: are the two id columns"}},
		{"nearly", head + "A0,b1,1\n", twoTables, ErrUnknownID, []string{`no record "A0"; did you mean "a0"?`}},
		{"a float", head + "7.0,b1,1\n", twoTables, ErrUnknownID, []string{`did you mean "7"?`}},
		{"zeros in front", head + "007,b1,1\n", twoTables, ErrUnknownID, []string{`did you mean "7"?`}},
		{"no id", head + ",b1,1\n", twoTables, ErrUnknownID, []string{"the id is missing; leave the row out"}},
		{"one table", "id1,id2,label\na,x,1\n", oneTable, ErrUnknownID, []string{`:2: field 2 (id2): p.csv has no record "x"`}},
		{"label 2", head + "a0,b1,2\n", twoTables, ErrValue, []string{`:2: field 3 (label): "2" is no label; use 1 for a match and 0 for none`}},
		{"no label", head + "a0,b1,\n", twoTables, ErrValue, []string{`"" is no label`}},
		{"NaN", head + "a0,b1,NaN\n", twoTables, ErrValue, nil},
		{"both labels", head + "a0,b1,1\na1,b1,0\na0,b1,0\n", twoTables, ErrTwice, []string{":4: field 3 (label): a0 and b1 were labelled a match in line 2 and are no match here"}},
		{"both labels, turned", "id1,id2,label\na,b,1\nb,a,0\n", oneTable, ErrTwice, nil},
		{"itself", "id1,id2,label\na,a,1\n", oneTable, ErrSelf, []string{`record "a" is paired with itself`}},
		{"a chain", "id1,id2,label\na,b,1\nc,d,0\nb,c,1\na,c,0\n", oneTable, ErrContradiction,
			[]string{":5: field 3 (label): a and c are labelled no match, but the matches of lines 2 and 4 make them one thing: a = b = c; mend one"}},
		{"a chain over two tables", head + "a0,b0,1\na1,b0,1\na1,b1,1\na0,b1,0\na2,b2,0\n", twoTables, ErrContradiction,
			[]string{":5:", "lines 2, 3 and 4 make them one thing: a0 = b0 = a1 = b1"}},
		{"two chains", "id1,id2,label\na,b,1\nb,c,1\nc,d,1\na,c,0\nd,a,0\n", oneTable, ErrContradiction, []string{"(and 1 more line is like this)"}},
		{"no ids", "left,right,label\na0,b0,1\n", twoTables, ErrColumns, []string{":1: no two columns of ids; call them ltable_id,rtable_id", "the columns are left, right, label"}},
		{"no labels", "ltable_id,rtable_id,match\na0,b0,1\n", twoTables, ErrColumns, []string{"no column of labels; call it label"}},
		{"empty", "", twoTables, table.ErrEmpty, nil},
		{"no row", head, twoTables, table.ErrNoRows, nil},
		{"ragged", head + "a0,b0\n", twoTables, table.ErrRagged, []string{":2:"}},
	} {
		_, err := read(t, c.keys, c.text)
		if !errors.Is(err, c.err) {
			t.Errorf("%s: %v, want %v", c.name, err, c.err)
			continue
		}
		for _, says := range c.says {
			if !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %q lacks %q", c.name, err, says)
			}
		}
	}
}

func TestTrainable(t *testing.T) {
	yes, no := Label{0, 0, true}, Label{0, 1, false}
	for _, c := range []struct {
		labels []Label
		err    error
	}{
		{[]Label{yes, yes, yes, yes}, ErrOneClass},
		{[]Label{no}, ErrOneClass},
		{nil, ErrOneClass},
		{[]Label{yes, yes, yes, no}, ErrFew},
		{[]Label{yes, yes, yes, yes, no}, nil},
	} {
		if err := Trainable("pairs.csv", c.labels); !errors.Is(err, c.err) || c.err != nil && !strings.Contains(err.Error(), "pairs.csv") {
			t.Errorf("%v: %v, want %v", c.labels, err, c.err)
		}
	}
}

// FuzzLabels: whatever the file, an error or labels that speak of records there are.
func FuzzLabels(f *testing.F) {
	f.Add("ltable_id,rtable_id,label\na0,b1,1\n")
	f.Add("id1,id2,label\na,b,1\nb,c,1\na,c,0\n")
	f.Add("id1;id2\n\"a\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, keys := range []*Keys{twoTables, oneTable} {
			s, err := read(t, keys, text)
			if err != nil {
				continue
			}
			sides := keys.Sides()
			for _, l := range s.Labels {
				if a, b := sides.ends(l); a >= sides.records() || b >= sides.records() || a == b {
					t.Fatalf("%q: %+v", text, l)
				}
			}
			_, _ = Split(sides, s.Labels, SplitOptions{})
		}
	})
}
