package main

import (
	"context"
	"fmt"
	"time"

	"github.com/doppeldb/doppel/query/label"
	"github.com/doppeldb/doppel/query/match"
)

// runStored learns from the records and labels of a file.
func (t *train) runStored(ctx context.Context) (err error) {
	if err := t.validateStored(); err != nil {
		return err
	}
	l := &labeller{stored: stored{app: t.app, dbPath: t.dbPath, name: t.collection}, right: t.rightName}
	if err := l.openBoth("train", true); err != nil {
		l.close(&err)
		return err
	}
	t.store = &store{file: l.file, path: t.dbPath, kept: true}
	defer t.close()
	if err := t.open(); err != nil {
		return err
	}
	set, err := t.storedLabels(ctx, l)
	if err != nil {
		return err
	}
	model, err := t.learn(ctx, set)
	if err != nil {
		return err
	}
	return t.finish(ctx, model)
}

// validateStored checks the flags before any work is done.
func (t *train) validateStored() error {
	t.started = time.Now()
	switch {
	case t.noLabels:
		return usagef("--no-labels trains nothing that judges pairs, which is what a model in a file is for; label some with doppel label")
	case t.pairsPath != "" || t.truth != "" || t.validPath != "":
		return usagef("with --db the labels are those of the file; doppel label import puts a pair file there")
	case t.schema != "" || t.read.id != "" || len(t.mapping) > 0 || t.read.delimiter != "":
		return usagef("--id, --schema, --map and --delimiter are about files; the records of --db are as they were imported")
	case t.threads < 0:
		return usagef("--threads: %d is negative", t.threads)
	}
	if err := t.validateTraining(); err != nil {
		return err
	}
	return t.distinctPaths(nil)
}

// storedLabels reads the labels of the collections and parts them.
func (t *train) storedLabels(ctx context.Context, l *labeller) (set match.TrainSet, err error) {
	t.cs = l.cs[:1]
	if l.cs[1] != l.cs[0] {
		t.cs = l.cs[:]
	}
	keys, all, err := l.keys()
	if err != nil {
		return set, err
	}
	t.keys = keys
	var ids [2]map[string]uint32
	for side := range all {
		ids[side] = make(map[string]uint32, len(all[side]))
		for n, key := range all[side] {
			ids[side][key] = uint32(n)
		}
	}
	for x, err := range l.file.Labels(l.cs[0].Name(), l.cs[1].Name()) {
		if err != nil {
			return set, l.damaged(err)
		}
		set.Train = append(set.Train, label.Label{Left: ids[0][x.Left.Key], Right: ids[1][x.Right.Key], Match: x.Match})
	}
	if len(t.cs) == 1 { // the smaller id first, as in a pair file
		for n, x := range set.Train {
			set.Train[n].Left, set.Train[n].Right = min(x.Left, x.Right), max(x.Left, x.Right)
		}
	}
	if len(set.Train) == 0 {
		return set, fmt.Errorf("%s: there is no label; doppel label A B --same, or --different, or doppel label import FILE put some there", t.dbPath)
	}
	if err := label.Trainable(t.dbPath, set.Train); err != nil {
		return set, err
	}
	if err := l.reportContradictions(ctx, nil); err != nil {
		return set, err
	}
	return t.part(ctx, set)
}
