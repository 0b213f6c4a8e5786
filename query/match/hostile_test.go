package match

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// hostile are values that real files had, or that somebody may try.
func hostile() []string {
	words := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	return []string{
		"", " ", "\x00", "a\x00b", "\xff\xfe invalid \xc3\x28", "👩‍👩‍👧‍👦 🇩🇪 émoji ✌🏽", "\u202eright to left\u202c", "\ufeffbom", "NaN", "-Inf", "1e999", "0x1p-2",
		strings.Repeat("9", 400), strings.Repeat("9", 400) + " kg", strings.Repeat("a", 50000), strings.Repeat("é", 20000), strings.Repeat("1 kg ", 5000),
		words(10000, "word%d "), words(5000, "w%dx "), words(3000, "%d inch "), words(3000, "%d-"), strings.Repeat("-", 100000), "pack of", "of 6", `"`, `40"x30"`,
		"&amp;&lt;&#x1F600;", "日本語のテキスト 東京", "ﬁ ﬂ ½ ①", "…", "\r\n", strings.Repeat("\u0301", 500), "amp hour", "1.2.3.4.5", ".5.", "=cmd()", "'; drop table",
	}
}

func TestHostileValues(t *testing.T) {
	values := hostile()
	if testing.Short() { // the race detector makes the long ones slow
		for i, v := range values {
			values[i] = v[:min(len(v), 4000)]
		}
	}
	var rows [][]string
	for i, v := range values {
		rows = append(rows, []string{v, values[(i*7+3)%len(values)], v, v})
	}
	rows = append(rows, slices.Clone(rows[3]), slices.Clone(rows[17]))
	schema := schemaOf(t, "title:text price:number sku:code kind:category")
	r := dedupeRows(t, schema, rows, Options{TopK: 1 << 62, KeepRejected: 1 << 62})
	for _, p := range [][2]int{{3, len(values)}, {17, len(values) + 1}} {
		if r.ClusterOf[p[0]] != r.ClusterOf[p[1]] {
			t.Errorf("equal rows %v are apart", p)
		}
	}
	for _, x := range r.Rejected[:min(50, len(r.Rejected))] {
		r.Explain(x.Pair)
	}
	l := linkRows(t, schema, rows[:20], rows[20:], Options{TopK: 1 << 62, KeepRejected: 1 << 62})
	for _, x := range l.Rejected[:min(50, len(l.Rejected))] {
		l.Explain(x.Pair)
	}
}

// What a very long value costs is bounded; see longestValue and mostWords.
func TestHugeCell(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("encodes 10 MB")
	}
	huge := strings.Repeat("supercalifragilistic expialidocious 40in ", 10<<20/41)
	if r := dedupeRows(t, schemaOf(t, "title:text"), append(titles(huge), background...), Options{}); r.ClusterOf[1] == r.ClusterOf[0] {
		t.Error("ten megabytes are a television")
	}
}
