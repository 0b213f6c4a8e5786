package main

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Colours that people with any eyes tell apart (Okabe and Ito).
var colours = []color.Color{
	color.RGBA{0x00, 0x72, 0xb2, 255}, color.RGBA{0xd5, 0x5e, 0x00, 255}, color.RGBA{0x00, 0x9e, 0x73, 255},
	color.RGBA{0xcc, 0x79, 0xa7, 255}, color.RGBA{0xe6, 0x9f, 0x00, 255},
}

// drawCurve draws F1 by the number of labels.
func drawCurve(r *report, zero map[string]float64, path string) error {
	p := plot.New()
	p.Title.Text = "F1 of test pairs by labelled pairs"
	p.X.Label.Text, p.Y.Label.Text = "labelled pairs, at random", "F1"
	p.X.Tick.Marker = plot.ConstantTicks{{Value: 0, Label: "none"}, {Value: 1, Label: "50"}, {Value: 2, Label: "200"}, {Value: 3, Label: "all"}}
	p.Y.Max, p.Y.Min = 1, .4
	p.Legend.Top = false
	p.Add(plotter.NewGrid())
	for k, s := range sets[:5] {
		var xy plotter.XYs
		if f1, ok := zero[s.name]; ok {
			xy = append(xy, plotter.XY{X: 0, Y: f1})
		}
		for n, labels := range []int{50, 200, 0} {
			if f1 := spreadOf(r.of(s.name, labels, ""), testF1); f1.n > 0 {
				xy = append(xy, plotter.XY{X: float64(n + 1), Y: f1.mean})
			}
		}
		line, points, err := plotter.NewLinePoints(xy)
		if err != nil {
			return err
		}
		line.Color, points.Color, points.Shape = colours[k], colours[k], draw.CircleGlyph{}
		line.Width = vg.Points(1.5)
		p.Add(line, points)
		p.Legend.Add(s.title, line, points)
	}
	return p.Save(16*vg.Centimeter, 11*vg.Centimeter, path)
}
