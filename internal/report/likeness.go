package report

import (
	"cmp"
	"slices"

	"github.com/doppeldb/doppel/internal/f32"
)

// maxSheetPictures bounds the pictures that are compared with each other, in even steps
// over all: every one with every other takes a second or two for so many.
const maxSheetPictures = 4000

// neighbour is a picture at a distance from another.
type neighbour struct {
	at       int // position in Contact.Pictures
	distance float64
}

// twoPictures is a pair with its distance.
type twoPictures struct {
	left, right int
	distance    float64
}

// likeness is what is near to what.
type likeness struct {
	rows     []neighbourRow
	confused []twoPictures // of two classes, the most alike first
	parted   []twoPictures // of one class, the least alike first
	right    int           // compared pictures whose nearest is of their class
	judged   int           // compared pictures whose class has others
}

type neighbourRow struct {
	query   int
	nearest []neighbour
}

// newLikeness compares pictures by 1 - cosine. classes are numbers of the pictures' classes.
func newLikeness(c Contact, classes []int, rows, neighbours, mistakes int) *likeness {
	compared := evenly(len(c.Pictures), maxSheetPictures)
	block := make([]float32, 0, len(compared)*c.Dim)
	for _, i := range compared {
		block = append(block, c.Vectors[i*c.Dim:(i+1)*c.Dim]...)
	}
	l := &likeness{}
	shown := map[int]bool{}
	for _, q := range sampleRows(compared, classes, rows) {
		shown[q] = true
	}
	var confused, parted []twoPictures
	dots := make([]float32, len(compared))
	for k, i := range compared {
		f32.DotMany(dots, block[k*c.Dim:(k+1)*c.Dim], block, c.Dim)
		other, same := twoPictures{distance: 3}, twoPictures{distance: -1}
		nearest := neighbour{distance: 3}
		for j, dot := range dots {
			d := 1 - float64(min(max(dot, -1), 1))
			switch at := compared[j]; {
			case at == i:
				continue
			case classes[at] == classes[i] && d > same.distance:
				same = twoPictures{i, at, d}
			case classes[at] != classes[i] && d < other.distance:
				other = twoPictures{i, at, d}
			}
			if d < nearest.distance {
				nearest = neighbour{compared[j], d}
			}
		}
		if same.distance >= 0 {
			parted = append(parted, same)
			l.judged++
			if classes[nearest.at] == classes[i] {
				l.right++
			}
		}
		if other.distance < 3 {
			confused = append(confused, other)
		}
		if shown[i] {
			l.rows = append(l.rows, neighbourRow{i, closestOf(dots, compared, i, neighbours)})
		}
	}
	slices.SortStableFunc(confused, func(a, b twoPictures) int { return cmp.Compare(a.distance, b.distance) })
	slices.SortStableFunc(parted, func(a, b twoPictures) int { return cmp.Compare(b.distance, a.distance) })
	l.confused, l.parted = eachOnce(confused, mistakes), eachOnce(parted, mistakes)
	return l
}

// closestOf gives the k nearest to picture i, itself left out.
func closestOf(dots []float32, compared []int, i, k int) []neighbour {
	var out []neighbour
	for j, dot := range dots {
		if compared[j] != i {
			out = append(out, neighbour{compared[j], 1 - float64(min(max(dot, -1), 1))})
		}
	}
	slices.SortStableFunc(out, func(a, b neighbour) int { return cmp.Compare(a.distance, b.distance) })
	return out[:min(k, len(out))]
}

// eachOnce takes at most n pairs, no picture twice: one bad scan would fill the list.
func eachOnce(pairs []twoPictures, n int) []twoPictures {
	used := map[int]bool{}
	var out []twoPictures
	for _, p := range pairs {
		if len(out) == n {
			break
		}
		if !used[p.left] && !used[p.right] {
			used[p.left], used[p.right] = true, true
			out = append(out, p)
		}
	}
	return out
}

// sampleRows chooses n pictures to show: the first of evenly spread classes, and where
// there are fewer classes, the second of each, and so on.
func sampleRows(compared, classes []int, n int) []int {
	members := map[int][]int{}
	var order []int
	for _, i := range compared {
		if members[classes[i]] == nil {
			order = append(order, classes[i])
		}
		members[classes[i]] = append(members[classes[i]], i)
	}
	var out []int
	for round := 0; len(out) < n; round++ {
		var left []int
		for _, c := range order {
			if len(members[c]) > round {
				left = append(left, members[c][round])
			}
		}
		if left == nil {
			break
		}
		for _, k := range evenly(len(left), n-len(out)) {
			out = append(out, left[k])
		}
	}
	return out
}

// evenly gives at most most of 0..n-1, in even steps, ascending.
func evenly(n, most int) []int {
	k := min(n, most)
	out := make([]int, k)
	for i := range out {
		out[i] = i * n / k
	}
	return out
}
