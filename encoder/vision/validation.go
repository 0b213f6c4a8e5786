package vision

import (
	"fmt"

	"github.com/doppeldb/doppel/internal/measure"
)

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
