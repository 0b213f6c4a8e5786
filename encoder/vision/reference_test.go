package vision

import "math"

// reference is the network in float64 and in the plainest way: the oracle of the fast one.
type reference struct {
	plan   plan
	params []float64
	stats  []float64 // nil: those of the batch
}

// picture64 is (h, w, c).
type picture64 struct {
	h, w, c int
	v       []float64
}

func (p picture64) at(y, x, c int) float64 {
	if y < 0 || x < 0 || y >= p.h || x >= p.w {
		return 0
	}
	return p.v[(y*p.w+x)*p.c+c]
}

// embed gives y, (n, dim), not of unit length.
func (r reference) embed(batch []picture64) [][]float64 {
	for _, b := range r.plan.blocks {
		batch = r.block(b, batch)
	}
	var out [][]float64
	for _, pic := range batch {
		feat := pic.v
		if r.plan.mean {
			feat = make([]float64, pic.c)
			for i, v := range pic.v {
				feat[i%pic.c] += v / float64(pic.h*pic.w)
			}
		}
		if r.plan.dense == 0 {
			out = append(out, feat)
			continue
		}
		y := make([]float64, r.plan.dense)
		for j := range y {
			y[j] = r.params[r.plan.bias+j]
			for i, f := range feat {
				y[j] += f * r.params[r.plan.weight+i*r.plan.dense+j]
			}
		}
		out = append(out, y)
	}
	return out
}

func (r reference) block(b block, batch []picture64) []picture64 {
	var z []picture64
	for _, pic := range batch {
		o := picture64{pic.h, pic.w, b.out, make([]float64, pic.h*pic.w*b.out)}
		for y := range pic.h {
			for x := range pic.w {
				for c := range b.out {
					sum := 0.
					for ky := range b.size {
						for kx := range b.size {
							for i := range b.in {
								sum += pic.at(y+ky-b.size/2, x+kx-b.size/2, i) * r.params[b.weight+((ky*b.size+kx)*b.in+i)*b.out+c]
							}
						}
					}
					o.v[(y*pic.w+x)*b.out+c] = sum
				}
			}
		}
		z = append(z, o)
	}
	for c := range b.out {
		mean, variance := 0., 0.
		if r.stats != nil {
			mean, variance = r.stats[b.stat+c], r.stats[b.stat+b.out+c]
		} else {
			n := 0.
			for _, pic := range z {
				for i := c; i < len(pic.v); i += b.out {
					mean, n = mean+pic.v[i], n+1
				}
			}
			mean /= n
			for _, pic := range z {
				for i := c; i < len(pic.v); i += b.out {
					variance += (pic.v[i] - mean) * (pic.v[i] - mean) / n
				}
			}
		}
		for p, pic := range z {
			for i := c; i < len(pic.v); i += b.out {
				v := (pic.v[i]-mean)/math.Sqrt(variance+normEps)*r.params[b.gain+c] + r.params[b.shift+c]
				if b.skip {
					v += batch[p].v[i]
				}
				pic.v[i] = max(0, v)
			}
		}
	}
	if !b.pool {
		return z
	}
	for p, pic := range z {
		o := picture64{pic.h / 2, pic.w / 2, pic.c, nil}
		for y := range o.h {
			for x := range o.w {
				for c := range o.c {
					o.v = append(o.v, max(pic.at(2*y, 2*x, c), pic.at(2*y, 2*x+1, c), pic.at(2*y+1, 2*x, c), pic.at(2*y+1, 2*x+1, c)))
				}
			}
		}
		z[p] = o
	}
	return z
}
