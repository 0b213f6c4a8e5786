package record

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

func TestParseNumber(t *testing.T) {
	for in, want := range map[string]float64{
		"0": 0, "7": 7, "1299": 1299, "-3": -3, "−3": -3, "+5": 5, ".5": .5, "5.": 5, " 42\t": 42, "007": 7,
		"3.14": 3.14, "1e5": 1e5, "2.5E-3": 2.5e-3,
		// currencies and units
		"$5": 5, "$ 0.99": .99, "$-5": -5, "-$5": -5, "€9": 9, "9€": 9, "49.99 USD": 49.99, "USD 5": 5, "eur5": 5,
		"US$5": 5, "Rs. 500": 500, "Rs.500": 500, "£1,000": 1000, "₹1,23,456": 123456, "12 %": 12, "12%": 12, "5 kg": 5, "$5 USD": 5,
		// thousands
		"$1,299.00": 1299, "1,299": 1299, "1,234,567.89": 1234567.89, "1 299": 1299, "12\u00a0500": 12500, "1\u202f299,50": 1299.5,
		"1'299.50 CHF": 1299.5, "1’299": 1299, "1.234.567": 1234567,
		// the European decimal comma
		"1.299,00 €": 1299, "12,5": 12.5, "12,50": 12.5, "0,125": .125, "1299,125": 1299.125, "1 299,125": 1299.125, ",5": .5,
		"1.299": 1.299, // a single point is a decimal: the commoner case in the data sets
		// what stands around a number in a bibliography
		"1995,": 1995, "1995.": 1995, "(1996).": 1996, "(7)": 7, `"12"`: 12, "` 12 '": 12,
	} {
		if got, ok := ParseNumber(in); !ok || got != want {
			t.Errorf("ParseNumber(%q) = %v, %v; want %v", in, got, ok, want)
		}
	}
}

func TestParseNumberRejects(t *testing.T) {
	for _, in := range []string{
		"", " ", ".", ",", "-", "+", "$", "%", "e", "e5", "e+5", "--5", "+-5", "$$5", "5-", "-$-5",
		"NaN", "nan", "Inf", "-inf", "Infinity", "1e400", "-1e400", "1e5e5", "1e5.5", "0x1F", "1_000", "1p3",
		"2020-01-02", "01/02/2020", "1/2", "3:01", "31-Mar-15", "1999-2000", "129-161",
		"310/246-1501", "310/246 -1501", "310-246-1501", "800 555 1212", "+61 2 9212 1234", "12345 67890",
		"1 2 3", "1,2,3", "8,10,12", "1.2.3", "192.168.1.1", "1,2345,678",
		"1.299.00", "1,299,00", "1,299.00.00", "1.299,00,00", "1,299 000",
		"A4", "mk 2", "vol. 3", "KX5", "5 pieces", "40 in x 20 in", "abt 12", "5 5 kg", "$5 pounds", "Album Only", "5(2)",
		"٤٢", "４２", "½", "²", "Ⅳ", "一二", "12\x00", "\xff12", "🙂5",
		strings.Repeat("9", maxNumber+1), strings.Repeat("1,", 1<<16), strings.Repeat(" ", 1<<16) + "x",
	} {
		if got, ok := ParseNumber(in); ok {
			t.Errorf("ParseNumber(%q) = %v; want no number", in, got)
		}
	}
}

// What Go writes without an exponent must be read back as it was.
func TestParseNumberReadsFloats(t *testing.T) {
	for _, x := range []float64{0, 1, -1, 0.1, 1e-7, 123456.75, 1e15 + 1, -9.99} {
		s := strconv.FormatFloat(x, 'f', -1, 64)
		if got, ok := ParseNumber(s); !ok || got != x {
			t.Errorf("ParseNumber(%q) = %v, %v", s, got, ok)
		}
	}
}

func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"1299", "$1,299.00", "1.299,00 €", "1e400", "2020-01-02", "₹1,23,456", "(1996).", "\xff", "1 2", "-−5", "(", "()"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, ok := ParseNumber(s)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Errorf("ParseNumber(%q) = %v", s, v)
		}
		if !ok && v != 0 {
			t.Errorf("ParseNumber(%q) = %v without a number", s, v)
		}
		if ok && !strings.ContainsAny(s, "0123456789") {
			t.Errorf("ParseNumber(%q) = %v: there is no digit", s, v)
		}
	})
}
