package report

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"image/png"
	"math"
	"strconv"
)

// contactView is what the contact sheet's template prints.
type contactView struct {
	Title, Kind, Headline, Protocol string
	Nav                             []navItem
	Tiles                           []figureTile
	Warnings                        []string
	Images                          []imageView // each once; what shows them refers to them
	Rows                            []stripView
	Confused, Parted                []pairView
	Map                             embeddingMap
	Charts                          []rateChart
	Points                          []pointView
	HasPoints                       bool
	Filterable                      bool
	Run                             runView
}

// imageView is the picture itself.
type imageView struct {
	ID            string
	Width, Height int
	URL           template.URL
}

// thumbnail refers to an imageView; Ref is "" for a picture that cannot be shown.
type thumbnail struct {
	Ref, View     string // the id with a hash before it; the view box
	Title         string
	width, height int
}

// stripView is a picture and its nearest ones.
type stripView struct {
	Query   thumbnail
	Class   string
	Name    string
	Nearest []nearView
}

type nearView struct {
	Picture  thumbnail
	Distance string
	Class    string
	Same     bool
}

type pairView struct {
	Left, Right           thumbnail
	LeftClass, RightClass string
	LeftName, RightName   string
	Distance              string
	Wrong                 bool // on the wrong side of the threshold
}

type pointView struct{ Want, FAR, FRR, Between, Distance string }

const (
	defaultRows, defaultNeighbours, defaultMistakes = 12, 8, 12
	// maxThumbSide and maxThumbBytes bound what goes into the page.
	maxThumbSide, maxThumbBytes = 512, 256 << 10
)

// gallery hands out thumbnails and remembers which pictures the page must hold.
type gallery struct {
	pictures []Picture
	shown    map[int]thumbnail
	images   []imageView
}

// use gives the thumbnail of a picture, an empty one for a position below 0 or bytes that
// are no PNG.
func (g *gallery) use(at int) thumbnail {
	if at < 0 {
		return thumbnail{}
	}
	if t, ok := g.shown[at]; ok {
		return t
	}
	p := g.pictures[at]
	t := thumbnail{Title: line(p.Class) + " · " + line(p.Name)}
	size, err := png.DecodeConfig(bytes.NewReader(p.Thumbnail))
	if err == nil && len(p.Thumbnail) <= maxThumbBytes && max(size.Width, size.Height) <= maxThumbSide {
		id := "p" + strconv.Itoa(at)
		t.Ref, t.View = "#"+id, fmt.Sprintf("0 0 %d %d", size.Width, size.Height)
		t.width, t.height = size.Width, size.Height
		g.images = append(g.images, imageView{id, size.Width, size.Height,
			template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(p.Thumbnail))})
	}
	g.shown[at] = t
	return t
}

func newContactView(c Contact) contactView {
	classes, names := numbered(c.Pictures)
	l := newLikeness(c, classes, orDefault(c.Rows, defaultRows), orDefault(c.Neighbours, defaultNeighbours), orDefault(c.Mistakes, defaultMistakes))
	v := contactView{
		Title: line(c.Title), Kind: line(c.Kind), Protocol: line(c.Protocol),
		Headline: fmt.Sprintf("%s %s of %s %s.", formatCount(len(c.Pictures)), plural(len(c.Pictures), "picture", "pictures"),
			formatCount(len(names)), plural(len(names), "class", "classes")),
		Run: newRun(Page{Command: c.Command, Version: c.Version, Settings: c.Settings, Generated: c.Generated}),
	}
	if v.Title == "" {
		v.Title = "Contact sheet"
	}
	if v.Kind == "" {
		v.Kind = "eval"
	}
	if l.judged > 0 {
		v.Headline += fmt.Sprintf(" For %s the nearest other picture is of the same class.", formatPercent(float64(l.right)/float64(l.judged)))
	}
	for _, w := range c.Warnings {
		v.Warnings = append(v.Warnings, line(w))
	}
	g := &gallery{pictures: c.Pictures, shown: map[int]thumbnail{}}
	for _, r := range l.rows {
		v.Rows = append(v.Rows, g.strip(r, classes))
	}
	v.Confused, v.Parted = g.pairs(l.confused, c.Threshold, true), g.pairs(l.parted, c.Threshold, false)
	v.Map = newEmbeddingMap(c, classes, names, g.use)
	v.Images = g.images
	v.Tiles = contactTiles(c, l)
	if c.Verification != nil {
		v.Charts = []rateChart{newDET([]DETCurve{{c.Title, c.Verification.Sweep}}), newROC(c.Verification)}
		v.Charts[0].Note = fmt.Sprintf("equal error rate %s of %s genuine and %s impostor's pairs", formatPercent(c.Verification.EER),
			formatCount(c.Verification.Genuine), formatCount(c.Verification.Impostor))
		v.Points = pointViews(c)
	}
	v.Filterable = len(v.Rows) > 0
	v.Nav = contactNav(v)
	return v
}

func orDefault(n, otherwise int) int {
	if n <= 0 {
		return otherwise
	}
	return n
}

// numbered gives the classes numbers in the order in which they come.
func numbered(pictures []Picture) (classes []int, names []string) {
	at := map[string]int{}
	for _, p := range pictures {
		k, ok := at[p.Class]
		if !ok {
			k = len(names)
			at[p.Class], names = k, append(names, p.Class)
		}
		classes = append(classes, k)
	}
	return classes, names
}

func (g *gallery) strip(r neighbourRow, classes []int) stripView {
	p := g.pictures[r.query]
	s := stripView{Query: g.use(r.query), Class: line(p.Class), Name: line(p.Name)}
	for _, n := range r.nearest {
		s.Nearest = append(s.Nearest, nearView{g.use(n.at), formatDistance(n.distance), line(g.pictures[n.at].Class), classes[n.at] == classes[r.query]})
	}
	return s
}

func (g *gallery) pairs(pairs []twoPictures, threshold float64, confused bool) (out []pairView) {
	for _, p := range pairs {
		left, right := g.pictures[p.left], g.pictures[p.right]
		out = append(out, pairView{g.use(p.left), g.use(p.right), line(left.Class), line(right.Class), line(left.Name), line(right.Name),
			formatDistance(p.distance), threshold > 0 && (p.distance <= threshold) == confused})
	}
	return out
}

// formatDistance writes a distance with three digits.
func formatDistance(d float64) string { return strconv.FormatFloat(d, 'f', 3, 64) }

func contactTiles(c Contact, l *likeness) (tiles []figureTile) {
	for _, e := range c.Episodes {
		tiles = append(tiles, figureTile{fmt.Sprintf("%d-way %d-shot", e.Ways, e.Shots), formatPercent(e.Result.Accuracy), percent(e.Result.Accuracy),
			fmt.Sprintf("right of %s episodes%s", formatCount(e.Result.Runs), formatRange(e.Result.Between.Low, e.Result.Between.High))})
	}
	if v := c.Verification; v != nil && !math.IsNaN(v.EER) {
		tiles = append(tiles, figureTile{"Equal error rate", formatPercent(v.EER), percent(v.EER), "as many refused as accepted wrongly" + formatRange(v.EERBetween.Low, v.EERBetween.High)})
		for _, o := range v.Points {
			if o.Want == .01 {
				tiles = append(tiles, figureTile{"Accepted at FAR 1 %", formatPercent(1 - o.Point.FRR()), percent(1 - o.Point.FRR()), "of the pairs that are the same"})
			}
		}
	}
	if l.judged > 0 {
		share := float64(l.right) / float64(l.judged)
		tiles = append(tiles, figureTile{"Nearest is right", formatPercent(share), percent(share), "of the pictures, all others in view"})
	}
	return tiles
}

// formatRange adds an interval to a note, where there is one.
func formatRange(low, high float64) string {
	if math.IsNaN(low) || math.IsNaN(high) {
		return ""
	}
	return fmt.Sprintf("; 95 %%: %s – %s", formatPercent(low), formatPercent(high))
}

func pointViews(c Contact) (out []pointView) {
	v := c.Verification
	if !bothKinds(v.Sweep) {
		return nil
	}
	for _, o := range v.Points {
		row := pointView{"FAR " + formatRate(o.Want) + " %", formatPercent(o.Point.FAR()), formatPercent(o.Point.FRR()), "–", formatCut(o.Point.Threshold)}
		if b := o.FRRBetween; !math.IsNaN(b.Low) && !math.IsNaN(b.High) {
			row.Between = formatPercent(b.Low) + " – " + formatPercent(b.High)
		}
		out = append(out, row)
	}
	eer := pointView{"Equal errors", formatPercent(v.AtEER.FAR()), formatPercent(v.AtEER.FRR()), "–", formatCut(v.AtEER.Threshold)}
	return append(out, eer)
}

// formatCut writes the distance of a cut of negative distances.
func formatCut(threshold float64) string {
	if math.IsInf(threshold, 0) || math.IsNaN(threshold) {
		return "accepts nothing"
	}
	return formatThreshold(-threshold)
}

func contactNav(v contactView) []navItem {
	nav := []navItem{{"summary", "Summary"}}
	if v.Charts != nil {
		nav = append(nav, navItem{"curves", "Curves"})
	}
	return append(nav, navItem{"map", "Map"}, navItem{"neighbours", "Neighbours"}, navItem{"mistakes", "Hardest"}, navItem{"run", "This run"})
}
