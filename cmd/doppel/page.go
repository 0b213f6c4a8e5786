package main

import (
	"cmp"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/doppeldb/doppel/internal/report"
	"github.com/doppeldb/doppel/query/match"
	"github.com/doppeldb/doppel/record"
)

// How many examples of each kind a report shows.
const (
	shownExamples = 12
	shownClusters = 8
	shownRows     = 12
)

func (j *job) writeReport(res *match.Result) error {
	p := pageOf(res)
	p.Command, p.Schema = j.command, j.layout.schema
	p.Settings = j.settings()
	for i, s := range j.sources {
		p.Sources = append(p.Sources, report.Source{Name: j.titles()[i], Rows: len(s.Rows), Key: s.keyName()})
		p.Warnings = append(p.Warnings, s.Warnings...)
	}
	return report.Write(j.page, p)
}

// titles are the file names without their directories, unless both are the same.
func (j *job) titles() []string {
	var short, long []string
	for _, s := range j.sources {
		short, long = append(short, filepath.Base(s.name())), append(long, s.name())
	}
	if len(short) == 2 && short[0] == short[1] {
		return long
	}
	return short
}

func (j *job) settings() []report.Setting {
	s := []report.Setting{{Name: "threshold", Value: j.threshold}}
	if len(j.sources) == 2 {
		s = append(s, report.Setting{Name: "cardinality", Value: j.cardinality})
	}
	if j.modelPath != "" {
		s = append(s, report.Setting{Name: "model", Value: j.modelPath})
	}
	if j.topK > 0 {
		s = append(s, report.Setting{Name: "candidates from each view", Value: strconv.Itoa(j.topK)})
	}
	return append(s, report.Setting{Name: "seed", Value: strconv.FormatUint(j.seed, 10)})
}

// pageOf fills a page with what a result knows.
func pageOf(res *match.Result) report.Page {
	p := report.Page{
		Kind: report.Link, Version: version, Threshold: res.Threshold, AutoThreshold: res.AutoThreshold,
		Histogram: res.Histogram, Warnings: slices.Clone(res.Warnings),
		Counts: report.Counts{Records: res.Stats.LeftRecords + res.Stats.RightRecords, Candidates: res.Stats.Candidates, Matches: len(res.Matches)},
	}
	if res.ClusterOf != nil {
		p.Kind = report.Dedupe
		p.Counts.Clusters, p.Counts.ClusteredRows = len(res.Clusters), clustered(res)
		p.ClusterSizes = clusterSizes(res.Clusters)
		p.Largest = largest(res)
	}
	n := len(res.Matches)
	for _, m := range res.Matches[:min(n, shownExamples)] {
		p.Strongest = append(p.Strongest, example(res, m, ""))
	}
	for i := n - 1; i >= max(0, n-shownExamples); i-- {
		p.Weakest = append(p.Weakest, example(res, res.Matches[i], ""))
	}
	for _, r := range res.Rejected[:min(len(res.Rejected), shownExamples)] {
		p.Rejected = append(p.Rejected, example(res, r.Pair, r.Reason.String()))
	}
	return p
}

func example(res *match.Result, m match.Pair, reason string) report.Example {
	left, right := res.Keys(m)
	return report.Example{LeftKey: left, RightKey: right, Score: m.Score, Reason: reason, Explanation: res.Explain(m)}
}

func clusterSizes(clusters [][]uint32) []report.SizeCount {
	counts := map[int]int{}
	for _, c := range clusters {
		counts[len(c)]++
	}
	var out []report.SizeCount
	for size, n := range counts {
		out = append(out, report.SizeCount{Size: size, Count: n})
	}
	slices.SortFunc(out, func(a, b report.SizeCount) int { return cmp.Compare(a.Size, b.Size) })
	return out
}

// largest gives the biggest clusters, ties in the order of their first row.
func largest(res *match.Result) []report.Cluster {
	order := slices.Clone(res.Clusters)
	slices.SortStableFunc(order, func(a, b []uint32) int { return cmp.Compare(len(b), len(a)) })
	var out []report.Cluster
	for _, ids := range order[:min(len(order), shownClusters)] {
		c := report.Cluster{Name: strconv.Itoa(int(res.ClusterOf[ids[0]]) + 1), Size: len(ids)}
		for _, id := range ids[:min(len(ids), shownRows)] {
			c.Rows = append(c.Rows, record.Record{Key: res.Left.Keys[id], Values: res.Left.Rows[id]})
		}
		out = append(out, c)
	}
	return out
}
