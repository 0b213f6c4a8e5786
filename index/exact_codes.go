package index

import "math"

// rowCodes holds int8 codes of unit vectors, by slot.
type rowCodes struct {
	on   bool
	data []int8
	rows []rowCode
}

// rowCode is what belongs to the code of a vector: vector = code * scale + what is
// left, and a bound of the length of that.
type rowCode struct{ scale, left float32 }

// encodeRow writes the code of vec.
func encodeRow(dst []int8, vec []float32) rowCode {
	scale := encode(dst, vec)
	var left [4]float64 // four sums: one would wait for each addition
	for i, c := range dst {
		l := float64(vec[i]) - float64(scale)*float64(c)
		left[i&3] += l * l
	}
	sum := left[0] + left[1] + left[2] + left[3]
	return rowCode{scale, math.Nextafter32(float32(math.Sqrt(sum)), everywhere)}
}

// of makes the codes of whole vectors; none when it is off.
func (c *rowCodes) of(vecs []float32, d int) rowCodes {
	if !c.on {
		return rowCodes{}
	}
	made := rowCodes{data: make([]int8, len(vecs)), rows: make([]rowCode, len(vecs)/d)}
	inRanges(len(made.rows), func(from, to int) {
		for i := from; i < to; i++ {
			made.rows[i] = encodeRow(made.data[i*d:(i+1)*d], vecs[i*d:(i+1)*d])
		}
	})
	return made
}

func (c *rowCodes) append(made rowCodes) {
	c.data = append(c.data, made.data...)
	c.rows = append(c.rows, made.rows...)
}

// delete moves the last code into a slot, as rows does with vectors.
func (c *rowCodes) delete(slot, d int) {
	if !c.on {
		return
	}
	last := len(c.rows) - 1
	copy(c.data[slot*d:(slot+1)*d], c.data[last*d:])
	c.rows[slot] = c.rows[last]
	c.data, c.rows = c.data[:last*d], c.rows[:last]
}

func (c *rowCodes) bytes() int64 { return int64(len(c.data)) + 8*int64(len(c.rows)) }
