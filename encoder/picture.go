package encoder

import (
	"context"
	"encoding/binary"
	"math"
	"strings"

	"github.com/doppeldb/doppel/encoder/head"
	"github.com/doppeldb/doppel/encoder/look"
	"github.com/doppeldb/doppel/record"
	"github.com/doppeldb/doppel/record/picture"
)

const (
	// pictureGain is the weight of a record's picture beside the whole of its text before any label. A cosine
	// of .8 in text falls to .64 when the pictures have nothing in common, and rises to .84 when they are the same.
	pictureGain = .5
	// meanPictures is how many pictures of a collection are looked at for their mean.
	meanPictures = 256
	// meanPrior is how many pictures of mean 0 are put beside them: one picture is not its own mean.
	meanPrior = 8
)

// A picture that was looked at already is a value like any other: this mark and look.Len f32.
const lookedMark = "\x00look\x01"

// Looked gives the value of an image field with its description in the place of the file.
// It is encoded to the same vector as value, by an encoder without a network, without reading the picture again, which
// takes a thousand times longer. What is no picture, or damaged, becomes the missing value.
func Looked(value string) string {
	if strings.HasPrefix(value, lookedMark) {
		return value
	}
	v := make([]float32, look.Len)
	if !Look(value, v) {
		return ""
	}
	b := append(make([]byte, 0, len(lookedMark)+4*len(v)), lookedMark...)
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return string(b)
}

// Look writes the description of the picture that value holds to dst, (look.Len); see [look.Describe].
// It is false, and dst is zero, for a value that is no picture or a damaged one.
func Look(value string, dst []float32) bool {
	clear(dst)
	if floats, ok := strings.CutPrefix(value, lookedMark); ok {
		if len(floats) != 4*look.Len {
			return false
		}
		for i := range dst {
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32([]byte(floats[4*i : 4*i+4])))
		}
		return true
	}
	r := rasterOf(value)
	if r == nil {
		return false
	}
	look.Describe(r, dst)
	return true
}

// rasterOf decodes the picture that value holds; nil for what is none.
func rasterOf(value string) *picture.Raster {
	_, data, ok := picture.Unpack(value)
	if !ok {
		return nil
	}
	r, err := picture.Decode([]byte(data), picture.Limits{})
	if err != nil {
		return nil
	}
	return r
}

// pictureCode writes what the picture of field f looks like beside the usual one, unit length;
// zeros and false for what is no picture.
func (e *Encoder) pictureCode(f int, value string, dst []float32) bool {
	if !Look(value, dst) {
		return false
	}
	for i, m := range e.meanLook[e.pictureAt(f)] {
		dst[i] -= m
	}
	head.ToUnit(dst)
	return true
}

// pictureAt numbers the image fields.
func (e *Encoder) pictureAt(field int) (at int) {
	for _, f := range e.schema[:field] {
		if f.Kind == record.Image {
			at++
		}
	}
	return at
}

// addPictures adds the pictures of a record to the unit vector of its text. Each number of a
// picture has a place of its own, so that their inner products are exact from look.Len dimensions on.
func (s *Session) addPictures(values []string, dst []float32) (added bool) {
	e := s.enc
	for f, field := range e.schema {
		if field.Kind != record.Image || e.fieldGain[f] == 0 || values[f] == "" {
			continue
		}
		if s.pic == nil {
			s.pic = make([]float32, look.Len)
		}
		if !e.pictureCode(f, values[f], s.pic) {
			continue
		}
		for k, x := range s.pic {
			at, sign := placeOf(f, k, e.dim)
			dst[at] += float32(e.fieldGain[f] * sign * x)
		}
		added = true
	}
	return added
}

// placeOf is where number k of the picture of a field goes in a vector of dim, and its sign. The
// sketch of the text has random signs, so text and pictures disturb each other no more than two words do.
func placeOf(field, k, dim int) (at int, sign float32) {
	h := finish(step(step(0x2545f4914f6cdd1d, rune(field)), rune(k)))
	return (k + 31*field) % dim, 1 - 2*float32(h&1)
}

// SampledPictures are the records, of n, whose pictures [Fit] looks at: some evenly spaced ones.
func SampledPictures(n int) []int {
	at := make([]int, min(n, meanPictures))
	for i := range at {
		at[i] = i * n / len(at)
	}
	return at
}

// fitPictures finds the mean of the pictures of each image field, of evenly spaced records.
func (e *Encoder) fitPictures(ctx context.Context, n int, rows Rows, workers int) error {
	for f, field := range e.schema {
		if field.Kind != record.Image {
			continue
		}
		at := SampledPictures(n)
		looks := make([][]float32, len(at))
		err := split(ctx, len(looks), max(1, min(threads(workers), len(looks))), func(_, from, to int) {
			for i := from; i < to && ctx.Err() == nil; i++ {
				v := make([]float32, look.Len)
				if Look(rows(at[i])[f], v) {
					looks[i] = v
				}
			}
		})
		if err != nil {
			return err
		}
		mean, seen := make([]float32, look.Len), float32(meanPrior)
		for _, v := range looks {
			if v == nil {
				continue
			}
			seen++
			for i, x := range v {
				mean[i] += x
			}
		}
		for i := range mean {
			mean[i] /= seen
		}
		e.meanLook = append(e.meanLook, mean)
	}
	return nil
}

// looked gives rows whose pictures were looked at once, for work that reads records many times. It
// keeps a kilobyte for each picture that was asked for.
func looked(schema record.Schema, n int, rows Rows) Rows {
	fields := imageFields(schema)
	if len(fields) == 0 {
		return rows
	}
	seen := newSightings(n)
	return func(i int) []string { return seen.row(i, rows(i), fields) }
}

func imageFields(schema record.Schema) (fields []int) {
	for f, field := range schema {
		if field.Kind == record.Image {
			fields = append(fields, f)
		}
	}
	return fields
}
