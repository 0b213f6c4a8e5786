package baseline

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/doppeldb/doppel/internal/text"
)

// TFIDF is unit vectors of character 3-5-grams inside words, all values of a
// record as one text: (1 + ln tf) * (ln((1+n)/(1+df)) + 1), what scikit-learn
// calls sublinear tf and smooth idf. Document frequencies are of both tables
// together.
type TFIDF struct {
	left, right []vector
	features    int
	single      bool // one table: left and right are the same
}

// vector is the weights of a record, ascending by feature.
type vector []entry

type entry struct {
	feature uint32
	weight  float64
}

// NewTFIDF reads the records, one slice of values each; right is nil for pairs of
// one table.
func NewTFIDF(left, right [][]string) *TFIDF {
	all := slices.Concat(left, right)
	t := &TFIDF{single: right == nil}
	vecs := make([]vector, len(all))
	number, df := map[uint64]uint32{}, []float64{}
	var split text.Splitter
	var ids []uint64
	for i, row := range all {
		ids = grams(ids[:0], &split, row)
		slices.Sort(ids)
		for k := 0; k < len(ids); {
			id, tf := ids[k], 0
			for ; k < len(ids) && ids[k] == id; k++ {
				tf++
			}
			f, known := number[id]
			if !known {
				f = uint32(len(df))
				number[id], df = f, append(df, 0)
			}
			df[f]++
			vecs[i] = append(vecs[i], entry{f, 1 + math.Log(float64(tf))})
		}
	}
	for _, v := range vecs {
		v.weigh(df, len(all))
	}
	t.left, t.right, t.features = vecs[:len(left)], vecs[len(left):], len(df)
	if t.single {
		t.right = t.left
	}
	return t
}

func grams(dst []uint64, split *text.Splitter, row []string) []uint64 {
	for _, tok := range split.Split(strings.Join(row, " ")) {
		if tok.Role&text.IsGrams != 0 {
			dst = text.AppendGrams(dst, slices.Concat([]rune{' '}, tok.Text, []rune{' '}), 3, 5)
		}
	}
	return dst
}

// weigh multiplies by idf and brings the vector to unit length.
func (v vector) weigh(df []float64, n int) {
	slices.SortFunc(v, func(a, b entry) int { return cmp.Compare(a.feature, b.feature) })
	sum := 0.0
	for k := range v {
		v[k].weight *= math.Log(float64(1+n)/(1+df[v[k].feature])) + 1
		sum += v[k].weight * v[k].weight
	}
	for k := range v {
		v[k].weight /= math.Sqrt(sum)
	}
}

// Cosine of a left and a right record, 0 to 1; 0 for a record without text.
func (t *TFIDF) Cosine(left, right uint32) float64 { return t.left[left].dot(t.right[right]) }

func (v vector) dot(w vector) (sum float64) {
	for i, j := 0, 0; i < len(v) && j < len(w); {
		switch c := cmp.Compare(v[i].feature, w[j].feature); {
		case c < 0:
			i++
		case c > 0:
			j++
		default:
			sum += v[i].weight * w[j].weight
			i, j = i+1, j+1
		}
	}
	return min(sum, 1) // rounding must not leave 0..1
}
