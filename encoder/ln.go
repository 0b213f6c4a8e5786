package encoder

import "math"

// ln is the natural logarithm of a positive, finite x. [math.Log] has assembly on some
// machines and may fuse operations on others; the models of all of them shall
// be the same bytes. Every product is rounded by a conversion before it is added.
func ln(x float64) float64 {
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, e = 2*m, e-1
	}
	// ln m = 2 artanh t; |t| < .172, so that the terms left out are under 1e-17.
	t := (m - 1) / (m + 1)
	t2 := float64(t * t)
	var sum float64
	for k := 21; k >= 1; k -= 2 {
		sum = float64(sum*t2) + 1/float64(k)
	}
	return float64(float64(e)*math.Ln2) + float64(2*t*sum)
}

// damping[c] is 1 + ln c: the weight of a feature that occurs c times.
var damping = func() (t [64]float32) {
	for c := 1; c < len(t); c++ {
		t[c] = 1 + float32(ln(float64(c)))
	}
	return t
}()

func damped(count uint32) float32 {
	if count < uint32(len(damping)) {
		return damping[count]
	}
	return 1 + float32(ln(float64(count)))
}
