package text

// units maps the spellings of a unit to its short form.
var units = map[string]string{
	"in": "in", "inch": "in", "inches": "in", "ft": "ft", "foot": "ft", "feet": "ft",
	"mm": "mm", "millimeter": "mm", "millimetre": "mm", "cm": "cm", "centimeter": "cm", "centimetre": "cm",
	"m": "m", "meter": "m", "meters": "m", "metre": "m", "metres": "m", "km": "km",
	"g": "g", "gram": "g", "grams": "g", "kg": "kg", "kilogram": "kg", "kilograms": "kg", "kilo": "kg",
	"lb": "lb", "lbs": "lb", "pound": "lb", "pounds": "lb", "oz": "oz", "ounce": "oz", "ounces": "oz",
	"ml": "ml", "milliliter": "ml", "millilitre": "ml", "cl": "cl", "l": "l", "liter": "l", "liters": "l", "litre": "l", "litres": "l", "ltr": "l",
	"kb": "kb", "mb": "mb", "megabyte": "mb", "megabytes": "mb", "gb": "gb", "gigabyte": "gb", "gigabytes": "gb", "gig": "gb",
	"tb": "tb", "terabyte": "tb", "terabytes": "tb", "hz": "hz", "hertz": "hz", "khz": "khz", "mhz": "mhz", "ghz": "ghz",
	"w": "w", "watt": "w", "watts": "w", "kw": "kw", "v": "v", "volt": "v", "volts": "v", "ma": "ma", "mah": "mah", "ah": "ah",
	"mp": "mp", "megapixel": "mp", "megapixels": "mp", "rpm": "rpm", "lm": "lm", "lumen": "lm", "lumens": "lm",
	"pk": "pack", "pack": "pack", "packs": "pack", "pcs": "pcs", "pc": "pcs", "piece": "pcs", "pieces": "pcs", "ct": "ct", "count": "ct",
	"user": "user", "users": "user", "port": "port", "ports": "port", "cup": "cup", "cups": "cup",
}

const maxUnit = 10

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
