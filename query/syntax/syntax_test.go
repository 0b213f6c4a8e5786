package syntax_test

import (
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/doppeldb/doppel/query/syntax"
)

var update = flag.Bool("update", false, "rewrite golden files")

// withoutPlaces sets every position in v to 0.
func withoutPlaces(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			withoutPlaces(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			withoutPlaces(v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			withoutPlaces(v.Index(i))
		}
	default:
		if v.Type() == reflect.TypeFor[syntax.Pos]() && v.CanSet() {
			v.SetInt(0)
		}
	}
}

// mustReturn checks that a statement prints as text that parses to the same statement.
func mustReturn(t *testing.T, s syntax.Statement) string {
	t.Helper()
	text := syntax.String(s)
	again, err := syntax.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	withoutPlaces(reflect.ValueOf(s))
	withoutPlaces(reflect.ValueOf(again.Statement))
	if !reflect.DeepEqual(s, again.Statement) {
		t.Fatalf("%s\nbecomes\n%s\n%#v\n%#v", text, syntax.String(again.Statement), s, again.Statement)
	}
	return text
}

// Every statement of the page parses, and every kind of statement is on it.
func TestPageOfTheLanguage(t *testing.T) {
	page, err := os.ReadFile("../../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[reflect.Type]int{}
	for _, block := range regexp.MustCompile("(?s)```sql\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		for parsed, err := range syntax.Script(block[1]) {
			if err != nil {
				t.Errorf("%s%v", block[1], err)
				break
			}
			mustReturn(t, parsed.Statement)
			kinds[reflect.TypeOf(parsed.Statement)]++
		}
	}
	want := []syntax.Statement{&syntax.Classify{}, &syntax.Compare{}, &syntax.CreateClass{}, &syntax.CreateClasses{}, &syntax.CreateCollection{},
		&syntax.Dedupe{}, &syntax.Delete{}, &syntax.Describe{}, &syntax.DropClass{}, &syntax.DropCollection{}, &syntax.DropLabel{}, &syntax.DropModel{},
		&syntax.Evaluate{}, &syntax.Explain{}, &syntax.Export{}, &syntax.Import{}, &syntax.Insert{}, &syntax.Label{}, &syntax.Link{}, &syntax.Select{},
		&syntax.Show{}, &syntax.Train{}}
	for _, s := range want {
		if kinds[reflect.TypeOf(s)] == 0 {
			t.Errorf("no example of %T", s)
		}
	}
	if len(kinds) != len(want) {
		t.Errorf("%d kinds of statements on the page, %d in this test", len(kinds), len(want))
	}
	grammar := regexp.MustCompile("(?s)```ebnf\n(.*?)```").FindStringSubmatch(string(page))[1]
	words := regexp.MustCompile(`\b[A-Z]{2,}\b`).FindAllString(grammar, -1)
	for _, k := range syntax.Keywords() {
		if !slices.Contains(words, k) {
			t.Errorf("the grammar lacks the keyword %s", k)
		}
		if syntax.Reserved(k) && !strings.Contains(strings.ReplaceAll(string(page), "\n", " "), " "+k+" ") {
			t.Errorf("the page lacks the reserved word %s", k)
		}
	}
}

// What is printed is what people would write.
func TestPrint(t *testing.T) {
	for _, c := range [][2]string{
		{"select a,b as c from t where not(a=1 and b<>2)or c is not null", "SELECT a, b AS c FROM t WHERE NOT (a = 1 AND b <> 2) OR c IS NOT NULL"},
		{"select * from t where a in(1,'x',:p) and b not like ?", "SELECT * FROM t WHERE a IN (1, 'x', :p) AND b NOT LIKE ?"},
		{"select a-(b-c)-d, (a-b)-c, a*(b+c), -a, - 5, -5 from t", "SELECT a - (b - c) - d, a - b - c, a * (b + c), -(a), -(5), -5 FROM t"},
		{"select a from t where (a = b) = true", "SELECT a FROM t WHERE (a = b) = TRUE"},
		{"select a from t where a not between 1 and 2 and b = 3", "SELECT a FROM t WHERE a NOT BETWEEN 1 AND 2 AND b = 3"},
		{`select "select", "a b", é, "key" from "T-1"`, `SELECT "select", "a b", é, "key" FROM "T-1"`},
		{"select count(*), count(distinct a) from t group by 1 order by 2 desc, a asc limit 3 offset ?", "SELECT count(*), count(DISTINCT a) FROM t GROUP BY 1 ORDER BY 2 DESC, a LIMIT 3 OFFSET ?"},
		{"select key from t nearest to {a:'x''y',b: -1.5e3} on a , b within .5 using hnsw(ef=10) where c!=1 limit 1", "SELECT key FROM t NEAREST TO {a: 'x''y', b: -1.5e3} ON a, b WITHIN .5 WHERE c <> 1 USING HNSW (EF = 10) LIMIT 1"},
		{"explain analyze select 1 from t nearest to record 'k' using exact", "EXPLAIN ANALYZE SELECT 1 FROM t NEAREST TO RECORD 'k' USING EXACT"},
		{"create collection if not exists if (a text key, b number)", "CREATE COLLECTION IF NOT EXISTS if (a TEXT KEY, b NUMBER)"},
		{"create collection if (a text)", "CREATE COLLECTION if (a TEXT)"},
		{"create class :n in c set s from record 'a', record 'b', 3", "CREATE CLASS :n IN c SET s FROM RECORD 'a', 'b', 3"},
		{"link a to b many to many threshold ? using no model into collection m", "LINK a TO b MANY TO MANY THRESHOLD ? USING NO MODEL INTO COLLECTION m"},
		{"/* a */ delete -- b\nfrom t;", "DELETE FROM t"},
	} {
		parsed, err := syntax.Parse(c[0])
		if err != nil {
			t.Errorf("%s: %v", c[0], err)
			continue
		}
		if got := mustReturn(t, parsed.Statement); got != c[1] {
			t.Errorf("%s:\n got %s\nwant %s", c[0], got, c[1])
		}
	}
}

// What is printed of any statement is read back as the same statement.
func TestParseOfPrint(t *testing.T) {
	const cases = 20_000
	for seed := range uint64(cases) {
		g := &generator{rand.New(rand.NewPCG(seed, 1)), 0}
		mustReturn(t, g.statement())
	}
}

func TestParameters(t *testing.T) {
	p, err := syntax.Parse("SELECT a FROM t WHERE a = :x OR b = ? OR c = :y OR d = :x LIMIT ?")
	if err != nil {
		t.Fatal(err)
	}
	if p.Questions != 2 || !slices.Equal(p.Names, []string{"x", "y"}) {
		t.Errorf("%d ?, names %q", p.Questions, p.Names)
	}
}

func TestScript(t *testing.T) {
	var got []string
	for p, err := range syntax.Script(";; select 1 from a ; -- c;\n delete from b;;\ndescribe c") {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, syntax.String(p.Statement))
	}
	if want := []string{"SELECT 1 FROM a", "DELETE FROM b", "DESCRIBE c"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	for _, err := range syntax.Script("describe a;\n\n  describe;") {
		if err != nil && !strings.HasPrefix(err.Error(), "line 3, column 11: ") {
			t.Error(err)
		}
	}
}

func TestComplete(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "  -- note": true, "select 1": false, "select 1;": true, "select ';": false, "select ';';": true, "a; -- b": true,
		"a; b": false, "a /* ;": false, `"x;`: false, "a ; /* b */ ": true, "a ` b": true, "/*": false,
	} {
		if got := syntax.Complete(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// testdata/errors.txtar has a statement a file, with its error below "--->".
func TestErrors(t *testing.T) {
	path := filepath.Join("testdata", "errors.txtar")
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const sep = "--->\n"
	for i, f := range a.Files {
		text, want, _ := strings.Cut(string(f.Data), sep)
		src := strings.TrimSuffix(text, "\n")
		got := "no error\n"
		for _, err := range syntax.Script(src) {
			if err != nil {
				e := err.(*syntax.Error)
				got = e.Error() + "\n" + e.Excerpt() + "\n"
			}
		}
		if *update {
			a.Files[i].Data = []byte(text + sep + got)
		} else if got != want {
			t.Errorf("%s: %s\n got %swant %s", f.Name, src, got, want)
		}
	}
	if *update {
		if err := os.WriteFile(path, txtar.Format(a), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSuggest(t *testing.T) {
	words := []string{"title", "brand", "price", "prize", "description"}
	for word, want := range map[string]string{
		"titel": "title", "TITLE": "title", "desc": "description", "brnad": "brand", "pri": "", "prce": "price", "x": "", "": "", "colour": "",
	} {
		if got := syntax.Suggest(word, words); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}

const typical = `SELECT sku, title, distance FROM products NEAREST TO 'sony bravia 40 inch lcd' ON title WITHIN 0.35
	WHERE brand IN ('sony','lg') AND price BETWEEN 200 AND 900 AND NOT title LIKE '%refurb%'
	USING HNSW(ef = 200) ORDER BY distance LIMIT 10;`

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := syntax.Parse(typical); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for seed := range uint64(40) {
		g := &generator{rand.New(rand.NewPCG(seed, 2)), 0}
		f.Add(syntax.String(g.statement()))
	}
	f.Add(typical)
	if a, err := txtar.ParseFile(filepath.Join("testdata", "errors.txtar")); err == nil {
		for _, e := range a.Files {
			f.Add(string(e.Data))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		_ = syntax.Complete(text)
		for parsed, err := range syntax.Script(text) {
			if err != nil {
				e := err.(*syntax.Error)
				if e.Line < 1 || e.Column < 1 || e.Text == "" || strings.Count(e.Excerpt(), "\n") != 1 {
					t.Errorf("%q: %+v %q", text, e, e.Excerpt())
				}
				return
			}
			mustReturn(t, parsed.Statement)
		}
	})
}
