package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/doppeldb/doppel/encoder/loss"
	"github.com/doppeldb/doppel/encoder/vision"
)

// architecture reads a preset's name or a spec.
func architecture(text string) (vision.Spec, error) {
	s, err := vision.Preset(text)
	if err != nil && strings.Contains(text, ",") {
		return vision.ParseSpec(text)
	}
	return s, err
}

// change sets the options named in "name=value,name=value".
func change(o *vision.TrainOptions, with string) error {
	if with == "" {
		return nil
	}
	for setting := range strings.SplitSeq(with, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(setting), "=")
		if err := changeOne(o, name, value); err != nil {
			return fmt.Errorf("-with %s: %w", setting, err)
		}
	}
	return nil
}

func changeOne(o *vision.TrainOptions, name, value string) (err error) {
	whole := map[string]*int{
		"steps": &o.Steps, "check": &o.Check, "patience": &o.Patience, "threads": &o.Threads,
		"ways": &o.Batches.Ways, "shots": &o.Batches.Shots, "queries": &o.Batches.Queries,
	}
	real := map[string]*float64{
		"rate": &o.Rate, "decay": &o.Decay, "average": &o.Average, "hold-out": &o.HoldOut, "together": &o.Batches.Together,
		"temperature": &o.LossOptions.Temperature, "margin": &o.LossOptions.Margin,
		"rotate": &o.Augment.Rotate, "shear": &o.Augment.Shear, "scale": &o.Augment.Scale, "shift": &o.Augment.Shift,
		"elastic": &o.Augment.Elastic, "stroke": &o.Augment.Stroke, "contrast": &o.Augment.Contrast,
		"brightness": &o.Augment.Brightness, "noise": &o.Augment.Noise, "erase": &o.Augment.Erase,
	}
	switch at, known := whole[name]; {
	case known:
		*at, err = strconv.Atoi(value)
	case real[name] != nil:
		*real[name], err = strconv.ParseFloat(value, 64)
	case name == "seed":
		o.Seed, err = strconv.ParseUint(value, 10, 64)
	case name == "turned":
		o.Batches.Turned, err = strconv.ParseBool(value)
	case name == "loss":
		o.Loss, err = loss.Parse(value)
	case name == "distance":
		o.LossOptions.Distance, err = loss.ParseDistance(value)
	case name == "sampling":
		o.Batches.Sampling, err = vision.ParseSampling(value)
	default:
		err = errors.New("no such option")
	}
	return err
}
