package f32

import (
	"encoding/binary"
	"math"
	"testing"
)

// FuzzPathsAgree feeds any bits, with NaN, infinities and denormals, to the kernels
// of one pair and of many rows: all return the same, and whatever is not a number
// by one path is none by another.
func FuzzPathsAgree(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8}, uint8(1))
	f.Add(make([]byte, 4*100), uint8(33))
	f.Add([]byte{0, 0, 0x80, 0x7f, 0, 0, 0xc0, 0x7f, 1, 0, 0, 0, 0xff, 0xff, 0x7f, 0xff}, uint8(2))
	f.Fuzz(func(t *testing.T, data []byte, dim uint8) {
		d := int(dim) + 1
		values := make([]float32, len(data)/4/d*d)
		for i := range values {
			values[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
		}
		n := len(values) / d
		if n == 0 {
			return
		}
		before := active
		defer func() { active = before }()
		var first []float32
		for _, active = range available() {
			dst, ids := make([]float32, n), make([]uint32, n)
			DotMany(dst, values[:d], values, d)
			gathered := make([]float32, n)
			for i := range ids {
				ids[i] = uint32(i)
			}
			DotGather(gathered, values[:d], values, d, ids)
			for i := range dst {
				if pair := Dot(values[:d], values[i*d:(i+1)*d]); !same(dst[i], pair) || !same(gathered[i], pair) {
					t.Fatalf("%s, row %d of %d: DotMany %v, DotGather %v, Dot %v", Path(), i, d, dst[i], gathered[i], pair)
				}
			}
			if active == generic {
				continue
			}
			if first == nil {
				first = dst
			}
			for i := range dst {
				if dst[i] != first[i] && !same(dst[i], first[i]) {
					t.Fatalf("%s, row %d of %d: %v, another path %v", Path(), i, d, dst[i], first[i])
				}
			}
		}
	})
}
