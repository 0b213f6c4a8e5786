package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/doppeldb/doppel/internal/measure"
	"github.com/doppeldb/doppel/internal/report"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/query/gallery"
)

// pictureEval is what eval takes for pictures, beside its other flags, and what it found.
type pictureEval struct {
	episodes        []string
	verify, nearest bool
	strict, group   bool
	runs            int
	fars            []float64
	found           []report.EpisodeFigure
	verification    *measure.Verification
}

func (p *pictureEval) flags(f *pflag.FlagSet) {
	f.StringSliceVar(&p.episodes, "episodes", nil, "name classes out of several: `WAYSxSHOTS`, such as 20x1: 20 classes, one picture of each; repeat or list as needed")
	f.BoolVar(&p.verify, "verify", false, "tell pairs of one class from pairs of two: equal error rate, ROC, operating points")
	f.Float64SliceVar(&p.fars, "far", []float64{.1, .01, .001}, "with --verify: the operating points with a false acceptance rate of `F` or less")
	f.IntVar(&p.runs, "runs", 1000, "with --episodes: draw `N` episodes")
	f.BoolVar(&p.nearest, "nearest", false, "with --episodes: compare with the nearest picture of a class, not with their mean")
	f.BoolVar(&p.group, "within", false, "with --episodes: all classes of an episode from one folder of classes, such as one alphabet")
	f.BoolVar(&p.strict, "strict", false, "with --episodes or --verify: fail at the first file that is no picture")
}

// asked says whether pictures are to be measured.
func (p *pictureEval) asked() bool { return len(p.episodes) > 0 || p.verify }

// runPictures is the eval command on pictures.
func (e *eval) runPictures(ctx context.Context, paths []string) error {
	options, err := e.pictureOptions(paths)
	if err != nil {
		return err
	}
	model, err := readPictureModel(e.modelPath)
	if err != nil {
		return err
	}
	defer e.close()
	if e.report != "" {
		if e.page, err = table.CreateFile(e.report, e.stdout); err != nil {
			return err
		}
		e.writers = append(e.writers, e.page)
	}
	set, err := pictureRead{e.app, e.pictures.strict, e.threads}.set(ctx, paths[0])
	if err != nil {
		return err
	}
	if err := set.Copies(); err != nil {
		e.warn("%v", err)
	}
	vectors, dim, err := set.Embed(ctx, model, e.threads)
	if err != nil {
		return err
	}
	if err := e.measurePictures(set, vectors, dim, options); err != nil {
		return err
	}
	if e.page != nil {
		if err := report.WriteContact(e.page, e.contact(set, vectors, dim, model)); err != nil {
			return err
		}
	}
	if err := e.commit(); err != nil {
		return err
	}
	return e.printPictures(set, model)
}

// pictureOptions turns flags into the episodes that are asked for.
func (e *eval) pictureOptions(paths []string) (out []measure.EpisodeOptions, err error) {
	p := &e.pictures
	switch {
	case len(paths) != 1:
		return nil, usagef("--episodes and --verify take one folder of pictures, a folder per class in it, or a .zip of it")
	case e.pairsPath != "" || e.truth != "" || e.trainPath != "":
		return nil, usagef("--pairs, --truth and --train are for records; --episodes and --verify are for pictures")
	case e.report == "-":
		return nil, usagef("--report: the table goes to stdout already; name a file")
	case p.runs < 1:
		return nil, usagef("--runs: %d; use 1 or more", p.runs)
	case e.threads < 0:
		return nil, usagef("--threads: %d is negative", e.threads)
	}
	for _, far := range p.fars {
		if !(far > 0 && far < 1) {
			return nil, usagef("--far: %v is not between 0 and 1", far)
		}
	}
	for _, text := range p.episodes {
		ways, shots, ok := strings.Cut(text, "x")
		w, errW := strconv.Atoi(ways)
		s, errS := strconv.Atoi(shots)
		if !ok || errW != nil || errS != nil || w < 2 || s < 1 {
			return nil, usagef("--episodes: %q is not WAYSxSHOTS, such as 20x1, of 2 or more ways", text)
		}
		out = append(out, measure.EpisodeOptions{Ways: w, Shots: s, Runs: p.runs, Seed: e.seed, Nearest: p.nearest})
	}
	return out, nil
}

func (e *eval) measurePictures(set *gallery.Set, vectors []float32, dim int, options []measure.EpisodeOptions) (err error) {
	for _, o := range options {
		if e.pictures.group {
			o.Group = set.Groups()
		}
		r, err := set.Episodes(vectors, dim, o)
		if err != nil {
			return err
		}
		e.pictures.found = append(e.pictures.found, report.EpisodeFigure{Ways: o.Ways, Shots: o.Shots, Result: r})
	}
	if e.pictures.verify {
		e.pictures.verification, err = set.Verify(vectors, dim, e.pictures.fars, e.seed)
	}
	return err
}

// thumbSide is the longer side of a thumbnail on the page, pixels.
const thumbSide = 112

// contact is the page about the pictures.
func (e *eval) contact(set *gallery.Set, vectors []float32, dim int, model *gallery.Model) report.Contact {
	c := report.Contact{Title: set.Path, Version: version, Command: e.command, Warnings: slices.Clone(e.warnings), Protocol: e.pictureProtocol(set, model),
		Dim: dim, Vectors: vectors, Verification: e.pictures.verification, Episodes: e.pictures.found, Threshold: math.NaN()}
	if model != nil {
		c.Settings = append(c.Settings, report.Setting{Name: "network", Value: model.Encoder.Net().Spec().String()})
		if p, ok := model.Calibration.At(defaultFAR); ok {
			c.Threshold = p.Distance
		}
	}
	c.Settings = append(c.Settings, report.Setting{Name: "seed", Value: strconv.FormatUint(e.seed, 10)})
	for _, p := range set.Pictures {
		c.Pictures = append(c.Pictures, report.Picture{Name: p.Name, Class: set.Names[p.Class], Thumbnail: p.Thumbnail(thumbSide)})
	}
	return c
}

// pictureProtocol says in words what was measured.
func (e *eval) pictureProtocol(set *gallery.Set, model *gallery.Model) string {
	by := "by what they look like, without a model"
	if model != nil {
		by = "by " + e.modelPath
	}
	return fmt.Sprintf("%s of %s, compared %s.", countPictures(set), set.Path, by)
}

func (e *eval) printPictures(set *gallery.Set, model *gallery.Model) error {
	if e.json {
		return writeIndented(e.stdout, e.picturesAsJSON(set))
	}
	text := e.pictureProtocol(set, model) + "\n"
	if len(e.pictures.found) > 0 {
		g := newGrid(e.app, "episodes", "named right", "95 %", "drawn", "of classes").numbers(1, 3, 4)
		for _, f := range e.pictures.found {
			g.add(fmt.Sprintf("%d-way %d-shot", f.Ways, f.Shots), shareText(f.Result.Accuracy), shareRange(f.Result.Between), thousands(f.Result.Runs), thousands(f.Result.Classes))
		}
		text += "\n" + g.String()
	}
	if v := e.pictures.verification; v != nil {
		text += fmt.Sprintf("\n%s genuine and %s impostor's pairs of %s\n\n", thousands(v.Genuine), thousands(v.Impostor), count(v.Identities, "class", "classes"))
		g := newGrid(e.app, "operating point", "accepts impostors", "refuses genuine", "95 %", "distance up to").numbers(1, 2, 4)
		g.add("equal errors", shareText(v.EER), shareText(v.EER), shareRange(v.EERBetween), cut(v.AtEER.Threshold))
		for _, p := range v.Points {
			g.add(fmt.Sprintf("FAR %s %%", strconv.FormatFloat(100*p.Want, 'g', 6, 64)), shareText(p.Point.FAR()), shareText(p.Point.FRR()), shareRange(p.FRRBetween), cut(p.Point.Threshold))
		}
		text += g.String() + fmt.Sprintf("\narea under the ROC curve %.4f, 95 %% %.4f to %.4f\n", v.AUC, v.AUCBetween.Low, v.AUCBetween.High)
	}
	if _, err := io.WriteString(e.stdout, text); err != nil {
		return err
	}
	if e.report != "" {
		e.say("wrote %s", e.report)
	}
	return nil
}

func shareRange(i measure.Interval) string {
	if math.IsNaN(i.Low) || math.IsNaN(i.High) {
		return "–"
	}
	return shareText(i.Low) + " to " + shareText(i.High)
}

// cut writes the distance of a threshold of negative distances.
func cut(threshold float64) string {
	if math.IsInf(threshold, 0) || math.IsNaN(threshold) {
		return "none"
	}
	return decimal(-threshold)
}

// What --json prints; rates are shares.
type (
	jsonPictures struct {
		Pictures     int               `json:"pictures"`
		Classes      int               `json:"classes"`
		Episodes     []jsonEpisodes    `json:"episodes"`
		Verification *jsonVerification `json:"verification"`
	}
	jsonEpisodes struct {
		Ways     int         `json:"ways"`
		Shots    int         `json:"shots"`
		Runs     int         `json:"runs"`
		Accuracy *float64    `json:"accuracy"`
		Between  [2]*float64 `json:"between"`
	}
	jsonVerification struct {
		Genuine    int             `json:"genuine"`
		Impostor   int             `json:"impostor"`
		EER        *float64        `json:"eer"`
		EERBetween [2]*float64     `json:"eer_between"`
		AUC        *float64        `json:"auc"`
		Points     []jsonOperating `json:"operating_points"`
	}
	jsonOperating struct {
		Want       float64     `json:"far_wanted"`
		FAR        *float64    `json:"far"`
		FRR        *float64    `json:"frr"`
		FRRBetween [2]*float64 `json:"frr_between"`
		Distance   *float64    `json:"distance"`
	}
)

func (e *eval) picturesAsJSON(set *gallery.Set) jsonPictures {
	between := func(i measure.Interval) [2]*float64 { return [2]*float64{defined(i.Low), defined(i.High)} }
	out := jsonPictures{Pictures: len(set.Pictures), Classes: len(set.Names), Episodes: []jsonEpisodes{}}
	for _, f := range e.pictures.found {
		out.Episodes = append(out.Episodes, jsonEpisodes{f.Ways, f.Shots, f.Result.Runs, defined(f.Result.Accuracy), between(f.Result.Between)})
	}
	if v := e.pictures.verification; v != nil {
		out.Verification = &jsonVerification{v.Genuine, v.Impostor, defined(v.EER), between(v.EERBetween), defined(v.AUC), []jsonOperating{}}
		for _, p := range v.Points {
			out.Verification.Points = append(out.Verification.Points, jsonOperating{p.Want, defined(p.Point.FAR()), defined(p.Point.FRR()), between(p.FRRBetween), defined(-p.Point.Threshold)})
		}
	}
	return out
}
