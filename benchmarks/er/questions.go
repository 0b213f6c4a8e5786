package main

import (
	"context"

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
	set, err := datasets.LoadQuestions()
	if err != nil {
		return nil, err
	}
	q := &questionSet{train: labelsOf(set.Train), valid: labelsOf(set.Valid), test: labelsOf(set.Test)}
	for _, text := range set.Texts {
		q.rows = append(q.rows, []string{text})
	}
	return q, nil
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
