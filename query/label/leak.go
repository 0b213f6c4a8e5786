package label

import (
	"context"
	"fmt"

	"github.com/doppeldb/doppel/internal/baseline"
)

// Leak says what training and test have in common. A figure on such a test says
// how well the model remembers, not how well it will do.
type Leak struct {
	Pairs   int // test pairs that are training pairs
	Differ  int // of these, those with another label
	Records int // records of test pairs that training pairs have too
	Of      int // records of test pairs
	// Entities are things (by the matches of both sides together) that the test
	// has a match of and training a record, of EntitiesOf that the test has a match of.
	Entities, EntitiesOf int
	// Twins are the nearest pairs of a test record that training has not and a
	// training record of the same table, at a cosine of at least [TwinCosine].
	Twins []Twin
	// The first of each kind.
	RecordExample int // a record number, left ones first; -1 for none
	EntityExample [2]int
}

// Twin is a record of the test that is nearly one of training, as record numbers,
// left records first.
type Twin struct {
	Test, Train int
	Cosine      float64
}

// TwinCosine is the cosine of character n-grams at which two records of one table
// are near-duplicates. The pairs at and above it have equal texts on Abt-Buy (just
// below, listings differ in the code of a colour) and texts that differ in word
// order, a date or a word on Amazon-Google, DBLP-ACM and WDC computers; a few of
// those are variants, told apart by one number.
const TwinCosine = .95

// FindLeak compares the two sides of a split. rows are the values of the records,
// left ones first; without them twins are not looked for. It returns the context's error.
func FindLeak(ctx context.Context, s Sides, train, test []Label, rows [][]string, threads int) (*Leak, error) {
	l := &Leak{RecordExample: -1, EntityExample: [2]int{-1, -1}}
	l.samePairs(train, test)
	inTrain, inTest := recordsOf(s, train), recordsOf(s, test)
	for r := range inTest {
		if !inTest[r] {
			continue
		}
		l.Of++
		if inTrain[r] {
			l.Records++
			if l.RecordExample < 0 {
				l.RecordExample = r
			}
		}
	}
	l.sameEntities(s, train, test, inTrain)
	if rows == nil {
		return l, nil
	}
	for _, table := range [][2]int{{0, s.Left}, {s.Left, s.records()}} {
		if err := l.findTwins(ctx, table[0], table[1], inTrain, inTest, rows, threads); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func (l *Leak) samePairs(train, test []Label) {
	known := make(map[[2]uint32]bool, len(train))
	for _, t := range train {
		known[[2]uint32{t.Left, t.Right}] = t.Match
	}
	for _, t := range test {
		if was, both := known[[2]uint32{t.Left, t.Right}]; both {
			l.Pairs++
			if was != t.Match {
				l.Differ++
			}
		}
	}
}

// sameEntities counts the things that the test has a match of and training a
// record.
func (l *Leak) sameEntities(s Sides, train, test []Label, inTrain []bool) {
	e, known, counted := newEntities(s, train, test), map[int]int{}, map[int]bool{}
	for r := len(inTrain) - 1; r >= 0; r-- {
		if inTrain[r] {
			known[e.of(r)] = r // the first one stays
		}
	}
	for _, t := range test {
		a, _ := s.ends(t)
		thing := e.of(a)
		if !t.Match || counted[thing] {
			continue
		}
		counted[thing] = true
		l.EntitiesOf++
		if r, leaked := known[thing]; leaked {
			if l.Entities++; l.EntityExample[0] < 0 {
				l.EntityExample = [2]int{r, a}
			}
		}
	}
}

// findTwins looks among records from..to, one table.
func (l *Leak) findTwins(ctx context.Context, from, to int, inTrain, inTest []bool, rows [][]string, threads int) error {
	var fresh, known []int
	var freshRows, knownRows [][]string
	for r := from; r < to; r++ {
		switch {
		case inTrain[r]:
			known, knownRows = append(known, r), append(knownRows, rows[r])
		case inTest[r]:
			fresh, freshRows = append(fresh, r), append(freshRows, rows[r])
		}
	}
	if len(fresh) == 0 || len(known) == 0 {
		return nil
	}
	nearest, err := baseline.NewTFIDF(freshRows, knownRows).Nearest(ctx, 1, threads)
	if err != nil {
		return err
	}
	for _, p := range nearest { // most alike first
		if p.Sim < TwinCosine {
			break
		}
		l.Twins = append(l.Twins, Twin{fresh[p.Left], known[p.Right], p.Sim})
	}
	return nil
}

// Leaks says whether the two sides have a pair, an entity or a near-duplicate in common. A
// record alone may stand on both sides of a fair split: as the rival of another.
func (l *Leak) Leaks() bool { return l.Pairs+l.Entities+len(l.Twins) > 0 }

// Lines says in words and numbers what was found, nothing if nothing was. key names a record by its number.
func (l *Leak) Lines(key func(r int) string) (lines []string) {
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	if l.Pairs > 0 {
		differ := ""
		if l.Differ > 0 {
			differ = fmt.Sprintf(", %d of them with another label", l.Differ)
		}
		add("%s also in training%s", plural(l.Pairs, "test pair is", "test pairs are"), differ)
	}
	if l.Records > 0 {
		add("%d of %d test records are in training pairs too, such as %s", l.Records, l.Of, key(l.RecordExample))
	}
	if l.Entities > 0 {
		add("%d of %d things that match in the test have records in training, such as %s (training) and %s (test)",
			l.Entities, l.EntitiesOf, key(l.EntityExample[0]), key(l.EntityExample[1]))
	}
	if len(l.Twins) > 0 {
		t := l.Twins[0]
		add("%s not in training but nearly a record that is, such as %s (test) and %s (training), cosine %.2f",
			plural(len(l.Twins), "test record is", "test records are"), key(t.Test), key(t.Train), t.Cosine)
	}
	return lines
}
