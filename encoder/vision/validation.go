package vision

import (
	"context"
	"fmt"
	"math"

	"github.com/doppeldb/doppel/internal/measure"
)

// validation is what the held-out classes are asked.
type validation struct {
	set  TrainSet
	seed uint64
}

func newValidation(set TrainSet, seed uint64) *validation { return &validation{set, seed} }

// mostWays is at most the number of held-out classes that are told apart at a time.
const mostWays = 100

// accuracy is that of [TrainPoint]; NaN without held-out classes.
func (v *validation) accuracy(ctx context.Context, n *Net, threads int) (share float64, ways int, err error) {
	if len(v.set.Pictures) == 0 {
		return math.NaN(), 0, nil
	}
	vectors, err := n.EmbedAll(ctx, v.set.Pictures, threads)
	if err != nil {
		return 0, 0, err
	}
	return oneShot(vectors, n.Dim(), v.set.Class, v.seed)
}

// episodesOfCheck is how many episodes a look at the held-out classes has; with 100 ways and a query of
// each class they are 10,000 questions.
const episodesOfCheck = 100

// oneShot is the accuracy with one example of each class. Classes of one picture cannot be asked about.
func oneShot(vectors []float32, dim int, class []int, seed uint64) (share float64, ways int, err error) {
	sizes := map[int]int{}
	for _, c := range class {
		sizes[c]++
	}
	for _, n := range sizes {
		if n > 1 {
			ways++
		}
	}
	ways = min(ways, mostWays)
	r, err := measure.Episodes(vectors, dim, class, measure.EpisodeOptions{Ways: ways, Shots: 1, Queries: 1, Runs: episodesOfCheck, Seed: seed})
	if err != nil {
		return 0, 0, fmt.Errorf("%w: of the held-out classes: %w", ErrSet, err)
	}
	return r.Accuracy, ways, nil
}
