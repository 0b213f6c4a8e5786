package synth

import "testing"

func TestAppendPrice(t *testing.T) {
	for _, c := range []struct {
		cents int64
		f     priceFormat
		want  string
	}{
		{129900, pricePlain, "1299.00"},
		{129900, priceBare, "1299"},
		{129950, priceBare, "1299.5"},
		{129905, priceBare, "1299.05"},
		{129900, priceDollar, "$1299.00"},
		{129900, priceThousands, "1,299.00"},
		{1200507, priceDollarThousands, "$12,005.07"},
		{99999, priceThousands, "999.99"},
		{99, priceCode, "USD 0.99"},
	} {
		if got := string(appendPrice(nil, c.cents, c.f)); got != c.want {
			t.Errorf("%d in format %d: got %q, want %q", c.cents, c.f, got, c.want)
		}
	}
}

func TestAskedStaysWithinPercents(t *testing.T) {
	w := newWriter(Options{Noise: 1})
	same := 0
	for i := range 2000 {
		w.d.seed(1, streamRow, uint64(i))
		got := w.asked(100000)
		if got < 94900 || got > 104199 {
			t.Fatalf("asked %d for 100000", got)
		}
		if got == 100000 {
			same++
		}
	}
	if same == 0 || same > 400 {
		t.Errorf("%d of 2000 prices unchanged at full noise, want about a tenth", same)
	}
}

func TestAppendID(t *testing.T) {
	for r, want := range map[int]string{0: "p000001", 99: "p000100", 99998: "p099999", 99999: "p100000", 1234566: "p1234567"} {
		if got := string(appendID(nil, "p", r)); got != want {
			t.Errorf("row %d: %s, want %s", r, got, want)
		}
	}
}

func TestAppendCode(t *testing.T) {
	for sep, want := range map[separators]string{sepKeep: "KD-40/V3 B", sepDrop: "KD40V3B", sepSpace: "KD 40 V3 B"} {
		if got := string(appendCode(nil, []byte("KD-40/V3 B"), sep)); got != want {
			t.Errorf("separators %d: %q, want %q", sep, got, want)
		}
	}
}

func TestSetCase(t *testing.T) {
	for c, want := range map[letterCase]string{
		caseAsIs: `slim 40" KD-1 in black`, caseLower: `slim 40" kd-1 in black`,
		caseUpper: `SLIM 40" KD-1 IN BLACK`, caseTitle: `Slim 40" KD-1 in Black`,
	} {
		b := []byte(`slim 40" KD-1 in black`)
		if setCase(b, c); string(b) != want {
			t.Errorf("case %d: %q, want %q", c, b, want)
		}
	}
}

// A typo is one edit inside its word and leaves everything around it alone.
func TestTypoIsOneEdit(t *testing.T) {
	kinds := make(map[string]bool)
	for i := range 500 {
		w := newWriter(Options{})
		w.d.seed(1, streamRow, uint64(i))
		w.buf = append(w.buf, "KD-1 kettle 2 l"...)
		w.typo(span{5, 11})
		got := string(w.buf)
		if got[:6] != "KD-1 k" || got[len(got)-4:] != " 2 l" || len(got) < 14 || len(got) > 16 {
			t.Fatalf("typo gave %q", got)
		}
		kinds[got] = true
	}
	if len(kinds) < 10 {
		t.Errorf("only %d different typos", len(kinds))
	}
}

func TestEntities(t *testing.T) {
	w := newWriter(Options{})
	w.buf = append(w.buf, `"TV 40" wet & dry men's`...)
	w.entities(1)
	if want := `"TV 40&quot; wet &amp; dry men&#39;s`; string(w.buf) != want {
		t.Errorf("got %q, want %q", w.buf, want)
	}
}
