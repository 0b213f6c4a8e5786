package report

import (
	"strings"
	"testing"

	"github.com/doppeldb/doppel/record"
)

// show writes spans as text: [only], ~soft~, {near}, plain.
func show(parts []span) string {
	var b strings.Builder
	for _, p := range parts {
		switch p.Mark {
		case only:
			b.WriteString("[" + p.Text + "]")
		case soft:
			b.WriteString("~" + p.Text + "~")
		case near:
			b.WriteString("{" + p.Text + "}")
		default:
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

func TestDiff(t *testing.T) {
	tests := []struct {
		name        string
		kind        record.Kind
		left, right string
		wantL       string
		wantR       string
	}{
		{"equal", record.Text, "sony tv", "sony tv", "sony tv", "sony tv"},
		{"order and repetition do not count", record.Text, "tv sony tv", "sony tv", "tv sony tv", "sony tv"},
		{"one side only", record.Text, "sony red tv", "sony tv stand", "sony [red] tv", "sony tv [stand]"},
		{"neighbours share a highlight", record.Text, "a b c", "c", "[a b] c", "c"},
		{"case and separators", record.Text, "Sony PS-LX350H", "sony pslx350h", "~Sony~ ~PS-LX350H~", "~sony~ ~pslx350h~"},
		{"punctuation around words", record.Text, "speaker, (black)", "black speaker", "speaker, (black)", "black speaker"},
		{"words written as one", record.Text, "16 GB stick", "16gb stick", "~16~ ~GB~ stick", "~16gb~ stick"},
		{"digits do not join", record.Text, "pack 1 6", "pack 16", "pack [1 6]", "pack [16]"},
		{"separators in phones", record.Code, "310/246-1501", "(310) 246 1501", "~310/246-1501~", "(~310~) ~246~ ~1501~"},
		{"a code keeps its zeros", record.Code, "0042", "42", "[0042]", "[42]"},
		{"a point matters in text", record.Text, "v1.5x", "v15x", "[v1.5x]", "[v15x]"},
		{"same number", record.Number, "399.0", "$399", "~399.0~", "~$399~"},
		{"thousands", record.Number, "2,000", "2000", "~2,000~", "~2000~"},
		{"near numbers", record.Number, "399.99", "389", "{399.99}", "{389}"},
		{"far numbers", record.Number, "399", "199", "[399]", "[199]"},
		{"signs of numbers", record.Number, "-5", "5", "[-5]", "[5]"},
		{"numbers too long to tell apart", record.Number, "12345678901234567", "12345678901234568", "[12345678901234567]", "[12345678901234568]"},
		{"a missing side is no difference", record.Text, "sony tv", "", "sony tv", ""},
		{"blank is missing", record.Text, "sony tv", " \t", "sony tv", " \t"},
		{"ignored fields are not compared", record.Ignore, "a", "b", "a", "b"},
		{"scripts without spaces", record.Text, "東京都", "東京市", "東京[都]", "東京[市]"},
		{"invisible characters", record.Text, "so\u200bny", "sony", "~so\u200bny~", "~sony~"},
		{"only punctuation", record.Text, "--- !!", "sony", "--- !!", "[sony]"},
		{"c++ is not c", record.Text, "c++", "c", "[c++]", "[c]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, r := diff(tt.kind, tt.left, tt.right)
			if show(l) != tt.wantL || show(r) != tt.wantR {
				t.Errorf("diff(%q, %q) =\n  %s | %s\nwant\n  %s | %s", tt.left, tt.right, show(l), show(r), tt.wantL, tt.wantR)
			}
			r, l = diff(tt.kind, tt.right, tt.left)
			if show(l) != tt.wantL || show(r) != tt.wantR {
				t.Errorf("swapped sides give %s | %s", show(l), show(r))
			}
		})
	}
}

// What is marked must still be the whole value, whatever the bytes.
func FuzzDiffKeepsText(f *testing.F) {
	f.Add("Sony PS-LX350H 16 GB", "sony pslx350h, 16gb")
	f.Add("\xff\x00東京 .5 -5 1,000", "٣ 1000 %")
	f.Fuzz(func(t *testing.T, left, right string) {
		for _, kind := range []record.Kind{record.Text, record.Number, record.Code} {
			l, r := diff(kind, left, right)
			if got, want := join(l), clean(cutBytes(left, maxCompared)); got != want {
				t.Fatalf("left %q became %q", want, got)
			}
			if got, want := join(r), clean(cutBytes(right, maxCompared)); got != want {
				t.Fatalf("right %q became %q", want, got)
			}
		}
	})
}

func join(parts []span) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Text)
	}
	return b.String()
}

func TestNearNote(t *testing.T) {
	l, _ := diff(record.Number, "100", "95")
	if l[0].Note != "5 % from 95" {
		t.Errorf("note %q", l[0].Note)
	}
}

func TestDiffGroup(t *testing.T) {
	got := diffGroup(record.Text, []string{"proc of crypto", "", "Proc. crypto 93", "proc crypto"})
	want := []string{"proc [of] crypto", "", "~Proc~. crypto [93]", "proc crypto"}
	for i := range want {
		if show(got[i]) != want[i] {
			t.Errorf("row %d: %s, want %s", i, show(got[i]), want[i])
		}
	}
	if alone := diffGroup(record.Text, []string{"sony", ""}); show(alone[0]) != "sony" {
		t.Errorf("a single value has nothing to differ from: %s", show(alone[0]))
	}
}
