package datasets

import (
	"fmt"
	"path/filepath"
)

// Questions is the set of duplicate questions: every question once, and judged pairs of them.
type Questions struct {
	Texts              []string
	Train, Valid, Test []Pair // Left is the question that is in the files first; none is paired with itself
}

// LoadQuestions reads the question pairs, split by question component.
func LoadQuestions() (*Questions, error) {
	dir, err := Dir()
	if err != nil {
		return nil, err
	}
	q := &Questions{}
	at := map[string]int{}
	id := func(text string) int {
		k, ok := at[text]
		if !ok {
			k = len(q.Texts)
			at[text] = k
			q.Texts = append(q.Texts, text)
		}
		return k
	}
	for _, part := range []struct {
		file string
		to   *[]Pair
	}{{"train", &q.Train}, {"valid", &q.Valid}, {"test", &q.Test}} {
		path := filepath.Join(dir, "qqp", part.file+".csv")
		header, rows, err := readCSV(path)
		if err != nil {
			return nil, err
		}
		if len(header) != 4 {
			return nil, fmt.Errorf("%s: %d columns, want id,question1,question2,is_duplicate", path, len(header))
		}
		for _, r := range rows {
			if a, b := id(r[1]), id(r[2]); a != b {
				*part.to = append(*part.to, Pair{min(a, b), max(a, b), r[3] == "1"})
			}
		}
	}
	return q, nil
}
