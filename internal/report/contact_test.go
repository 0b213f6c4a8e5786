package report

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/internal/measure"
)

// onePixel is a PNG of one grey pixel.
func onePixel(t testing.TB, grey uint8) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 1, 1))
	img.SetGray(0, 0, color.Gray{Y: grey})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// direction is a vector of two dimensions at an angle in degrees.
func direction(degrees float64) []float32 {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	return []float32{float32(cos), float32(sin)}
}

// smallContact is a sheet of three classes on a circle; the last picture of "b" lies in "a".
func smallContact(t testing.TB) Contact {
	c := Contact{Title: "letters", Version: "0.1.0", Command: "doppel eval --verify letters --model m.doppel", Dim: 2, Threshold: .05,
		Protocol: "All pairs.", Warnings: []string{"one picture is in two classes"}, Rows: 2, Neighbours: 3, Mistakes: 2}
	class := []int{0, 0, 0, 1, 1, 1, 2, 2}
	for i, angle := range []float64{0, 10, 20, 80, 90, 25, 200, 170} {
		c.Pictures = append(c.Pictures, Picture{string(rune('p'+i)) + ".png", []string{"a", "b", "c"}[class[i]], onePixel(t, uint8(10*i))})
		c.Vectors = append(c.Vectors, direction(angle)...)
	}
	trials := measure.NewTrials(class, 0, 1)
	score := make([]float64, trials.Len())
	for i := range score {
		l, r := trials.Left[i], trials.Right[i]
		score[i] = float64(c.Vectors[2*l]*c.Vectors[2*r]+c.Vectors[2*l+1]*c.Vectors[2*r+1]) - 1
	}
	c.Verification = measure.Verify(score, trials.Same, trials.Entities(class), measure.VerifyOptions{Draws: 20, FARs: []float64{.1, .01}})
	c.Episodes = []EpisodeFigure{{3, 1, measure.EpisodeResult{Accuracy: .75, Between: measure.Interval{Low: .7, High: .8}, Runs: 100}}}
	return c
}

func renderContact(t *testing.T, c Contact) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteContact(&b, c); err != nil {
		t.Fatal(err)
	}
	if s := b.String(); strings.Contains(s, "ZgotmplZ") || strings.Contains(s, "NaN") || strings.Contains(s, "Inf") {
		t.Error("the page holds a value that the template refused, or no number")
	}
	return b.String()
}

func TestContactGolden(t *testing.T) {
	got := renderContact(t, smallContact(t))
	if renderContact(t, smallContact(t)) != got {
		t.Error("the same page gave different bytes")
	}
	got = strings.NewReplacer(style, "(style)", script, "(script)", scriptHash(), "(hash)").Replace(got)
	path := filepath.Join("testdata", "contact.html")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the page differs from %s; look at the difference after go test -update", path)
	}
}

// What is nearest, most alike and least alike is known on a circle.
func TestLikeness(t *testing.T) {
	c := smallContact(t)
	classes, _ := numbered(c.Pictures)
	l := newLikeness(c, classes, 2, 3, 2)
	if l.judged != 8 || l.right != 6 { // all but 5, and 2, which is nearest to it
		t.Errorf("%d of %d nearest are right", l.right, l.judged)
	}
	var rows [][]int
	for _, r := range l.rows {
		row := []int{r.query}
		for _, n := range r.nearest {
			row = append(row, n.at)
		}
		rows = append(rows, row)
	}
	if want := [][]int{{0, 1, 2, 5}, {3, 4, 5, 2}}; !reflect.DeepEqual(rows, want) {
		t.Errorf("rows %v, want %v", rows, want)
	}
	pairs := func(ps []twoPictures) (out [][2]int) {
		for _, p := range ps {
			out = append(out, [2]int{p.left, p.right})
		}
		return out
	}
	if got, want := pairs(l.confused), [][2]int{{2, 5}, {7, 4}}; !reflect.DeepEqual(got, want) {
		t.Errorf("most alike of two classes %v, want %v", got, want)
	}
	if got, want := pairs(l.parted), [][2]int{{4, 5}, {6, 7}}; !reflect.DeepEqual(got, want) {
		t.Errorf("least alike of one class %v, want %v", got, want)
	}
}

// Nothing, one picture, one class, vectors all alike or zero, bytes that are no PNG: a
// page all the same, which says what is missing.
func TestContactOddities(t *testing.T) {
	oneClass := smallContact(t)
	for i := range oneClass.Pictures {
		oneClass.Pictures[i].Class, oneClass.Pictures[i].Thumbnail = "a", []byte("no PNG")
	}
	oneClass.Verification = measure.Verify([]float64{-.1}, []bool{true}, measure.Entities{Left: []int{0}, Right: []int{0}, N: 1}, measure.VerifyOptions{Draws: 5})
	alike := smallContact(t)
	clear(alike.Vectors)
	for _, tt := range []struct {
		name string
		c    Contact
		want []string
	}{
		{"nothing", Contact{}, []string{"0 pictures of 0 classes", "There is nothing to draw", "No picture has another", "No class has two pictures"}},
		{"one picture", Contact{Pictures: []Picture{{}}, Dim: 1, Vectors: []float32{1}}, []string{"1 picture of 1 class."}},
		{"one class", oneClass, []string{"There is one class only", `class="thumb none"`, "pairs of both kinds are needed"}},
		{"no direction", alike, []string{"There is nothing to draw"}},
	} {
		page := renderContact(t, tt.c)
		for _, want := range tt.want {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page does not say %q", tt.name, want)
			}
		}
	}
}

func TestContactEscapes(t *testing.T) {
	want := skeleton(renderContact(t, smallContact(t)))
	for _, text := range hostile {
		c := smallContact(t)
		c.Title, c.Protocol, c.Command, c.Version, c.Warnings = text, text, text, text, []string{text}
		for i := range c.Pictures {
			c.Pictures[i].Name = text
			c.Pictures[i].Class += text
		}
		if got := skeleton(renderContact(t, c)); !reflect.DeepEqual(got, want) {
			t.Errorf("%q changes the markup:\n%q", text, got)
		}
	}
}

// A page names only what it holds: each picture once, under the id that is used.
func TestContactPictures(t *testing.T) {
	page := renderContact(t, smallContact(t))
	if n := strings.Count(page, "<image "); n != 8 {
		t.Errorf("%d pictures in the page, want each of the 8 once", n)
	}
	for i := range 8 {
		if id := "p" + string(rune('0'+i)); !strings.Contains(page, `<image id="`+id+`"`) || !strings.Contains(page, `href="#`+id+`"`) {
			t.Errorf("picture %s is not there or not used", id)
		}
	}
}

func TestWriteDET(t *testing.T) {
	v := smallContact(t).Verification
	none := []measure.Point(nil)
	var b bytes.Buffer
	if err := WriteDET(&b, "A <title>", []DETCurve{{"with", v.Sweep}, {"without", none}}); err != nil {
		t.Fatal(err)
	}
	s := b.String()
	for _, want := range []string{`xmlns="http://www.w3.org/2000/svg"`, "A &lt;title&gt;", ">with<", ">without<", "equal error rate", "false acceptance, %"} {
		if !strings.Contains(s, want) {
			t.Errorf("the figure does not hold %q:\n%s", want, s)
		}
	}
	if strings.Contains(s, "NaN") || strings.Contains(s, "Inf") {
		t.Errorf("the figure holds no number:\n%s", s)
	}
}

// On axes of normal deviates two normal scores of one width give a straight line.
func TestDETOfNormalScores(t *testing.T) {
	var score []float64
	var match []bool
	const n = 20000
	for i := range n {
		z := measure.Deviate((float64(i) + .5) / n)
		score, match = append(score, z, z+2), append(match, false, true)
	}
	c := newDET([]DETCurve{{"normal", measure.NewOrder(score, match).Sweep(nil)}})
	var first, last [2]float64
	corners := strings.Split(strings.TrimPrefix(c.Lines[0].Path, "M"), "L")
	at := func(corner string) (x, y float64) {
		t.Helper()
		p := strings.Fields(corner)
		return parseFloat(t, p[0]), parseFloat(t, p[1])
	}
	first[0], first[1] = at(corners[0])
	last[0], last[1] = at(corners[len(corners)-1])
	for _, corner := range corners {
		x, y := at(corner)
		want := first[1] + (last[1]-first[1])*(x-first[0])/(last[0]-first[0])
		if math.Abs(y-want) > 5 {
			t.Fatalf("at %v the curve is at %v, a straight line at %v", x, y, want)
		}
	}
}

func parseFloat(t *testing.T, s string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestWriteLearning(t *testing.T) {
	for name, points := range map[string][]LearningPoint{
		"usual":    {{100, 2, .5}, {200, 1, .75}, {300, .9, .7}},
		"one":      {{1, 1, 1}},
		"none":     nil,
		"held out": {{100, 2, math.NaN()}, {200, math.Inf(1), math.NaN()}},
	} {
		var b bytes.Buffer
		if err := WriteLearning(&b, points, 1); err != nil {
			t.Fatal(err)
		}
		s := b.String()
		if strings.Contains(s, "NaN") || strings.Contains(s, "Inf") || strings.Count(s, `class="frame"`) != 2 {
			t.Errorf("%s: %s", name, s)
		}
		if kept := strings.Count(s, "<circle"); name == "usual" && kept != 2 {
			t.Errorf("the point that was kept is marked %d times", kept)
		}
	}
}
