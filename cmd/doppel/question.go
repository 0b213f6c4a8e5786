package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/internal/ingest"
	"github.com/doppeldb/doppel/record"
)

// question is what nearest and classify are asked about: a text, a stored record, or
// values of fields.
type question struct {
	key    string
	from   string // the collection of key, "" for the one that is asked
	fields []string
	image  string // a picture file
}

func (q *question) flags(c *cobra.Command) {
	c.Flags().StringVar(&q.key, "record", "", "ask about the stored record of this `KEY`")
	c.Flags().StringVar(&q.from, "from", "", "with --record: the collection `NAME` that the record is in (default: the one that is asked)")
	c.Flags().StringArrayVar(&q.fields, "field", nil, "ask about a record with `NAME=VALUE`, for a picture the name of its file; repeat as needed")
	c.Flags().StringVar(&q.image, "image", "", "ask about the picture in `FILE`")
}

// check says whether exactly one question is asked.
func (q *question) check(command string, args []string) error {
	asked := 0
	for _, is := range []bool{len(args) > 0, q.key != "", len(q.fields) > 0 || q.image != ""} {
		asked += index(is)
	}
	switch {
	case len(args) > 1:
		return usagef("%s takes one TEXT: %q is one too many (a text with spaces needs quotes)", command, args[1])
	case asked == 0:
		return usagef("%s needs a TEXT, --record KEY, --field NAME=VALUE, or --image FILE", command)
	case asked > 1:
		return usagef("%s asks about one thing: a TEXT, --record, or --field and --image", command)
	case q.from != "" && q.key == "":
		return usagef("--from goes with --record")
	case len(args) == 1 && strings.TrimSpace(args[0]) == "":
		return usagef("%s: the TEXT is empty", command)
	}
	return nil
}

// values gives the record that is asked about, but for --record.
func (q *question) values(schema record.Schema, args []string) ([]string, error) {
	values := make([]string, len(schema))
	if len(args) == 1 {
		at, err := textField(schema), error(nil)
		if values[at] = args[0]; schema[at].Kind == record.Image { // there is no text field
			values[at], err = readPicture(args[0])
		}
		return values, err
	}
	if q.image != "" {
		f := imageField(schema)
		if f < 0 {
			return nil, usagef("--image: no field is an image; the fields are %s", schema)
		}
		var err error
		if values[f], err = readPicture(q.image); err != nil {
			return nil, err
		}
	}
	for _, f := range q.fields {
		name, value, ok := strings.Cut(f, "=")
		if !ok {
			return nil, usagef("--field: %q is not NAME=VALUE", f)
		}
		i := ingest.FindName(schema.Names(), name)
		if i < 0 {
			return nil, usagef("--field: no field %q; %s", name, meant(name, schema.Names()))
		}
		if values[i] = value; schema[i].Kind == record.Image && value != "" {
			var err error
			if values[i], err = readPicture(value); err != nil {
				return nil, err
			}
		}
	}
	return values, nil
}

// storedValues gives the values of --record by the fields of the collection that is asked.
func (q *question) storedValues(s *stored) ([]string, error) {
	other := *s
	if q.from != "" {
		var err error
		if other.c, err = s.find(q.from); err != nil {
			return nil, err
		}
	}
	r, err := other.record(q.key)
	if err != nil || other.c == s.c {
		return r.Values, err
	}
	values, met := make([]string, len(s.c.Schema())), false
	for f, name := range s.c.Schema().Names() {
		if i := ingest.FindName(other.c.Schema().Names(), name); i >= 0 {
			values[f], met = r.Values[i], true
		}
	}
	if !met {
		return nil, fmt.Errorf("%s: %q has none of the fields of %q, which are %s", s.dbPath, q.from, s.c.Name(), strings.Join(s.c.Schema().Names(), ", "))
	}
	return values, nil
}

// textField is where a bare text goes. Words count the same in every text field, so that it
// need not be the one that they stand in.
func textField(schema record.Schema) int {
	for _, kind := range []record.Kind{record.Text, record.Category, record.Code, record.Image} {
		if i := slices.IndexFunc(schema, func(f record.Field) bool { return f.Kind == kind }); i >= 0 {
			return i
		}
	}
	return 0
}
