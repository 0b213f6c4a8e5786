package main

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/doppeldb/doppel/internal/datasets"
	"github.com/doppeldb/doppel/query/label"
	"github.com/doppeldb/doppel/query/match"
)

// questions is the set of duplicate questions: pairs of one text field, judged on their own.
const questions = "questions"

// questionSet is every question once, and the pairs of the three parts.
type questionSet struct {
	rows               [][]string
	train, valid, test []match.Label
}

func loadQuestions() (*questionSet, error) {
	dir, err := datasets.Dir()
	if err != nil {
		return nil, err
	}
	q := &questionSet{}
	at := map[string]uint32{}
	id := func(text string) uint32 {
		k, ok := at[text]
		if !ok {
			k = uint32(len(q.rows))
			at[text] = k
			q.rows = append(q.rows, []string{text})
		}
		return k
	}
	for _, part := range []struct {
		file string
		to   *[]match.Label
	}{{"train", &q.train}, {"valid", &q.valid}, {"test", &q.test}} {
		rows, err := readPacked(filepath.Join(dir, "qqp", part.file+".csv"))
		if err != nil {
			return nil, err
		}
		for _, r := range rows[1:] { // id, question1, question2, is_duplicate
			a, b := id(r[1]), id(r[2])
			if a != b {
				*part.to = append(*part.to, match.Label{Left: a, Right: b, Match: r[3] == "1"})
			}
		}
	}
	return q, nil
}

// readPacked reads a CSV file, or the same with .gz.
func readPacked(path string) ([][]string, error) {
	var in io.Reader
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		if f, err = os.Open(path + ".gz"); err == nil {
			in, err = gzip.NewReader(f)
		}
	} else {
		in = f
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return rows, nil
}

// questions trains on pairs of one collection of questions.
func (m *measured) questions(ctx context.Context) error {
	q, err := loadQuestions()
	if err != nil {
		return err
	}
	file, cs, err := store(ctx, []string{"question"}, q.rows)
	if err != nil {
		return err
	}
	defer file.Close()
	set := match.TrainSet{Train: q.train, Valid: q.valid}
	model, err := m.train(ctx, cs[0], nil, set)
	if err != nil {
		return err
	}
	return m.score(ctx, cs[0], nil, model, label.Sides{Left: len(q.rows)}, set, q.test)
}
