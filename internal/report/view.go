package report

import (
	"fmt"
	"time"

	"github.com/doppeldb/doppel/query/match"
)

// view is what the template prints: every number formatted, every list laid out.
type view struct {
	Title, Kind, Headline string
	Advice                string // what to try when nothing was found
	Dedupe                bool
	Nav                   []navItem
	Tiles                 []tile
	Warnings              []string
	Quality               *qualityView
	Histogram             histogram
	Sizes                 sizeChart
	Lists                 []exampleList
	Clusters              []clusterView
	Filterable            bool // whether there is anything to filter
	Run                   runView
}

// navItem links to a section of the page.
type navItem struct{ ID, Label string }

// tile is one big number.
type tile struct{ Value, Label, Note string }

type qualityView struct {
	Measures []share
	Protocol string
}

// share is one that is shown with a meter.
type share struct{ Name, Meaning, Value, Width string }

// runView is the section about the run itself.
type runView struct {
	Sources                     []sourceView
	Fields                      []fieldKind
	Settings                    []Setting
	Stages                      []stageView
	Total                       string
	Command, Version, Generated string
	GeneratedISO                string
}

type sourceView struct{ Name, Rows, Key string }

type fieldKind struct{ Name, Kind string }

type stageView struct{ Name, Took, Width string }

func newView(p Page) view {
	v := view{
		Title: line(p.Title), Kind: string(p.Kind), Dedupe: p.Kind == Dedupe,
		Headline:  headline(p),
		Tiles:     tiles(p),
		Quality:   newQuality(p.Quality),
		Histogram: newHistogram(p.Histogram[:], p.Threshold, p.AutoThreshold),
		Sizes:     newSizeChart(p.ClusterSizes),
		Run:       newRun(p),
	}
	if v.Title == "" {
		v.Title = map[Kind]string{Dedupe: "Duplicates", Link: "Links"}[p.Kind]
	}
	if p.Counts.Matches == 0 {
		v.Advice = advice(p)
	}
	for _, w := range p.Warnings {
		v.Warnings = append(v.Warnings, line(w))
	}
	for i, c := range p.Largest {
		v.Clusters = append(v.Clusters, newCluster(c, i+1, p.Schema))
	}
	v.Lists = exampleLists(p, v.Histogram.Threshold)
	v.Filterable = len(p.Strongest)+len(p.Weakest)+len(p.Rejected)+len(p.Largest) > 0
	v.Nav = navigation(v)
	return v
}

func headline(p Page) string {
	c := p.Counts
	switch {
	case c.Matches == 0 && p.Kind == Dedupe:
		return fmt.Sprintf("No duplicates found in %s %s.", formatCount(c.Records), plural(c.Records, "row", "rows"))
	case c.Matches == 0:
		return "No matches found between the two sources."
	case p.Kind == Dedupe:
		surplus := c.ClusteredRows - c.Clusters
		return fmt.Sprintf("%s of %s rows %s an earlier one. Keeping one row per group would leave %s.",
			formatCount(surplus), formatCount(c.Records), plural(surplus, "repeats", "repeat"), formatCount(c.Records-surplus))
	}
	pairs := plural(c.Matches, "pair", "pairs")
	if len(p.Sources) == 2 {
		return fmt.Sprintf("%s matching %s between %s and %s.", formatCount(c.Matches), pairs, line(p.Sources[0].Name), line(p.Sources[1].Name))
	}
	return fmt.Sprintf("%s matching %s.", formatCount(c.Matches), pairs)
}

// advice says what to look at when a run found nothing.
func advice(p Page) string {
	switch {
	case p.Counts.Candidates == 0:
		return "No two rows were alike enough to be compared. Check that the file was read as you expect " +
			"(delimiter, header, key column) and that the columns that tell what a row is are not ignored; see the schema below."
	case len(p.Rejected) > 0:
		return "The best rejected pairs are shown below. If some of them are the same thing, lower the threshold to just under " +
			"their score, or correct the kinds of the columns in the schema."
	}
	return "Pairs were compared, but none was accepted. Lower the threshold, or correct the kinds of the columns in the schema."
}

func tiles(p Page) []tile {
	c := p.Counts
	var out []tile
	if p.Kind == Link && len(p.Sources) == 2 {
		out = append(out,
			tile{formatCount(p.Sources[0].Rows), "rows left", line(p.Sources[0].Name)},
			tile{formatCount(p.Sources[1].Rows), "rows right", line(p.Sources[1].Name)})
	} else {
		out = append(out, tile{formatCount(c.Records), plural(c.Records, "row", "rows"), "read"})
	}
	out = append(out, tile{formatCount(c.Candidates), plural(c.Candidates, "pair compared", "pairs compared"), "the rest is too unlike"})
	if p.Kind == Link {
		return append(out, tile{formatCount(c.Matches), plural(c.Matches, "match", "matches"), "accepted pairs"})
	}
	return append(out,
		tile{formatCount(c.Clusters), plural(c.Clusters, "group", "groups"), "of two or more rows"},
		tile{formatCount(c.ClusteredRows), "rows in groups", formatCount(c.Matches) + " " + plural(c.Matches, "matching pair", "matching pairs")},
		tile{formatCount(c.ClusteredRows - c.Clusters), "surplus rows", "beyond one per group"})
}

func newQuality(q *Quality) *qualityView {
	if q == nil {
		return nil
	}
	return &qualityView{
		Measures: []share{
			{"Precision", "of the pairs found are right", formatScore(q.Precision), percent(q.Precision)},
			{"Recall", "of the true pairs are found", formatScore(q.Recall), percent(q.Recall)},
			{"F1", "harmonic mean of the two", formatScore(q.F1), percent(q.F1)},
		},
		Protocol: line(q.Protocol),
	}
}

func exampleLists(p Page, t *threshold) []exampleList {
	f := pairFrame{schema: p.Schema, scale: strongestWeight(p.Strongest, p.Weakest, p.Rejected)}
	if p.Kind == Link && len(p.Sources) == 2 {
		f.left, f.right = line(p.Sources[0].Name), line(p.Sources[1].Name)
	}
	if t != nil {
		f.thresholdX = t.X
	}
	noneAccepted, noneRejected := "No pair was accepted.", "Every pair that was compared is a match."
	switch c := p.Counts; {
	case c.Matches > 0:
		noneAccepted = "No example was picked for this page."
	case c.Candidates == 0:
		noneRejected = "No pair was compared."
	}
	if p.Counts.Candidates > p.Counts.Matches {
		noneRejected = "No example was picked for this page."
	}
	return []exampleList{
		f.list("strongest", "Strongest matches", "The pairs that the run is most sure of. If one of these is wrong, look at the schema first.",
			noneAccepted, p.Strongest),
		f.list("weakest", "Weakest accepted", "Accepted, but barely. If many of these are wrong, raise the threshold.",
			noneAccepted, p.Weakest),
		f.list("rejected", "Best rejected", "Not accepted, and why. If many that are below the threshold are right, lower it.",
			noneRejected, p.Rejected),
	}
}

// navigation lists the sections in the order of the page.
func navigation(v view) []navItem {
	nav := []navItem{{"summary", "Summary"}}
	if v.Quality != nil {
		nav = append(nav, navItem{"quality", "Quality"})
	}
	nav = append(nav, navItem{"scores", "Scores"})
	if v.Dedupe {
		nav = append(nav, navItem{"groups", "Groups"})
	}
	return append(nav, navItem{"strongest", "Strongest"}, navItem{"weakest", "Weakest"},
		navItem{"rejected", "Rejected"}, navItem{"run", "This run"})
}

func newRun(p Page) runView {
	r := runView{Command: line(p.Command), Version: line(p.Version)}
	for _, s := range p.Sources {
		key := line(s.Key)
		if key == "" {
			key = "row number"
		}
		r.Sources = append(r.Sources, sourceView{line(s.Name), formatCount(s.Rows), key})
	}
	for _, f := range p.Schema {
		r.Fields = append(r.Fields, fieldKind{line(f.Name), f.Kind.String()})
	}
	for _, s := range p.Settings {
		r.Settings = append(r.Settings, Setting{line(s.Name), line(s.Value)})
	}
	r.Stages, r.Total = newStages(p.Stages)
	if !p.Generated.IsZero() {
		r.Generated, r.GeneratedISO = p.Generated.Format("2 January 2006, 15:04 MST"), p.Generated.Format(time.RFC3339)
	}
	return r
}

func newStages(stages []match.Stage) (rows []stageView, total string) {
	var sum, most time.Duration
	for _, s := range stages {
		sum, most = sum+s.Took, max(most, s.Took)
	}
	for _, s := range stages {
		rows = append(rows, stageView{line(s.Name), formatDuration(s.Took), percent(float64(s.Took) / float64(max(most, 1)))})
	}
	return rows, formatDuration(sum)
}
