package main

import (
	"image/color"
	"os"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// figure is the data of one panel.
type figure struct {
	set     *set
	results []*result
}

// Colours that people with any eyes tell apart (Okabe and Ito).
var colours = map[string]color.Color{
	"doppel f32":  color.RGBA{0x00, 0x72, 0xb2, 255},
	"doppel int8": color.RGBA{0x56, 0xb4, 0xe9, 255},
	"hnswlib":     color.RGBA{0xd5, 0x5e, 0x00, 255},
	"faiss":       color.RGBA{0x00, 0x9e, 0x73, 255},
	"coder":       color.RGBA{0xcc, 0x79, 0xa7, 255},
	"exact":       color.Black,
}

// leastRecall is where the panels begin: what is below is of no use here.
const leastRecall = 0.90

// drawPanels puts the panels side by side into a PNG.
func drawPanels(figures []figure, path string) (err error) {
	const width, height = 12 * vg.Centimeter, 10 * vg.Centimeter
	canvas := vgimg.New(width*vg.Length(len(figures)), height)
	whole := draw.New(canvas)
	for i, f := range figures {
		p, err := f.plot()
		if err != nil {
			return err
		}
		left := width * vg.Length(i)
		right := width * vg.Length(len(figures)-i-1)
		p.Draw(draw.Crop(whole, left+5, -right-5, 5, -5))
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if e := file.Close(); err == nil {
			err = e
		}
	}()
	_, err = vgimg.PngCanvas{Canvas: canvas}.WriteTo(file)
	return err
}

func (f figure) plot() (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text = "Set " + f.set.name
	p.X.Label.Text, p.Y.Label.Text = "recall@10", "queries a second, one thread"
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	p.X.Min, p.X.Max = leastRecall, 1
	p.Legend.Left = true
	for _, r := range f.results {
		var xy plotter.XYs
		for _, q := range r.points {
			if q.recall >= leastRecall {
				xy = append(xy, plotter.XY{X: q.recall, Y: q.qps})
			}
		}
		if len(xy) == 0 {
			continue
		}
		line, points, err := plotter.NewLinePoints(xy)
		if err != nil {
			return nil, err
		}
		line.Color, points.Color = colours[r.engine], colours[r.engine]
		points.Shape = draw.CircleGlyph{}
		p.Add(line, points)
		p.Legend.Add(r.engine, line, points)
	}
	p.Add(plotter.NewGrid())
	p.X.Max = 1
	return p, nil
}
