package report

import (
	"bytes"
	"fmt"
	"io"
	"math"
)

// LearningPoint is a look at a training: the mean loss since the last look, and the accuracy on
// held-out classes, NaN where there are none.
type LearningPoint struct {
	Step           int
	Loss, Accuracy float64
}

// WriteLearning draws loss and accuracy by step as an SVG file; kept is the point whose state
// was kept.
func WriteLearning(w io.Writer, points []LearningPoint, kept int) error {
	last := 1
	if len(points) > 0 {
		last = points[len(points)-1].Step
	}
	loss, accuracy := make([]float64, len(points)), make([]float64, len(points))
	for i, p := range points {
		loss[i], accuracy[i] = p.Loss, p.Accuracy
	}
	var v struct{ Charts []learningChart }
	v.Charts = []learningChart{newLearningChart("loss", loss, points, last, kept, ""), newLearningChart("held-out classes named right", accuracy, points, last, kept, "%")}
	var figure bytes.Buffer
	if err := learningFigure.Execute(&figure, v); err != nil {
		return fmt.Errorf("render figure: %w", err)
	}
	if _, err := w.Write(figure.Bytes()); err != nil {
		return fmt.Errorf("write figure: %w", err)
	}
	return nil
}

// learningChart is one value by step.
type learningChart struct {
	Title, Path, Note string

	YTicks []tick
	Steps  string
	X, Y   string // of the point that was kept
	Kept   bool
}

func newLearningChart(title string, values []float64, points []LearningPoint, last, kept int, unitName string) learningChart {
	c := learningChart{Title: title, Steps: formatCount(last)}
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			low, high = math.Min(low, v), math.Max(high, v)
		}
	}
	if low > high {
		c.Note = "nothing to draw"
		return c
	}
	if high-low < 1e-9 {
		low, high = low-.5*math.Abs(low)-1e-3, high+.5*math.Abs(high)+1e-3
	}
	var line [][2]float64
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		at := [2]float64{float64(points[i].Step) / float64(last), (v - low) / (high - low)}
		line = append(line, at)
		if i == kept {
			c.Kept, c.X, c.Y = true, coordinate(at[0]), coordinate(1-at[1])
		}
	}
	c.Path = joined(line)
	for k := range 5 {
		v := low + (high-low)*float64(k)/4
		label := formatThreshold(v)
		if unitName == "%" {
			label = fmt.Sprintf("%.1f %%", 100*v)
		}
		c.YTicks = append(c.YTicks, tick{coordinate(1 - float64(k)/4), label})
	}
	return c
}
