package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/doppeldb/doppel/encoder/vision"
	"github.com/doppeldb/doppel/internal/datasets"
	"github.com/doppeldb/doppel/record/picture"
)

// heldOutAlphabets of the background set are where options are chosen: every third by name, so
// that invented, syllabic and cursive ones are among them.
var heldOutAlphabets = []string{
	"Arcadian", "Balinese", "Braille", "Early_Aramaic", "Greek", "Inuktitut_(Canadian_Aboriginal_Syllabics)",
	"Korean", "Mkhedruli_(Georgian)", "Sanskrit", "Tifinagh",
}

// omniglot is some alphabets, decoded.
type omniglot struct {
	name string
	vision.TrainSet
}

// loadOmniglot decodes part "background" or "evaluation"; a class's group is its alphabet.
func loadOmniglot(ctx context.Context, part string) (*omniglot, error) {
	files, err := datasets.LoadOmniglot(part)
	if err != nil {
		return nil, err
	}
	o := &omniglot{name: part}
	if o.Pictures, err = decodeAll(ctx, files); err != nil {
		return nil, err
	}
	classes, groups := map[string]int{}, map[string]int{}
	number := func(m map[string]int, name string) int {
		n, known := m[name]
		if !known {
			n = len(m)
			m[name] = n
		}
		return n
	}
	for _, f := range files {
		c := number(classes, f.Class)
		if c == len(o.Names) {
			o.Names = append(o.Names, f.Class)
		}
		o.Class, o.Group = append(o.Class, c), append(o.Group, number(groups, alphabet(f.Class)))
	}
	return o, nil
}

func alphabet(class string) string {
	name, _, _ := strings.Cut(class, "/")
	return name
}

// part gives the alphabets that are or are not among the held-out ones.
func (o *omniglot) part(heldOut bool) *omniglot {
	name := "20 alphabets"
	if heldOut {
		name = "held-out alphabets"
	}
	p := &omniglot{name: name, TrainSet: vision.TrainSet{Names: o.Names}}
	for i, c := range o.Class {
		if slices.Contains(heldOutAlphabets, alphabet(o.Names[c])) == heldOut {
			p.Pictures, p.Class, p.Group = append(p.Pictures, o.Pictures[i]), append(p.Class, c), append(p.Group, o.Group[i])
		}
	}
	return p
}

func decodeAll(ctx context.Context, files []datasets.Picture) ([]*picture.Raster, error) {
	out, errs := make([]*picture.Raster, len(files)), make([]error, len(files))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(files) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				out[i], errs[i] = picture.Decode(files[i].Data, picture.Limits{})
			}
		})
	}
	workers.Wait()
	for i, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("%s: %w", files[i].Name, err)
		}
	}
	return out, ctx.Err()
}

// loadFaces decodes the AT&T faces, for their size.
func loadFaces(ctx context.Context) (*omniglot, error) {
	files, err := datasets.LoadFaces()
	if err != nil {
		return nil, err
	}
	pictures, err := decodeAll(ctx, files)
	return &omniglot{name: "faces", TrainSet: vision.TrainSet{Pictures: pictures}}, err
}
