package encoder

import (
	"context"
	"testing"

	"github.com/doppeldb/doppel/record"
)

// titles are 70 characters long, the length of a usual product title.
var titles = []string{
	"Brenwick KDX-40V300 40\" LCD HDTV television, black, 1080p, 4 HDMI inpu",
	"Olden Street wireless over-ear headphones with microphone, WH-1000X si",
	"Tarvo professional cordless drill driver set 18V 2 x 4.0Ah, TR5521/B b",
	"Mellingford stainless steel kettle 1.7 l 2200 watts rapid boil MK-17SS",
}

func BenchmarkEncodeTitle(b *testing.B) {
	schema := record.Schema{{Name: "title", Kind: record.Text}}
	e, err := Fit(context.Background(), schema, len(titles), func(i int) []string { return titles[i : i+1] }, Options{})
	if err != nil {
		b.Fatal(err)
	}
	s, v := e.NewSession(), make([]float32, e.Dim())
	for i := 0; b.Loop(); i++ {
		k := i % len(titles)
		s.Encode(titles[k:k+1], v)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "titles/s")
}
