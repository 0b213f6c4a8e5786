package f32

// exp of a float32 by reduction and a polynomial: x = n ln 2 + r with n whole and
// |r| <= ln 2 / 2, so exp x = 2^n exp r, and exp r is its Taylor series up to r^7,
// whose rest is below 8e-9 of it. No step fuses multiply and add, so that every
// path gives the same bits. TestExp holds it to 1.5 units in the last place.
const (
	expLow   = -87 // below it the result is 0, where the last normal numbers end
	expLog2e = 1.44269504088896340735992468100189214
	// expRound added to a number below 2^22 leaves its whole part in the last bits.
	expRound = 3 << 22
	// ln 2 in two parts: of the first, 9 bits long, a multiple by n is exact.
	expLn2High = 355.0 / 512
	expLn2Low  = 0.693147180559945309417232121458176568 - expLn2High
)

// expShiftGeneric does x[i] = exp(x[i] - less), for differences of at most 88.
func expShiftGeneric(less float32, x []float32) {
	for i, v := range x {
		x[i] = exp(v - less)
	}
}

// exp is for x of at most 88; NaN gives NaN.
func exp(x float32) float32 {
	if x < expLow {
		return 0
	}
	t := float32(x*expLog2e) + expRound
	n := t - expRound
	r := x - float32(n*expLn2High)
	r -= float32(n * expLn2Low)
	p := float32(1. / 5040)
	p = float32(p*r) + 1./720
	p = float32(p*r) + 1./120
	p = float32(p*r) + 1./24
	p = float32(p*r) + 1./6
	p = float32(p*r) + 1./2
	p = float32(p*r) + 1
	p = float32(p*r) + 1
	return p * powerOfTwo(t)
}
