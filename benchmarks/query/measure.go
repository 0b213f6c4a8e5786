package main

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/query"
)

// overhead is the same search by the Go call and by the language, in turns: the mean over
// the questions of each one's quickest round, which others on the machine disturb least.
type overhead struct {
	call, statement time.Duration
}

// overheadRounds make it likely that every search is undisturbed once.
const overheadRounds = 25

func (s *shop) overhead(ctx context.Context) (o overhead, err error) {
	for _, title := range s.questions {
		call, statement := time.Hour, time.Hour
		for round := range 2 * overheadRounds {
			start := time.Now()
			if round%2 == 0 {
				_, err = s.c.Search(ctx, db.Search{Values: question(title), K: 10, Ef: query.DefaultEf})
				call = min(call, time.Since(start))
			} else {
				_, err = s.ask(ctx, "SELECT key, title, distance FROM products NEAREST TO ? LIMIT 10", title)
				statement = min(statement, time.Since(start))
			}
			if err != nil {
				return o, err
			}
		}
		o.call += call
		o.statement += statement
	}
	n := time.Duration(len(s.questions))
	return overhead{o.call / n, o.statement / n}, nil
}

func median[T int | float64 | time.Duration](list []T) T {
	list = slices.Clone(list)
	slices.Sort(list)
	return list[len(list)/2]
}

// point is what a filter of one selectivity does.
type point struct {
	percent     float64
	fewest      int     // records of an answer to LIMIT 10
	recall      float64 // @10, against USING EXACT
	auto, exact time.Duration
}

var percents = []float64{.1, .2, .5, 1, 2, 5, 10, 25, 50, 75, 90, 99}

func (s *shop) sweep(ctx context.Context) (points []point, err error) {
	for _, percent := range percents {
		p := point{percent: percent, fewest: 10}
		var auto, exact []time.Duration
		found, there := 0, 0
		for _, title := range s.questions {
			start := time.Now()
			near, err := s.ask(ctx, "SELECT distance FROM products NEAREST TO ? WHERE share < ? LIMIT 10", title, percent)
			if err != nil {
				return nil, err
			}
			auto = append(auto, time.Since(start))
			start = time.Now()
			truth, err := s.ask(ctx, "SELECT distance FROM products NEAREST TO ? WHERE share < ? USING EXACT LIMIT 10", title, percent)
			if err != nil {
				return nil, err
			}
			exact = append(exact, time.Since(start))
			p.fewest = min(p.fewest, len(near))
			there += len(truth)
			n, err := asNear(near, truth)
			if err != nil {
				return nil, err
			}
			found += n
		}
		p.recall, p.auto, p.exact = float64(found)/float64(there), median(auto), median(exact)
		points = append(points, p)
	}
	return points, nil
}

// asNear counts the distances that are no larger than the largest true one: of records that are equally
// near any is right.
func asNear(near, truth []string) (n int, err error) {
	if len(truth) == 0 {
		return 0, nil
	}
	farthest, err := strconv.ParseFloat(truth[len(truth)-1], 64)
	if err != nil {
		return 0, err
	}
	for _, text := range near {
		d, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return 0, err
		}
		if d <= farthest {
			n++
		}
	}
	return n, nil
}

// aggregate is a statement over the whole collection.
type aggregate struct {
	text   string
	served bool // from the columns of the file
	took   time.Duration
}

var aggregates = []aggregate{
	{text: "SELECT count(*) FROM products WHERE price < 100", served: true},
	{text: "SELECT category, count(*) FROM products WHERE price BETWEEN 10 AND 500 GROUP BY category", served: true},
	{text: "SELECT count(*), avg(price), min(price), max(price) FROM products WHERE share < 90", served: true},
	{text: "SELECT brand, count(*), avg(price) FROM products WHERE share < 99.9 GROUP BY brand"},
	{text: "SELECT count(*), sum(price * 2) FROM products WHERE share < 99.9"},
	{text: "SELECT count(*) FROM products WHERE title LIKE '%black%'"},
}

func (s *shop) aggregates(ctx context.Context, rounds int) ([]aggregate, error) {
	list := slices.Clone(aggregates)
	for i := range list {
		var took []time.Duration
		for round := range rounds + 1 {
			start := time.Now()
			if _, err := s.ask(ctx, list[i].text); err != nil {
				return nil, err
			}
			if round > 0 { // the first reads the columns
				took = append(took, time.Since(start))
			}
		}
		list[i].took = median(took)
	}
	return list, nil
}
