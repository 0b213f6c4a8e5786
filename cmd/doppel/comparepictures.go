package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/doppeldb/doppel/query/gallery"
)

// pictureComparison is two pictures and what is thought of them.
type pictureComparison struct {
	Left      string   `json:"left"`
	Right     string   `json:"right"`
	Same      *bool    `json:"same"` // null without a threshold
	Distance  float64  `json:"distance"`
	Threshold *float64 `json:"threshold"`
	FAR       *float64 `json:"far"` // of the threshold
	FRR       *float64 `json:"frr"`
	AtFAR     *float64 `json:"far_at_distance"` // if this distance were the threshold
}

// defaultFAR is the false acceptance rate that a threshold is chosen for.
const defaultFAR = .01

// runPictures compares two pictures.
func (k *comparer) runPictures(ctx context.Context, a, b string) error {
	switch {
	case k.threads < 0:
		return usagef("--threads: %d is negative", k.threads)
	case k.noModel && k.modelPath != "":
		return usagef("--model and --no-model: use one of them")
	case !(k.far > 0 && k.far <= 1):
		return usagef("--far: %v is not above 0 and up to 1", k.far)
	}
	model, err := readPictureModel(k.modelPath)
	if err != nil {
		return err
	}
	set := &gallery.Set{Names: []string{a, b}}
	for _, path := range []string{a, b} {
		p, err := gallery.ReadFile(path)
		if err != nil {
			return err
		}
		set.Pictures = append(set.Pictures, p)
	}
	vectors, dim, err := set.Embed(ctx, model, k.threads)
	if err != nil {
		return err
	}
	if err := seen(set, vectors, dim); err != nil {
		return err
	}
	out := pictureComparison{Left: a, Right: b, Distance: rounded(gallery.Distance(vectors[:dim], vectors[dim:]))}
	var calibration gallery.Calibration
	if model != nil {
		calibration = model.Calibration
	}
	k.decide(&out, calibration)
	if k.json {
		return writeIndented(k.stdout, out)
	}
	return k.printPictures(out, calibration, model != nil)
}

// seen gives an error for a picture on which nothing is to be seen.
func seen(set *gallery.Set, vectors []float32, dim int) error {
next:
	for i, p := range set.Pictures {
		for _, x := range vectors[i*dim : (i+1)*dim] {
			if x != 0 {
				continue next
			}
		}
		return fmt.Errorf("%s: there is nothing to be seen on it: it has one colour", p.Name)
	}
	return nil
}

// decide places the threshold and judges.
func (k *comparer) decide(out *pictureComparison, c gallery.Calibration) {
	if at, ok := c.Rates(out.Distance); ok {
		out.AtFAR = defined(at.FAR)
	}
	p, ok := c.At(k.far)
	if !ok {
		return
	}
	same := out.Distance <= p.Distance
	out.Same, out.Threshold, out.FAR, out.FRR = &same, defined(p.Distance), defined(p.FAR), defined(p.FRR)
}

func (k *comparer) printPictures(out pictureComparison, c gallery.Calibration, hasModel bool) error {
	verdict := "no verdict"
	if out.Same != nil {
		verdict = map[bool]string{true: "same", false: "not the same"}[*out.Same]
	}
	text := fmt.Sprintf("%s\n\ndistance    %.3f\n", verdict, out.Distance)
	if out.Threshold != nil {
		text += fmt.Sprintf("threshold   %.3f, which accepted %s of %s impostor's pairs and refused %s of %s genuine ones\n", *out.Threshold,
			shareText(*out.FAR), thousands(c.Impostor), shareText(*out.FRR), thousands(c.Genuine))
	}
	if out.AtFAR != nil {
		text += fmt.Sprintf("            a threshold at this distance would accept %s of the impostor's\n", shareText(*out.AtFAR))
	}
	switch {
	case !hasModel:
		k.say("no --model: the pictures are compared by what they look like, and no distance is known to mean the same; 0 is alike in all, 1 in nothing")
	case len(c.Points) == 0:
		k.say("%s has no thresholds: it was not measured on held-out classes", k.modelPath)
	case out.Threshold == nil:
		k.say("no threshold of %s keeps to --far %v: its %s impostor's pairs are too few; try a larger one", k.modelPath, k.far, thousands(c.Impostor))
	case c.Seen:
		k.say("the rates are of classes that training has seen: those of others are higher")
	}
	_, err := io.WriteString(k.stdout, text)
	return err
}

// shareText writes a share in per cent.
func shareText(x float64) string { return strconv.FormatFloat(100*x, 'f', 2, 64) + " %" }

// rounded leaves the digits that float32 has.
func rounded(x float64) float64 { return math.Round(x*1e6) / 1e6 }
