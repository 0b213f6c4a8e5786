package gallery

import (
	"math"

	"github.com/doppeldb/doppel/internal/measure"
)

// Calibration is how often which distance was wrong on pairs of pictures.
type Calibration struct {
	Classes, Genuine, Impostor int
	// Seen says that training had these classes: there were too few to hold any out, and the rates are
	// better than those of other classes will be.
	Seen   bool
	EER    float64
	Points []Operating // by distance, ascending
}

// Operating is a distance up to which two pictures are taken for the same, with the rates that it had.
type Operating struct{ Distance, FAR, FRR float64 }

// perDecade is how many operating points are kept for each power of ten of the false acceptance rate.
const perDecade = 8

// newCalibration keeps of a verification the distances at evenly spread rates.
func newCalibration(v *measure.Verification, classes int, seen bool) Calibration {
	c := Calibration{Classes: classes, Genuine: v.Genuine, Impostor: v.Impostor, Seen: seen, EER: v.EER}
	if v.Genuine == 0 || v.Impostor == 0 {
		return c
	}
	add := func(p measure.Point) {
		d := -p.Threshold
		if math.IsInf(d, 0) || len(c.Points) > 0 && d <= c.Points[len(c.Points)-1].Distance {
			return
		}
		c.Points = append(c.Points, Operating{d, p.FAR(), p.FRR()})
	}
	decades := math.Ceil(math.Log10(float64(v.Impostor)))
	add(measure.AtFAR(v.Sweep, 0))
	for k := -decades * perDecade; k <= 0; k++ {
		add(measure.AtFAR(v.Sweep, math.Pow(10, k/perDecade)))
	}
	return c
}

// At gives the widest distance whose false acceptance rate was far or less; ok is false where none was kept.
func (c Calibration) At(far float64) (p Operating, ok bool) {
	for _, q := range c.Points {
		if q.FAR <= far {
			p, ok = q, true
		}
	}
	return p, ok
}

// Rates gives the rates that accepting up to a distance had, those of the next wider one that was kept:
// the false acceptance is not less than it was.
func (c Calibration) Rates(distance float64) (p Operating, ok bool) {
	for _, q := range c.Points {
		if q.Distance >= distance {
			return q, true
		}
	}
	return Operating{distance, 1, 0}, len(c.Points) > 0
}
