package synth

import "strconv"

// priceFormat is how a merchant writes an amount.
type priceFormat uint8

const (
	pricePlain           priceFormat = iota // 1299.00
	priceBare                               // 1299, or 1299.5 when cents matter
	priceDollar                             // $1299.00
	priceThousands                          // 1,299.00
	priceDollarThousands                    // $1,299.00
	priceCode                               // USD 1299.00
)

// asked gives the price that a merchant asks: often the list price, else a few
// percent off it, ending as prices do.
func (w *writer) asked(list int64) int64 {
	if w.d.chance(1 - .9*w.noise) {
		return list
	}
	permille := 1000 + int64(w.d.below(91)) - 50
	cents := max(list*permille/1000, 99)
	if w.d.chance(.7) {
		return cents/100*100 + 99
	}
	return cents
}

func appendPrice(b []byte, cents int64, f priceFormat) []byte {
	switch f {
	case priceDollar, priceDollarThousands:
		b = append(b, '$')
	case priceCode:
		b = append(b, "USD "...)
	}
	whole, rest := cents/100, cents%100
	if (f == priceThousands || f == priceDollarThousands) && whole >= 1000 {
		b = strconv.AppendInt(b, whole/1000, 10)
		b = append(b, ',', byte('0'+whole/100%10), byte('0'+whole/10%10), byte('0'+whole%10))
	} else {
		b = strconv.AppendInt(b, whole, 10)
	}
	switch {
	case f == priceBare && rest == 0:
		return b
	case f == priceBare && rest%10 == 0:
		return append(b, '.', byte('0'+rest/10))
	}
	return append(b, '.', byte('0'+rest/10), byte('0'+rest%10))
}
