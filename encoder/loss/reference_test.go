package loss

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// TestReference compares values and derivatives by the vectors before they are
// scaled to unit length with those of PyTorch; see encoder/testdata/reference.
func TestReference(t *testing.T) {
	raw, err := os.ReadFile("../testdata/reference/losses.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Loss, Distance             string
		Margin, Temperature, Value float64
		N, Dim                     int
		Rel                        []Relation
		Support                    []bool
		V, Grad                    []float64
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 2*len(Kinds())+2 { // prototypes with and without roles
		t.Fatalf("%d cases for %d losses", len(cases), len(Kinds()))
	}
	for _, c := range cases {
		kind, err := Parse(c.Loss)
		if err != nil {
			t.Fatal(err)
		}
		distance, err := ParseDistance(c.Distance)
		if err != nil {
			t.Fatal(err)
		}
		o := Options{Distance: distance, Margin: c.Margin, Temperature: c.Temperature}
		value, grad := throughUnits(kind, o, c.V, Batch{N: c.N, Rel: c.Rel, Support: c.Support}, c.Dim)
		if math.Abs(value-c.Value) > 1e-12 {
			t.Errorf("%s, %s: value %v, want %v", c.Loss, c.Distance, value, c.Value)
		}
		for i, want := range c.Grad {
			if math.Abs(grad[i]-want) > 1e-12 {
				t.Errorf("%s, %s: derivative %d is %v, want %v", c.Loss, c.Distance, i, grad[i], want)
				break
			}
		}
	}
}

// throughUnits evaluates a loss over the rows of v scaled to unit length, and gives
// the derivative by v, in float64.
func throughUnits(k Kind, o Options, v []float64, b Batch, dim int) (float64, []float64) {
	n := b.N
	u, length := make([]float64, n*dim), make([]float64, n)
	for i := range n {
		for _, x := range v[i*dim : (i+1)*dim] {
			length[i] += x * x
		}
		length[i] = math.Sqrt(length[i])
		for c := range dim {
			u[i*dim+c] = v[i*dim+c] / length[i]
		}
	}
	b.Dist = make([]float64, n*n)
	slope, grad := make([]float64, n*n), make([]float64, n*n)
	for i := range n {
		for j := range n {
			dot := 0.
			for c := range dim {
				dot += u[i*dim+c] * u[j*dim+c]
			}
			b.Dist[i*n+j], slope[i*n+j] = o.Distance.OfDot(dot)
		}
	}
	value, _ := k.Eval(b, o, grad)
	out := make([]float64, n*dim)
	for i := range n {
		du, along := make([]float64, dim), 0.
		for j := range n {
			g := (grad[i*n+j] + grad[j*n+i]) * slope[i*n+j]
			for c := range dim {
				du[c] += g * u[j*dim+c]
			}
		}
		for c := range dim {
			along += du[c] * u[i*dim+c]
		}
		for c := range dim {
			out[i*dim+c] = (du[c] - along*u[i*dim+c]) / length[i]
		}
	}
	return value, out
}
