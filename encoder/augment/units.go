package augment

import (
	"math/rand/v2"
	"strings"
)

// unitForms are spellings of one unit, as catalogues have them.
var unitForms = [][]string{
	{"inch", "inches", "in", `"`}, {"gb", "gigabyte", "gigabytes"}, {"mb", "megabyte", "megabytes"}, {"tb", "terabyte"},
	{"oz", "ounce", "ounces"}, {"lb", "lbs", "pound", "pounds"}, {"kg", "kilogram", "kilograms"}, {"g", "gram", "grams"},
	{"ft", "feet", "foot", "'"}, {"cm", "centimeter"}, {"mm", "millimeter"}, {"ml", "milliliter"}, {"l", "liter", "litre"},
	{"w", "watt", "watts"}, {"v", "volt", "volts"}, {"mhz", "megahertz"}, {"ghz", "gigahertz"}, {"ct", "count"}, {"pk", "pack"},
}

var formsOf = func() map[string][]string {
	m := map[string][]string{}
	for _, forms := range unitForms {
		for _, f := range forms {
			m[f] = forms
		}
	}
	return m
}()

// Units spells the units of some quantities differently, with or without a
// space after the number: 40 inch, 40", 40in.
func Units(r *rand.Rand, words []string, share float64) []string {
	out := make([]string, 0, len(words)+2)
	for i := 0; i < len(words); i++ {
		number, unit := cutNumber(words[i])
		apart := number != "" && unit == "" && i+1 < len(words) && formsOf[strings.ToLower(words[i+1])] != nil
		if apart {
			unit = words[i+1]
		}
		forms := formsOf[strings.ToLower(unit)]
		if number == "" || forms == nil || r.Float64() >= share {
			out = append(out, words[i])
			continue
		}
		if apart {
			i++
		}
		form := forms[r.IntN(len(forms))]
		if r.IntN(2) == 0 && len(form) > 1 {
			out = append(out, number, form)
		} else {
			out = append(out, number+form)
		}
	}
	return out
}

// cutNumber takes the digits and points off the front of a word.
func cutNumber(word string) (number, rest string) {
	rest = strings.TrimLeft(word, "0123456789.")
	number = word[:len(word)-len(rest)]
	if strings.Trim(number, ".") == "" {
		return "", word
	}
	return number, rest
}
