package loss

import "math"

// prototype is the loss of Snell, Swersky and Zemel, "Prototypical Networks for Few-shot
// Learning", NeurIPS 2017, eq. 2: for each query, -ln of the softmax over classes c of
// -D(q, mean of the supports of c) / t, at its own class. D is half the squared distance, so that
// cosine and Euclidean distances of unit vectors give the same loss. The mean is never
// made: for K supports s
//
//	D(q, mean) = 1/K sum D(q, s) - 1/K² sum over i<j of D(s_i, s_j)
//
// Where [Batch.Support] is nil, every record is a query and a support of the other queries,
// as in Wan et al., "Generalized End-to-End Loss", ICASSP 2018, eq. 6 and 8. Classes are records that
// all match each other. A support whose relation to a query is masked is none of that
// query's; a class that matches it in part is left out. A query without a class of its own, or without
// another, is no term; one of several classes, which masks have parted, takes the mean over them.
func prototype(b Batch, o Options, grad []float64) (sum float64, terms int) {
	p := newPrototypes(b, o)
	for q := range b.N {
		if b.Support != nil && b.Support[q] {
			continue
		}
		if value, ok := p.query(q, grad); ok {
			sum, terms = sum+value, terms+1
		}
	}
	p.spread(grad)
	if o.Distance == Euclidean { // D is d²/2
		for i, d := range b.Dist {
			grad[i] *= d
		}
	}
	scaleAll(grad, terms)
	return sum / float64(max(terms, 1)), terms
}

// prototypes holds the classes of a batch.
type prototypes struct {
	b       Batch
	o       Options
	classes [][]int   // their supports
	within  []float64 // the sum of D over the pairs of a class
	slope   []float64 // the derivative by it, gathered over the queries

	far   []float64 // of one query: D to each class
	own   []bool
	used  [][]int // its supports of each class, nil where the class is left out
	spare []int
}

func newPrototypes(b Batch, o Options) *prototypes {
	p := &prototypes{b: b, o: o}
	for i := range b.N {
		if b.Support == nil || b.Support[i] {
			p.join(i)
		}
	}
	n := len(p.classes)
	p.within, p.slope = make([]float64, n), make([]float64, n)
	for c, members := range p.classes {
		p.within[c] = p.sumWithin(members)
	}
	p.far, p.own, p.used = make([]float64, n), make([]bool, n), make([][]int, n)
	return p
}

// join puts a support into the first class all of which it matches.
func (p *prototypes) join(i int) {
next:
	for c, members := range p.classes {
		for _, m := range members {
			if p.b.Rel[i*p.b.N+m] != Match {
				continue next
			}
		}
		p.classes[c] = append(members, i)
		return
	}
	p.classes = append(p.classes, []int{i})
}

// half is D.
func (p *prototypes) half(i, j int) float64 {
	d := p.b.Dist[i*p.b.N+j]
	if p.o.Distance == Euclidean {
		return d * d / 2
	}
	return d
}

func (p *prototypes) sumWithin(members []int) (sum float64) {
	for at, i := range members {
		for _, j := range members[at+1:] {
			sum += p.half(i, j)
		}
	}
	return sum
}

// query adds the derivatives of one query's term.
func (p *prototypes) query(q int, grad []float64) (value float64, ok bool) {
	nearest, mine, others := math.Inf(1), 0, 0
	p.spare = p.spare[:0]
	for c, members := range p.classes {
		p.used[c], p.own[c] = p.supports(q, members)
		if p.used[c] == nil {
			continue
		}
		p.far[c] = p.distance(q, c)
		nearest = min(nearest, p.far[c])
		if p.own[c] {
			mine++
		} else {
			others++
		}
	}
	if mine == 0 || others == 0 {
		return 0, false
	}
	total, far := 0., 0.
	for c, used := range p.used {
		if used != nil {
			total += math.Exp((nearest - p.far[c]) / p.o.Temperature)
		}
		if used != nil && p.own[c] {
			far += p.far[c] / float64(mine)
		}
	}
	for c, used := range p.used {
		if used == nil {
			continue
		}
		g := -math.Exp((nearest-p.far[c])/p.o.Temperature) / total
		if p.own[c] {
			g += 1 / float64(mine)
		}
		p.back(q, c, g/p.o.Temperature, grad)
	}
	return (far-nearest)/p.o.Temperature + math.Log(total), true
}

// supports gives those of a class that q is compared with, and whether the class is its own; nil if
// there are none, or some match and some do not.
func (p *prototypes) supports(q int, members []int) (used []int, own bool) {
	seen, whole := [Differ + 1]int{}, true
	for _, m := range members {
		r := p.b.Rel[q*p.b.N+m]
		seen[r]++
		whole = whole && r != Masked
	}
	if (seen[Match] > 0) == (seen[Differ] > 0) {
		return nil, false
	}
	if whole {
		return members, seen[Match] > 0
	}
	from := len(p.spare)
	for _, m := range members {
		if p.b.Rel[q*p.b.N+m] != Masked {
			p.spare = append(p.spare, m)
		}
	}
	return p.spare[from:], seen[Match] > 0
}

// distance is D from q to the mean of the supports of class c.
func (p *prototypes) distance(q, c int) float64 {
	used, sum, within := p.used[c], 0., p.within[c]
	for _, s := range used {
		sum += p.half(q, s)
	}
	if len(used) < len(p.classes[c]) {
		within = p.sumWithin(used)
	}
	k := float64(len(used))
	return sum/k - within/(k*k)
}

// back adds g times the derivatives of distance, by D.
func (p *prototypes) back(q, c int, g float64, grad []float64) {
	used := p.used[c]
	k := float64(len(used))
	for _, s := range used {
		grad[q*p.b.N+s] += g / k
	}
	if len(used) == len(p.classes[c]) {
		p.slope[c] -= g / (k * k)
		return
	}
	p.addWithin(used, -g/(k*k), grad)
}

func (p *prototypes) addWithin(members []int, g float64, grad []float64) {
	for at, i := range members {
		for _, j := range members[at+1:] {
			grad[i*p.b.N+j] += g
		}
	}
}

// spread adds what was gathered for whole classes.
func (p *prototypes) spread(grad []float64) {
	for c, members := range p.classes {
		p.addWithin(members, p.slope[c], grad)
	}
}
