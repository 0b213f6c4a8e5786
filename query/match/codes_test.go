package match

import (
	"slices"
	"strings"
	"testing"
)

// codesOf reads the codes of titles among enough others for a code to be rare.
func codesOf(t *testing.T, rows [][]string) (*codeTable, []string) {
	t.Helper()
	for range 700 {
		rows = append(rows, []string{"filler"})
	}
	codes, run, err := corpusOf(t, schemaOf(t, "title:text"), rows, nil).readCodes(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	return codes, run
}

func TestReadCodes(t *testing.T) {
	for in, want := range map[string]string{
		"":                              "",
		"sony KDL-40V3000 lcd tv":       "kdl40v3000",
		"pi 1297W printer":              "pi1297w", // watts, but for what stands before
		"LO 280Z/CH coffee":             "lo280zch 280zch",
		"75TR 09915 television":         "75tr09915",
		"tv 600w 1500w usb 64gb":        "", // quantities
		"pack 6pack light bulb 15-watt": "",
		"vacuum 12345678":               "", // digits alone name many things
		"led 9w e27 4000k":              "",
		"the a1 b2":                     "", // too short
		"anna mia88@powers.com":         "", // ties two records together, but another one is no conflict
		strings.Repeat("x1", 40):        "", // too long
	} {
		codes, _ := codesOf(t, titles(in))
		var got []string
		for _, id := range codes.apart[0] {
			got = append(got, codes.vocab[id])
		}
		slices.Sort(got)
		if w := strings.Fields(want); !slices.Equal(got, slices.Sorted(slices.Values(w))) {
			t.Errorf("%q: %v, want %v", in, got, w)
		}
	}
}

func TestCommonCodesAreNone(t *testing.T) {
	rows := titles("sony kdl40v3000", "sony kdl46v3000")
	for range 10 { // more than 712^(1/4)
		rows = append(rows, []string{"sony kdl40v3000"})
	}
	codes, _ := codesOf(t, rows)
	if len(codes.of[0]) != 0 || len(codes.of[1]) != 1 {
		t.Errorf("%v", codes.of[:2])
	}
}

func TestCodesConflict(t *testing.T) {
	for _, c := range []struct {
		left, right string
		want        bool
	}{
		{"sony kdl-40v3000", "sony kdl46v3000", true},
		{"sony kdl-40v3000", "sony KDL 40V3000", false},
		{"coffee LO 280Z/CH", "coffee LO253ZBL", true},       // of one shape where they are apart
		{"coffee LO 280Z/CH", "coffee LO280Z", false},        // one says less
		{"printer PI 1297W", "printer PI 2655J", true},       // one looks like watts
		{"tv 75TR25404", "tv 75TR 09915", true},              // cut in the middle
		{"printer qo 0313h-3", "printer qo 1286d", true},     // one is longer
		{"sony kdl40v3000", "hp w2371d", false},              // other shapes
		{"sony kdl40v3000", "sony tv", false},                // nothing on one side
		{"bulb 6-pack do7b5140", "bulb 7w do7b5140", false},  // quantities are no codes
		{"sony kdl40v3000 x9914b", "sony x9914b bag", false}, // x9914b is in both, nothing else on the right
		{"canon c3701q kit", "canon c3701q-tl", false},       // one is the start of the other
		{"anna mia88@powers.com", "anna mai88@powers.com", false},
		{"rucksack core 30-litre", "rucksack grey30l", false}, // words before a quantity
	} {
		codes, run := codesOf(t, titles(c.left, c.right))
		x, y, got := codes.conflict(run, 0, 1)
		y2, x2, back := codes.conflict(run, 1, 0)
		if got != c.want || back != c.want || got && (!strings.Contains(run[0], x) && !strings.Contains(run[0], x2) || y == "" || y2 == "") {
			t.Errorf("%q and %q: %v (%s, %s), back %v (%s, %s)", c.left, c.right, got, x, y, back, x2, y2)
		}
	}
}

func TestTextGrams(t *testing.T) {
	var g textGrams
	text := "sonykdl40v3000lcdtvéà"
	g.read(text)
	for _, w := range []string{"sony", "kdl40v3000", "dtvé", "tvéà", text} {
		if !g.contains([]byte(w)) {
			t.Errorf("%q is not found", w)
		}
	}
	for _, w := range []string{"bravia", "kdl46", "sonykdl40v3000lcdtvéàx", "soni"} {
		if g.contains([]byte(w)) {
			t.Errorf("%q is found", w)
		}
	}
	for _, short := range []string{"", "son"} {
		g.read(short)
		if g.contains([]byte("sony")) {
			t.Errorf("found in %q", short)
		}
	}
	g.read("sony") // nothing of the text before is left
	if !g.contains([]byte("sony")) || g.contains([]byte("kdl4")) {
		t.Error("the set is of another text")
	}
}
