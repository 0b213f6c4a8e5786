package main

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/ingest"
	"github.com/doppeldb/doppel/record"
	"github.com/doppeldb/doppel/record/picture"
)

// A condition of --where is FIELD OPERATOR VALUE; several must all hold:
//
//	brand=sony      the value, case ignored; a number by what it is worth
//	brand!=sony     has a value, and another one
//	price<900       also <=, >, >=: numbers
//	name~lamp       the text stands in it, case ignored
//	price=          has no value
//	price!=         has one
//
// It is what a shell can say without quotes inside quotes; doppel shell has the rest.
const whereHelp = "only records where `FIELD=VALUE`, also != < <= > >=, ~ for a part of the text, and FIELD= for none; repeat as needed"

// operators, those first that others begin with.
var operators = []string{"!=", "<=", ">=", "=", "<", ">", "~"}

// filter makes one of the conditions; nil without any.
func filter(ctx context.Context, c *db.Collection, conditions []string) (db.Filter, error) {
	var parts []db.Filter
	for _, text := range conditions {
		f, err := condition(ctx, c, text)
		if err != nil {
			return nil, err
		}
		parts = append(parts, f)
	}
	if len(parts) == 0 {
		return nil, nil
	}
	return db.And(parts...), nil
}

func condition(ctx context.Context, c *db.Collection, text string) (db.Filter, error) {
	name, op, value := splitCondition(text)
	if op == "" {
		return nil, usagef("--where: %q is not FIELD=VALUE, FIELD<VALUE or the like", text)
	}
	at := ingest.FindName(c.Schema().Names(), name)
	if at < 0 {
		return nil, usagef("--where: no field %q in %q; %s", name, c.Name(), meant(name, c.Schema().Names()))
	}
	field := c.Schema()[at]
	switch op {
	case "=", "!=":
		if value == "" {
			return negate(db.Missing(field.Name), op == "!="), nil
		}
		f, err := equal(ctx, c, field, value)
		if err != nil || op == "=" {
			return f, err
		}
		return db.And(db.Not(f), db.Not(db.Missing(field.Name))), nil
	case "~":
		low := strings.ToLower(value)
		return db.Test(text, func(r record.Record) bool { return strings.Contains(strings.ToLower(picture.Name(r.Values[at])), low) }), nil
	}
	return inRange(field, op, value)
}

func splitCondition(text string) (name, op, value string) {
	at := strings.IndexAny(text, "=<>!~")
	if at < 0 {
		return text, "", ""
	}
	for _, o := range operators {
		if value, ok := strings.CutPrefix(text[at:], o); ok {
			return strings.TrimSpace(text[:at]), o, strings.TrimSpace(value)
		}
	}
	return text, "", ""
}

func negate(f db.Filter, yes bool) db.Filter {
	if yes {
		return db.Not(f)
	}
	return f
}

// equal keeps a value whatever its case.
func equal(ctx context.Context, c *db.Collection, field record.Field, value string) (db.Filter, error) {
	if field.Kind == record.Number {
		if _, ok := record.ParseNumber(value); !ok {
			return nil, usagef("--where: %s is a number, and %q is none", field.Name, value)
		}
		return db.Equal(field.Name, value), nil
	}
	if field.Kind == record.Category || field.Kind == record.Code {
		var same []string // as they are stored; these are looked up and not read
		for v, err := range c.Values(ctx, field.Name, nil) {
			if err != nil {
				return nil, err
			}
			if strings.EqualFold(v.Value, value) {
				same = append(same, v.Value)
			}
		}
		if len(same) == 0 {
			same = []string{value}
		}
		return db.Equal(field.Name, same...), nil
	}
	at := c.Schema().Index(field.Name)
	return db.Test(fmt.Sprintf("%s = %q", field.Name, value), func(r record.Record) bool { return strings.EqualFold(picture.Name(r.Values[at]), value) }), nil
}

func inRange(field record.Field, op, value string) (db.Filter, error) {
	x, ok := record.ParseNumber(value)
	switch {
	case !ok:
		return nil, usagef("--where: %s%s needs a number, and %q is none", field.Name, op, value)
	case field.Kind != record.Number:
		return nil, usagef("--where: %s is taken for %s and not for a number, so that %s says nothing", field.Name, field.Kind, op)
	}
	low, high, ends := math.Inf(-1), math.Inf(1), db.Closed
	switch op {
	case "<":
		high, ends = x, db.OpenHigh
	case "<=":
		high = x
	case ">":
		low, ends = x, db.OpenLow
	case ">=":
		low = x
	}
	return db.Between(field.Name, low, high, ends), nil
}
