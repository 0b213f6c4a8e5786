package record

import (
	"errors"
	"strings"
	"testing"
)

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		name   string
		schema Schema
		want   string // part of the error; "" means valid
	}{
		{"nil", nil, "no field"},
		{"empty", Schema{}, "no field"},
		{"one", Schema{{"title", Text}}, ""},
		{"all kinds", Schema{{"a", Text}, {"b", Number}, {"c", Category}, {"d", Code}, {"e", Ignore}, {"f", Image}}, ""},
		{"case differs", Schema{{"title", Text}, {"Title", Text}}, ""},
		{"nameless", Schema{{"title", Text}, {"", Text}}, "field 2 has no name"},
		{"twice", Schema{{"title", Text}, {"price", Number}, {"title", Number}}, `"title" appears twice`},
		{"unknown kind", Schema{{"title", Image + 1}}, "unknown kind 6"},
		{"kind 255", Schema{{"title", 255}}, "unknown kind 255"},
	} {
		err := c.schema.Validate()
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && (!errors.Is(err, ErrSchema) || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

func TestOverride(t *testing.T) {
	base := Schema{{"Title", Text}, {"List Price", Text}, {"a:b", Text}, {"x,y", Text}}
	for _, c := range []struct {
		spec, want string // want is the new schema, or with '!' in front a part of the error
	}{
		{"", "Title:text,List Price:text,a:b:text,x,y:text"},
		{" , ,", "Title:text,List Price:text,a:b:text,x,y:text"},
		{"list_price:number", "Title:text,List Price:number,a:b:text,x,y:text"},
		{" TITLE : Code , list-price:NUMBER", "Title:code,List Price:number,a:b:text,x,y:text"},
		{"a:b:ignore", "Title:text,List Price:text,a:b:ignore,x,y:text"},
		{"title:number,title:code", "Title:code,List Price:text,a:b:text,x,y:text"},
		{"title", "!is not NAME:KIND"},
		{"title:", `!unknown kind ""`},
		{"title:price", `!unknown kind "price"; use one of text, number`},
		{"colour:text", `!no column "colour"; the columns are Title, List Price`},
		{":text", `!no column ""`},
	} {
		got, err := base.Override(c.spec)
		if part, bad := strings.CutPrefix(c.want, "!"); bad {
			if !errors.Is(err, ErrSchema) || !strings.Contains(err.Error(), part) {
				t.Errorf("Override(%q): error %v, want %q", c.spec, err, part)
			}
			continue
		}
		if err != nil || got.String() != c.want {
			t.Errorf("Override(%q) = %v, %v; want %s", c.spec, got, err, c.want)
		}
	}
	if base.String() != "Title:text,List Price:text,a:b:text,x,y:text" {
		t.Errorf("Override changed its receiver: %v", base)
	}
}

// A name that is written exactly must not touch another that only folds to it.
func TestOverridePrefersTheExactName(t *testing.T) {
	got, err := Schema{{"price", Text}, {"Price", Text}}.Override("Price:number")
	if want := "price:text,Price:number"; err != nil || got.String() != want {
		t.Errorf("got %v, %v; want %s", got, err, want)
	}
}

func TestParseKind(t *testing.T) {
	for k := Text; k <= Ignore; k++ {
		for _, s := range []string{k.String(), strings.ToUpper(k.String())} {
			if got, err := ParseKind(s); err != nil || got != k {
				t.Errorf("ParseKind(%q) = %v, %v", s, got, err)
			}
		}
	}
	for _, s := range []string{"", "txt", "text ", "kind(0)", "0"} {
		if _, err := ParseKind(s); !errors.Is(err, ErrSchema) {
			t.Errorf("ParseKind(%q): error %v", s, err)
		}
	}
	if got := Kind(9).String(); got != "kind(9)" {
		t.Errorf("Kind(9) is called %q", got)
	}
}

// The numbers are written into files.
func TestKindNumbers(t *testing.T) {
	if got := [...]Kind{Text, Number, Category, Code, Ignore}; got != [...]Kind{0, 1, 2, 3, 4} {
		t.Errorf("the kinds are %d", got)
	}
}

func TestSameName(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"Song_Name", "song name", true}, {"e-mail", "EMAIL", true}, {"a.b", "A\tB", true}, {"", "_", true},
		{"price", "prices", false}, {"a/b", "ab", false}, {"größe", "GRÖßE", true},
	} {
		if got := SameName(c.a, c.b); got != c.want || SameName(c.b, c.a) != got {
			t.Errorf("SameName(%q, %q) = %v", c.a, c.b, got)
		}
	}
}

func TestSchemaLookups(t *testing.T) {
	s := Schema{{"title", Text}, {"price", Number}}
	if s.Index("price") != 1 || s.Index("Price") != -1 {
		t.Error("Index")
	}
	if got := strings.Join(s.Names(), "|"); got != "title|price" {
		t.Errorf("Names: %s", got)
	}
	if !s.Equal(Schema{{"title", Text}, {"price", Number}}) || s.Equal(s[:1]) || s.Equal(Schema{{"title", Text}, {"price", Code}}) {
		t.Error("Equal")
	}
	if err := s.Check([]string{"a", ""}); err != nil {
		t.Error(err)
	}
	if err := s.Check([]string{"a"}); !errors.Is(err, ErrArity) || !strings.Contains(err.Error(), "1 values for 2 fields") {
		t.Errorf("Check: %v", err)
	}
}
