package main

import (
	"context"
	"encoding/json"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/record"
	"github.com/doppeldb/doppel/record/picture"
)

// nearester is one run of the nearest command.
type nearester struct {
	stored
	question
	k      int
	within float64
	where  []string
	json   bool
}

func newNearest(a *app) *cobra.Command {
	n := &nearester{stored: stored{app: a}}
	c := &cobra.Command{
		Use:   "nearest [TEXT]",
		Short: "Find the records that are most alike to a text or a record",
		Long: `nearest lists the records whose vectors are closest to that of a text, of a stored
record, or of values of fields. Distances go from 0, the same, over 1, nothing in
common, to 2.`,
		Example: `  doppel nearest 'sony bravia 40 inch tv' --db shops.doppel --collection abt
  doppel nearest --record 5 -k 3 --db shops.doppel --collection abt
  doppel nearest --record 5 --from abt --db shops.doppel --collection buy
  doppel nearest --field name=turntable --field brand=sony --db shop.doppel
  doppel nearest 'tv' --where brand=sony --where 'price<900' --db shop.doppel`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error { return n.run(c.Context(), args) },
	}
	n.dbFlags(c)
	n.question.flags(c)
	f := c.Flags()
	f.IntVarP(&n.k, "count", "k", 10, "list at most `K` records")
	f.Float64Var(&n.within, "within", -1, "only records at a distance of `D` or less")
	f.StringArrayVar(&n.where, "where", nil, whereHelp)
	f.BoolVar(&n.json, "json", false, "print JSON")
	return c
}

func (n *nearester) run(ctx context.Context, args []string) (err error) {
	if err := n.check("nearest", args); err != nil {
		return err
	}
	switch {
	case n.k < 1:
		return usagef("-k: %d; use 1 or more", n.k)
	case math.IsNaN(n.within) || n.within < 0 && n.within != -1:
		return usagef("--within: %v is not 0 or more", n.within)
	}
	if err := n.openCollection("nearest", false); err != nil {
		return err
	}
	defer n.close(&err)
	q := db.Search{K: n.k}
	if n.within >= 0 {
		q.Within, q.Radius = true, float32(n.within)
	}
	switch {
	case n.key == "":
		q.Values, err = n.values(n.c.Schema(), args)
	case n.from == "" || n.from == n.c.Name():
		q.Key = n.key // left out of the answer
		_, err = n.record(n.key)
	default:
		q.Values, err = n.storedValues(&n.stored)
	}
	if err != nil {
		return err
	}
	if q.Where, err = filter(ctx, n.c, n.where); err != nil {
		return err
	}
	answer, err := n.c.Search(ctx, q)
	if err != nil {
		return n.searchError(ctx, err)
	}
	return n.print(answer)
}

// print writes the hits as a table or as JSON.
func (n *nearester) print(a *db.Answer) error {
	if n.json {
		out := nearestAnswer{Hits: []nearestHit{}, Engine: a.Plan.Engine.String(), Records: a.Plan.Records}
		for _, h := range a.Hits {
			out.Hits = append(out.Hits, nearestHit{h.Key, plainDistance(h.Distance), orderedFields{n.c.Schema(), picture.Shown(h.Values)}})
		}
		return writeIndented(n.stdout, out)
	}
	n.sayHow(a)
	if len(a.Hits) == 0 {
		return nil
	}
	g := recordGrid(n.app, n.c, "distance").numbers(0)
	for _, h := range a.Hits {
		g.add(append([]string{strconv.FormatFloat(float64(h.Distance), 'f', 3, 32), h.Key}, shown(n.c.Schema(), h.Values)...)...)
	}
	_, err := io.WriteString(n.stdout, g.String())
	return err
}

// sayHow says how many records were looked at, and why there is none.
func (n *nearester) sayHow(a *db.Answer) {
	p := a.Plan
	switch {
	case p.Records == 0:
		n.say("%q has no record with anything to compare", n.c.Name())
	case p.Kept == 0:
		n.say("no record has %s", strings.Join(n.where, " and "))
	case len(a.Hits) == 0 && n.within >= 0:
		n.say("no record within %v; leave --within out to see the nearest", n.within)
	case len(a.Hits) == 0:
		n.say("there is nothing in the question that any record could be compared with")
	}
}

// nearestAnswer is what --json prints.
type nearestAnswer struct {
	Hits    []nearestHit `json:"hits"`
	Engine  string       `json:"engine"`
	Records int          `json:"records"`
}

type nearestHit struct {
	Key      string        `json:"key"`
	Distance float64       `json:"distance"`
	Fields   orderedFields `json:"fields"`
}

// searchError says what to do about a collection that cannot be searched.
func (s *stored) searchError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return s.vectorError(err)
}

// plainDistance rounds away what float32 makes of a number.
func plainDistance(d float32) float64 { return math.Round(float64(d)*1e6) / 1e6 }

// orderedFields is a record's values by field, those that are there; JSON in the order of the schema.
type orderedFields struct {
	schema record.Schema
	values []string
}

// MarshalJSON writes an object.
func (o orderedFields) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for f, v := range o.values {
		if v == "" {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		for i, s := range []string{o.schema[f].Name, v} {
			text, err := json.Marshal(s)
			if err != nil {
				return nil, err
			}
			b = append(append(b, text...), ":"[i:]...)
		}
	}
	return append(b, '}'), nil
}

// recordGrid is a grid of records: first the named columns, then key and fields.
func recordGrid(a *app, c *db.Collection, first ...string) *grid {
	return newGrid(a, append(append(first, keyName(c)), shownNames(c.Schema())...)...)
}

// shownFields is how many fields fit beside each other.
const shownFields = 6

func shownNames(schema record.Schema) []string {
	return schema.Names()[:min(len(schema), shownFields)]
}

func shown(schema record.Schema, values []string) []string {
	return picture.Shown(values[:min(len(schema), shownFields)])
}
