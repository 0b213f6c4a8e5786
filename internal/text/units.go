package text

import (
	"math"
	"strconv"
)

// units maps the spellings of a unit to its short form.
var units = map[string]string{
	"in": "in", "inch": "in", "inches": "in", "ft": "ft", "foot": "ft", "feet": "ft",
	"mm": "mm", "millimeter": "mm", "millimetre": "mm", "cm": "cm", "centimeter": "cm", "centimetre": "cm",
	"m": "m", "meter": "m", "meters": "m", "metre": "m", "metres": "m", "km": "km",
	"g": "g", "gram": "g", "grams": "g", "kg": "kg", "kilogram": "kg", "kilograms": "kg", "kilo": "kg",
	"lb": "lb", "lbs": "lb", "pound": "lb", "pounds": "lb", "oz": "oz", "ounce": "oz", "ounces": "oz",
	"ml": "ml", "milliliter": "ml", "millilitre": "ml", "milliliters": "ml", "millilitres": "ml", "cl": "cl", "l": "l", "liter": "l", "liters": "l", "litre": "l", "litres": "l", "ltr": "l",
	"kb": "kb", "mb": "mb", "megabyte": "mb", "megabytes": "mb", "gb": "gb", "gigabyte": "gb", "gigabytes": "gb", "gig": "gb",
	"tb": "tb", "terabyte": "tb", "terabytes": "tb", "hz": "hz", "hertz": "hz", "khz": "khz", "mhz": "mhz", "ghz": "ghz",
	"w": "w", "watt": "w", "watts": "w", "kw": "kw", "v": "v", "volt": "v", "volts": "v", "ma": "ma", "mah": "mah", "ah": "ah",
	"mp": "mp", "megapixel": "mp", "megapixels": "mp", "rpm": "rpm", "lm": "lm", "lumen": "lm", "lumens": "lm",
	"pk": "pack", "pack": "pack", "packs": "pack", "pcs": "pcs", "pc": "pcs", "piece": "pcs", "pieces": "pcs", "ct": "ct", "count": "ct",
	"gr": "g", "k": "k", "kelvin": "k", "bar": "bar", "bars": "bar", "person": "person", "persons": "person", "people": "person",
	"h": "h", "hour": "h", "hours": "h", "hr": "h", "hrs": "h", "fps": "fps", "dpi": "dpi", "sheet": "sheet", "sheets": "sheet", "page": "page", "pages": "page",
	"user": "user", "users": "user", "port": "port", "ports": "port", "cup": "cup", "cups": "cup",
}

const maxUnit = 11

// bases maps a unit to the unit of its family that values are compared in.
var bases = map[string]struct {
	unit   string
	factor float64
}{"kg": {"g", 1000}, "l": {"ml", 1000}, "cl": {"ml", 10}, "tb": {"gb", 1000}, "kw": {"w", 1000}, "ah": {"mah", 1000}}

// Quantity gives a number and its unit, short form, as one word in which equal
// quantities are equal: 1 kg and 1000 g are both "1000g", 1.50 l is "1500ml".
func Quantity(number, unit string) string {
	x, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return number + unit
	}
	if b, ok := bases[unit]; ok {
		x, unit = x*b.factor, b.unit
	}
	return strconv.FormatFloat(math.Round(x*1e6)/1e6, 'f', -1, 64) + unit
}

// Unit gives the short form of a unit, "in" for "inches". Units are ASCII.
func Unit(word []rune) (string, bool) { return unitOf(word) }

// unitOf gives the short form of a unit.
func unitOf(word []rune) (string, bool) {
	if len(word) == 0 || len(word) > maxUnit {
		return "", false
	}
	var buf [maxUnit]byte
	for i, r := range word {
		if r >= 0x80 {
			return "", false
		}
		buf[i] = byte(r)
	}
	short, ok := units[string(buf[:len(word)])]
	return short, ok
}
