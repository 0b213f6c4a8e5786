package match

import (
	"context"
	"math"

	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/encoder/head"
	"github.com/doppeldb/doppel/encoder/look"
	"github.com/doppeldb/doppel/internal/f32"
	"github.com/doppeldb/doppel/record"
)

// looks are the pictures of one field as unit vectors, so that a pair of pictures is one inner
// product: by the network of the collection's encoder, or by what they look like beside the mean of all.
type looks struct {
	dim     int
	vectors []float32 // (records, dim)
	seen    []bool    // the record has a picture that can be read
	learned bool      // by a network
}

// readPictures decodes the pictures of every record, once.
func (c *corpus) readPictures(ctx context.Context, enc *encoder.Encoder, threads int) error {
	for _, f := range c.pictures {
		var l looks
		var err error
		if enc != nil && enc.Net() != nil {
			l, err = c.embedded(ctx, enc, f, threads)
		} else {
			l, err = c.looked(ctx, f, threads)
		}
		if err != nil {
			return err
		}
		c.looks = append(c.looks, l)
	}
	return nil
}

// embedded reads the pictures of field f by the network of enc.
func (c *corpus) embedded(ctx context.Context, enc *encoder.Encoder, f, threads int) (looks, error) {
	n := c.len()
	l := looks{dim: enc.Dim(), vectors: make([]float32, n*enc.Dim()), seen: make([]bool, n), learned: true}
	one, err := enc.On(record.Schema{c.schema[f]})
	if err != nil {
		return l, err
	}
	err = parallel(ctx, n, threads, func() func(from, to int) {
		s := one.NewSession()
		return func(from, to int) {
			for i := from; i < to; i++ {
				v := l.vectors[i*l.dim : (i+1)*l.dim]
				s.Encode([]string{c.values[i][f]}, v)
				l.seen[i] = head.Length(v) > 0
			}
		}
	})
	return l, err
}

// looked reads the pictures of field f by what they look like. The mean is over all of them, and a few
// of mean 0: two pictures are not each other's opposites.
func (c *corpus) looked(ctx context.Context, f, threads int) (looks, error) {
	const prior = 8
	n := c.len()
	l := looks{dim: look.Len, vectors: make([]float32, n*look.Len), seen: make([]bool, n)}
	err := parallel(ctx, n, threads, func() func(from, to int) {
		return func(from, to int) {
			for i := from; i < to; i++ {
				l.seen[i] = encoder.Look(c.values[i][f], l.vectors[i*l.dim:(i+1)*l.dim])
			}
		}
	})
	if err != nil {
		return l, err
	}
	mean, count := make([]float32, l.dim), float32(prior)
	for i, seen := range l.seen {
		if seen {
			f32.Axpy(1, l.vectors[i*l.dim:(i+1)*l.dim], mean)
			count++
		}
	}
	f32.Scale(1/count, mean)
	for i, seen := range l.seen {
		if seen {
			v := l.vectors[i*l.dim : (i+1)*l.dim]
			f32.Axpy(-1, mean, v)
			head.ToUnit(v)
		}
	}
	return l, nil
}

// alike is the cosine of two pictures, NaN where a side has none.
func (l *looks) alike(i, j int) float32 {
	if !l.seen[i] || !l.seen[j] {
		return float32(math.NaN())
	}
	return f32.Dot(l.vectors[i*l.dim:(i+1)*l.dim], l.vectors[j*l.dim:(j+1)*l.dim])
}

// mostPicture is the most that pictures weigh in a link, in views of the text, which say nearly the same as each other.
// Amazon-Google with a made-up photo for 70 of 100 records of either side, other in size and light: F1 .694 without photos,
// .739 with a weight up to 1, .753 up to 3 and as much up to 6.
const mostPicture = 3

// Cosines of pictures, beside the mean of all, and what a dedupe makes of them. Of 400 faces, copies at half the size, of
// low quality or brighter are above .99, cut by 5 % at .88 in the median and .69 at the least; of two people
// half are below 0, 97 of 100 below .47, and the most is .80.
const (
	surelySame    = .9 // one photo, scaled or compressed anew
	perhapsSame   = .65
	perhapsOther  = .4
	surelyOther   = .1
	pictureWords  = 2. // rare words that a picture weighs as much as
	pictureClash  = 3. // beside variantScale: what other pictures take from texts that agree, a factor .55
	fewestLookers = 100
)

// judge says how much two pictures speak for one thing, and how much against it, each 0 to 1.
func (l *looks) judge(i, j int) (same, clash float64) {
	v := float64(l.alike(i, j))
	switch {
	case v >= perhapsSame:
		return min(1, (v-perhapsSame)/(surelySame-perhapsSame)), 0
	case v <= perhapsOther:
		return 0, min(1, (perhapsOther-v)/(perhapsOther-surelyOther))
	}
	return 0, 0 // a missing one, too
}

// pictureWeight is what a picture in common weighs, in weight of words.
func (c *corpus) pictureWeight() float64 {
	return pictureWords * math.Log(float64(max(c.len(), fewestLookers)))
}
