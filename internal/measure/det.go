package measure

import "gonum.org/v1/gonum/stat/distuv"

// Deviate is the normal deviate of a share: the axes of a detection-error trade-off
// curve, on which two normal distributions give a straight line (Martin et al., The DET
// curve in assessment of detection task performance, Eurospeech 1997). 0 and 1
// are at infinity.
func Deviate(share float64) float64 { return distuv.UnitNormal.Quantile(share) }

// DET gives the corners of the detection-error trade-off curve of a sweep: false
// acceptance and false rejection rate of each cut, acceptance ascending, as shares.
// Cuts between two that lie on one line with them are left out.
func DET(sweep []Point) [][2]float64 {
	var out [][2]float64
	for _, p := range sweep {
		q := [2]float64{p.FAR(), p.FRR()}
		if n := len(out); n > 1 && (q[0] == out[n-1][0] && q[0] == out[n-2][0] || q[1] == out[n-1][1] && q[1] == out[n-2][1]) {
			out[n-1] = q
			continue
		}
		out = append(out, q)
	}
	return out
}
