package report

import (
	"bytes"
	"errors"
	"flag"
	"html"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/doppeldb/doppel/query/match"
	"github.com/doppeldb/doppel/record"
)

var update = flag.Bool("update", false, "rewrite the golden pages in testdata")

// smallDedupe is a page that uses every part once.
func smallDedupe() Page {
	p := Page{
		Kind: Dedupe, Title: "restaurants.csv", Version: "0.1.0", Command: "doppel dedupe restaurants.csv",
		Sources:   []Source{{"restaurants.csv", 864, "id"}},
		Schema:    record.Schema{{Name: "name", Kind: record.Text}, {Name: "phone", Kind: record.Code}, {Name: "seats", Kind: record.Number}},
		Settings:  []Setting{{"candidates per record", "20"}, {"seed", "1"}},
		Generated: time.Date(2026, 11, 23, 18, 4, 0, 0, time.UTC),
		Threshold: 0.51, AutoThreshold: true,
		Counts:       Counts{Records: 864, Candidates: 1203, Matches: 3, Clusters: 2, ClusteredRows: 5},
		ClusterSizes: []SizeCount{{2, 1}, {3, 1}},
		Stages:       []match.Stage{{Name: "encode", Took: 40 * time.Millisecond}, {Name: "score", Took: 1500 * time.Millisecond}},
		Warnings:     []string{"seats is missing in 80 % of the rows."},
		Quality:      &Quality{0.97, 0.9, 0.934, "All pairs inside the known groups."},
	}
	p.Histogram[0], p.Histogram[25], p.Histogram[49] = 1190, 9, 4
	pair := Example{"14", "15", 0.9997, "", match.Explanation{
		Fields: []match.FieldComparison{
			{Name: "name", Left: "Art's Deli", Right: "art's delicatessen", Similarity: 0.62},
			{Name: "phone", Left: "818/762-1221", Right: "818-762-1221", Similarity: 1},
			{Name: "seats", Left: "40", Right: "", Similarity: -1},
		},
		Evidence: []match.Evidence{
			{Name: "code.shared", Text: "both name the number 8187621221", Weight: 4.1},
			{Name: "name.words", Text: "half of the words of the names differ", Weight: -1.2},
		},
	}}
	lost := pair
	lost.Score, lost.Reason = 0.5, match.BelowThreshold.String()
	p.Strongest, p.Weakest, p.Rejected = []Example{pair}, []Example{pair}, []Example{lost}
	p.Largest = []Cluster{{Name: "7", Size: 3, Rows: []record.Record{
		{Key: "14", Values: []string{"Art's Deli", "818/762-1221", ""}},
		{Key: "15", Values: []string{"art's delicatessen", "818-762-1221", ""}},
	}}}
	return p
}

func render(t *testing.T, p Page) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, p); err != nil {
		t.Fatal(err)
	}
	if s := b.String(); strings.Contains(s, "ZgotmplZ") || strings.Contains(s, "NaN") {
		t.Error("the page holds a value that the template refused, or NaN")
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	empty := Page{Kind: Link, Sources: []Source{{"a.csv", 10, "id"}, {"b.csv", 12, ""}}, Counts: Counts{Records: 22}, Threshold: 0.5}
	for name, p := range map[string]Page{"dedupe": smallDedupe(), "empty": empty} {
		t.Run(name, func(t *testing.T) {
			// Style and script are files of their own: they would drown what is tested here.
			got := render(t, p)
			got = strings.Replace(got, style, "(style)", 1)
			got = strings.Replace(got, script, "(script)", 1)
			got = strings.Replace(got, scriptHash(), "(hash)", 1)
			path := filepath.Join("testdata", name+".html")
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
		})
	}
}

func TestDeterministic(t *testing.T) {
	first := render(t, smallDedupe())
	for range 5 {
		if render(t, smallDedupe()) != first {
			t.Fatal("the same page gave different bytes")
		}
	}
	p := smallDedupe()
	p.Generated, p.Stages = time.Time{}, nil
	if s := render(t, p); strings.Contains(s, "<time") || strings.Contains(s, ">Time<") {
		t.Error("a page without times shows one")
	}
}

var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `</title></style></script><b>`,
	`{{.Title}}`, `javascript:alert(1)`, `<!--`, `]]>`, "\u202egnp.exe", "שלום عالم", "👩‍👩‍👧 🇩🇪", "a\x00b\x1b[31m\xff",
}

// pageOf is a page in which every string is text.
func pageOf(text string) Page {
	p := smallDedupe()
	p.Title, p.Version, p.Command, p.Warnings, p.Quality.Protocol = text, text, text, []string{text}, text
	p.Sources, p.Settings = []Source{{text, 1, text}}, []Setting{{text, text}}
	p.Schema = record.Schema{{Name: text, Kind: record.Text}}
	p.Stages = []match.Stage{{Name: text}}
	e := Example{text, text, 0.5, text, match.Explanation{
		Fields:   []match.FieldComparison{{Name: text, Left: text, Right: text + " x"}, {Name: text, Left: text}, {Name: text}},
		Evidence: []match.Evidence{{Name: text, Text: text, Weight: 1}, {Name: text, Weight: math.NaN()}, {Weight: math.Inf(1)}},
	}}
	p.Strongest, p.Weakest, p.Rejected = []Example{e}, []Example{e}, []Example{e}
	p.Largest = []Cluster{{Name: text, Rows: []record.Record{{Key: text, Values: []string{text, "one too many"}}, {Key: text}}}}
	return p
}

var (
	anyTag   = regexp.MustCompile(`<[a-zA-Z/!][^>]*>`)
	attrName = regexp.MustCompile(`="[^"]*"`)
)

// skeleton lists the tags of a page with the names of their attributes, without
// the marks of differing words.
func skeleton(page string) []string {
	page = strings.NewReplacer(style, "", script, "").Replace(page)
	var tags []string
	for _, tag := range anyTag.FindAllString(page, -1) {
		tag = attrName.ReplaceAllString(tag, "")
		if !strings.Contains(tag, "mark") {
			tags = append(tags, tag)
		}
	}
	return tags
}

// Every string of a page comes from a user's file. None may become markup: the
// tags must be those of the same page with harmless strings.
func TestEscaping(t *testing.T) {
	want := skeleton(render(t, pageOf("harmless")))
	for _, text := range hostile {
		page := render(t, pageOf(text))
		if got := skeleton(page); !slices.Equal(got, want) {
			t.Errorf("%q changes the markup:\n%q", text, got)
		}
		for _, control := range []string{"\x00", "\x1b", "\xff"} {
			if strings.Contains(page, control) {
				t.Errorf("the page holds %q", control)
			}
		}
		if strings.IndexFunc(text, unicode.IsControl) < 0 && !strings.Contains(page, html.EscapeString(text)) {
			t.Errorf("the page does not show %q", text)
		}
	}
}

func TestHugeCell(t *testing.T) {
	p := smallDedupe()
	huge := strings.Repeat("lorem ipsum ", 10<<20/12)
	p.Strongest[0].LeftKey = huge
	p.Strongest[0].Explanation.Fields[0].Left = huge
	p.Largest[0].Rows[0].Values[0] = huge
	page := render(t, p)
	if len(page) > 200<<10 {
		t.Errorf("the page has %d bytes", len(page))
	}
	if !strings.Contains(page, "more bytes are not shown") {
		t.Error("the page does not say that it cut a value")
	}
}

// A page without network must not even name an address to load from.
func TestSelfContained(t *testing.T) {
	page := render(t, smallDedupe())
	if m := regexp.MustCompile(`(?i)https?://|@import|url\(|<iframe|<link[^>]+stylesheet|\ssrc=`).FindString(page); m != "" {
		t.Errorf("the page refers to something outside: %q", m)
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] {
			t.Errorf("id %q appears twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`(?:href="#|aria-labelledby="|for=")([^"]+)"`).FindAllStringSubmatch(page, -1) {
		for _, id := range strings.Fields(m[1]) {
			if !ids[id] {
				t.Errorf("%s points nowhere", m[0])
			}
		}
	}
}

func TestNothingFound(t *testing.T) {
	rejected := []Example{{LeftKey: "1", RightKey: "2", Score: 0.4}}
	tests := []struct {
		name string
		page Page
		want []string
	}{
		{"nothing compared", Page{Kind: Dedupe, Counts: Counts{Records: 7}},
			[]string{"No duplicates found in 7 rows.", "No two rows were alike enough", "No pair was scored", "No rows were grouped", "No pair was compared."}},
		{"all rejected", Page{Kind: Link, Counts: Counts{Candidates: 9}, Rejected: rejected},
			[]string{"No matches found", "just under their score", "No pair was accepted."}},
		{"nothing to show", Page{Kind: Link, Counts: Counts{Candidates: 9}},
			[]string{"none was accepted", "No example was picked for this page."}},
		{"matches without examples", Page{Kind: Link, Counts: Counts{Candidates: 9, Matches: 9}},
			[]string{"9 matching pairs.", "No example was picked for this page.", "Every pair that was compared is a match."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page := render(t, tt.page)
			for _, want := range tt.want {
				if !strings.Contains(page, want) {
					t.Errorf("the page does not say %q", want)
				}
			}
			if strings.Contains(page, `id="filter"`) != (tt.page.Rejected != nil) {
				t.Error("the filter box should be there exactly when there are examples")
			}
		})
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

func TestWriteErrors(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, Page{Kind: "merge"}); !errors.Is(err, ErrKind) || b.Len() != 0 {
		t.Errorf("unknown kind: %v, %d bytes written", err, b.Len())
	}
	full := errors.New("disk full")
	if err := Write(brokenWriter{full}, smallDedupe()); !errors.Is(err, full) {
		t.Errorf("broken writer: %v", err)
	}
}
