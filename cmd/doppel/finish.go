package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/doppeldb/doppel/query/match"
)

// match runs the matcher with a progress bar, and passes its warnings on.
func (j *job) match(ctx context.Context, run func() (*match.Result, error)) (*match.Result, error) {
	j.progress = newProgress(j.app)
	if j.progress != nil {
		j.opts.Progress = j.progress.show
	}
	res, err := run()
	j.progress.end()
	if err != nil {
		return nil, j.store.workError(ctx, err)
	}
	for _, w := range res.Warnings {
		j.warn("%s", w)
	}
	return res, nil
}

// finish writes the report, puts all outputs in place and says what was done.
func (j *job) finish(res *match.Result) error {
	if j.page != nil {
		if err := j.writeReport(res); err != nil {
			return err
		}
	}
	if err := j.commit(); err != nil {
		return err
	}
	j.saySummary(res)
	if j.json {
		w := j.stderr
		if j.out != "-" && j.out != "" {
			w = j.stdout
		}
		return writeSummary(w, j.summary(res))
	}
	return nil
}

func (j *job) saySummary(res *match.Result) {
	how := "given"
	if res.AutoThreshold {
		how = "automatic"
	}
	if res.ClusterOf != nil {
		clusters, rows := len(res.Clusters), clustered(res)
		j.say("%s in %s of %s rows", count(clusters, "group of duplicates", "groups of duplicates"), thousands(rows), thousands(len(res.ClusterOf)))
	} else {
		j.say("%s", count(len(res.Matches), "match", "matches"))
	}
	threshold := fmt.Sprintf("threshold %.2f (%s)", res.Threshold, how)
	if res.AutoThreshold && len(res.Matches) == 0 {
		threshold = "nothing accepted"
	}
	j.say("%s compared, %s, %.1f s", count(res.Stats.Candidates, "candidate pair", "candidate pairs"), threshold, time.Since(j.started).Seconds())
	for _, o := range []string{j.out, j.pairs, j.report} {
		if o != "" && o != "-" {
			j.say("wrote %s", o)
		}
	}
}

// clustered counts the rows in groups of two or more.
func clustered(res *match.Result) (rows int) {
	for _, c := range res.Clusters {
		rows += len(c)
	}
	return rows
}

// summary is what --json prints. All but seconds is the same for the same input.
type summary struct {
	Command       string   `json:"command"`
	Rows          []int    `json:"rows"`
	Schema        string   `json:"schema"`
	Candidates    int      `json:"candidates"`
	Threshold     float64  `json:"threshold"`
	AutoThreshold bool     `json:"auto_threshold"`
	Matches       int      `json:"matches"`
	Clusters      *int     `json:"clusters,omitempty"`
	ClusteredRows *int     `json:"clustered_rows,omitempty"`
	SkippedRows   int      `json:"skipped_rows"`
	Warnings      []string `json:"warnings"`
	Seconds       float64  `json:"seconds"`
}

func (j *job) summary(res *match.Result) summary {
	s := summary{
		Command: j.command, Schema: j.layout.schema.String(), Candidates: res.Stats.Candidates,
		Threshold: math.Round(res.Threshold*1e6) / 1e6, AutoThreshold: res.AutoThreshold, Matches: len(res.Matches),
		Warnings: append([]string{}, j.warnings...), Seconds: math.Round(time.Since(j.started).Seconds()*1000) / 1000,
	}
	for _, src := range j.sources {
		s.Rows = append(s.Rows, len(src.Rows))
		s.SkippedRows += src.SkippedRows
	}
	if res.ClusterOf != nil {
		clusters, rows := len(res.Clusters), clustered(res)
		s.Clusters, s.ClusteredRows = &clusters, &rows
	}
	return s
}

func writeSummary(w io.Writer, s summary) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(s)
}
