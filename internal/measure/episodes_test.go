package measure

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// scattered gives n vectors of each class at unit length, class c near axis c.
func scattered(classes, n, dim int, noise float64) (vectors []float32, class []int) {
	rng := rand.New(rand.NewPCG(5, 6))
	for c := range classes {
		for range n {
			v, norm := make([]float64, dim), 0.0
			for k := range v {
				v[k] = noise * rng.NormFloat64()
				if k == c%dim {
					v[k]++
				}
				norm += v[k] * v[k]
			}
			for _, x := range v {
				vectors = append(vectors, float32(x/math.Sqrt(norm)))
			}
			class = append(class, c)
		}
	}
	return vectors, class
}

func TestEpisodes(t *testing.T) {
	vectors, class := scattered(8, 10, 8, 0)
	if r, err := Episodes(vectors, 8, class, EpisodeOptions{Ways: 8, Runs: 20}); err != nil || r.Accuracy != 1 || r.Between != (Interval{1, 1}) || r.Classes != 8 {
		t.Errorf("classes apart: %+v, %v", r, err)
	}
	// All of one direction: every query ties, and a tie is no answer.
	same := make([]float32, 8*len(class))
	for i := range class {
		same[i*8] = 1
	}
	if r, _ := Episodes(same, 8, class, EpisodeOptions{Ways: 5, Shots: 2, Runs: 20}); r.Accuracy != 0 {
		t.Errorf("all the same: %+v", r)
	}
	noise, _ := scattered(8, 10, 8, 100)
	r, _ := Episodes(noise, 8, class, EpisodeOptions{Ways: 5, Queries: 3, Seed: 1})
	if math.Abs(r.Accuracy-.2) > .05 || !(r.Between.Low < r.Accuracy && r.Between.High < .3) {
		t.Errorf("noise, 5 ways: %+v", r)
	}
	again, _ := Episodes(noise, 8, class, EpisodeOptions{Ways: 5, Queries: 3, Seed: 1})
	other, _ := Episodes(noise, 8, class, EpisodeOptions{Ways: 5, Queries: 3, Seed: 2})
	if again != r || other == r {
		t.Errorf("seeds: %+v, %+v, %+v", r, again, other)
	}
}

// More shots help, and the mean of five beats the nearest of five where noise is all there is.
func TestEpisodeRules(t *testing.T) {
	vectors, class := scattered(8, 40, 8, .5)
	get := func(o EpisodeOptions) float64 {
		o.Ways, o.Seed = 8, 3
		r, err := Episodes(vectors, 8, class, o)
		if err != nil {
			t.Fatal(err)
		}
		return r.Accuracy
	}
	one, five, nearest := get(EpisodeOptions{}), get(EpisodeOptions{Shots: 5}), get(EpisodeOptions{Shots: 5, Nearest: true})
	if !(one < nearest && nearest < five) {
		t.Errorf("1 shot %.3f, 5 shots by the nearest %.3f, by the mean %.3f", one, nearest, five)
	}
	if get(EpisodeOptions{Nearest: true}) != one {
		t.Error("with one shot the rules are the same")
	}
}

func TestEpisodesOfOneGroup(t *testing.T) {
	// Two groups that share axes: inside a group all is apart.
	vectors, class := scattered(8, 5, 4, 0)
	group := make([]int, len(class))
	for i, c := range class {
		group[i] = c / 4
	}
	if r, err := Episodes(vectors, 4, class, EpisodeOptions{Ways: 4, Group: group, Runs: 50}); err != nil || r.Accuracy != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := Episodes(vectors, 4, class, EpisodeOptions{Ways: 8, Runs: 50}); err != nil || r.Accuracy != 0 {
		t.Errorf("over groups: %+v, %v", r, err)
	}
}

func TestEpisodesRefused(t *testing.T) {
	vectors, class := scattered(3, 2, 4, 0)
	_, err := Episodes(vectors, 4, class, EpisodeOptions{Ways: 3, Shots: 2})
	if !errors.Is(err, ErrEpisodes) || !strings.Contains(err.Error(), "3 classes of 3 or more pictures each are needed, and 0 of 3") {
		t.Errorf("small classes: %v", err)
	}
	if _, err := Episodes(vectors, 4, class, EpisodeOptions{Ways: 1}); !errors.Is(err, ErrEpisodes) {
		t.Errorf("one way: %v", err)
	}
	if _, err := Episodes(nil, 4, nil, EpisodeOptions{}); !errors.Is(err, ErrEpisodes) {
		t.Errorf("nothing: %v", err)
	}
}
