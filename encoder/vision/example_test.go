package vision_test

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"

	"github.com/doppeldb/doppel/encoder/vision"
	"github.com/doppeldb/doppel/record/picture"
)

// drawing is a made-up character: lines between places that the class says, by a shaky hand.
func drawing(class, hand int) *picture.Raster {
	r := &picture.Raster{Width: 24, Height: 24, Channels: 1, Pix: make([]byte, 24*24)}
	shape, shake := rand.New(rand.NewPCG(uint64(class), 1)), rand.New(rand.NewPCG(uint64(class), uint64(hand)+2))
	for range 3 {
		var end [4]float64
		for i := range end {
			end[i] = 3 + 18*shape.Float64() + shake.NormFloat64()/2
		}
		for i := range 50 {
			f := float64(i) / 49
			x, y := int(end[0]*f+end[1]*(1-f)), int(end[2]*f+end[3]*(1-f))
			r.Pix[min(max(y, 0), 23)*24+min(max(x, 0), 23)] = 255
		}
	}
	return r
}

// A network learns from fifty characters what is the same character. Then it names a drawing of others, which
// it has never seen, by one example of each.
func ExampleTrain() {
	ctx := context.Background()
	var set vision.TrainSet
	for class := range 50 {
		for hand := range 6 {
			set.Pictures, set.Class = append(set.Pictures, drawing(class, hand)), append(set.Class, class)
		}
	}
	spec, err := vision.ParseSpec("input 14x14 ink, conv 16 3x3, pool 2, conv 16 3x3, pool 2, dense 16")
	if err != nil {
		log.Fatal(err)
	}
	opts := vision.DefaultTraining(spec, set)
	opts.Steps = 100
	net, _, err := vision.Train(ctx, set, opts)
	if err != nil {
		log.Fatal(err)
	}

	shown := []*picture.Raster{drawing(1001, 0), drawing(1002, 0), drawing(1003, 0)}
	vectors, err := net.EmbedAll(ctx, append(shown, drawing(1002, 9)), 0)
	if err != nil {
		log.Fatal(err)
	}
	dim := net.Dim()
	asked := vectors[3*dim:]
	best, name := float32(-1), 0
	for i := range shown {
		cosine := float32(0)
		for k, v := range vectors[i*dim : (i+1)*dim] {
			cosine += v * asked[k]
		}
		if cosine > best {
			best, name = cosine, 1001+i
		}
	}
	fmt.Println("the drawing is of character", name)
	// Output: the drawing is of character 1002
}
