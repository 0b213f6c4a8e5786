package match

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/record"
)

// byteTable makes a small table of what a fuzzer gives: the first bytes pick the
// kinds of up to three fields, the rest are values cut at '|' and rows cut at '\n'.
func byteTable(data string) (record.Schema, [][]string) {
	head, rest := data, ""
	if len(data) > 3 {
		head, rest = data[:3], data[3:]
	}
	var schema record.Schema
	for i := range len(head) {
		schema = append(schema, record.Field{Name: fmt.Sprint("f", i), Kind: record.Kind(head[i] % 6)})
	}
	if len(schema) == 0 {
		schema = record.Schema{{Name: "f0"}}
	}
	var rows [][]string
	for line := range strings.SplitSeq(rest, "\n") {
		if len(rows) == 40 {
			break
		}
		row := make([]string, len(schema))
		for f, v := range strings.SplitN(line, "|", len(schema)) {
			row[f] = v
		}
		rows = append(rows, row)
	}
	return schema, rows
}

// fuzzStore is store on a file that one process of the fuzzer uses again and again.
func fuzzStore(f *testing.F) func(t *testing.T, schema record.Schema, tables ...[][]string) []*db.Collection {
	dir, err := os.MkdirTemp("", "doppel-fuzz")
	if err != nil {
		f.Fatal(err)
	}
	file, err := db.Open(filepath.Join(dir, "fuzz.doppel"), &db.Options{NoSync: true})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		_ = file.Close() // the folder goes next
		if err := os.RemoveAll(dir); err != nil {
			f.Error(err)
		}
	})
	return func(t *testing.T, schema record.Schema, tables ...[][]string) (cs []*db.Collection) {
		for n, rows := range tables {
			name := fmt.Sprint("table-", n)
			c, err := file.Create(name, schema)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := file.Drop(name); err != nil {
					t.Error(err)
				}
			})
			var records []record.Record
			for i, r := range rows {
				records = append(records, record.Record{Key: fmt.Sprint(i), Values: r})
			}
			if err := c.Put(t.Context(), records...); err != nil {
				t.Fatal(err)
			}
			cs = append(cs, c)
		}
		return cs
	}
}

func addSeeds(f *testing.F) {
	for _, seed := range []string{
		"", "\x00", "\x00\x01\x02sony tv|9.99|A1\nSony TV|$9.99|a-1\n|x|\n\n",
		"\x00\x04\x03sony kdl-40v3000 40in|x|tv\nSony KDL40V3000 40 inch||tv\ncanon sd750|y|camera\ncannon sd-750||camera\nhp p1005|z|printer\n",
		"\x01\x01\x01" + "1|2|3\n1|2|3\n-1|2.5|x\n1e300|-0|9\n", "\x04\x04\x04a|b|c\na|b|c\n",
		"\x00\x00\x00pack of 6|blk|1kg\n6pk|black|1000 g\n\xff\x00|👪|" + strings.Repeat("9", 300) + "kg\n40\"x30\"|amp hour|2 amp hours\n",
		"\x03\x02\x00" + strings.Repeat("x|y|sony tv 1\n", 12),
	} {
		f.Add(seed)
	}
}

func FuzzDedupe(f *testing.F) {
	addSeeds(f)
	put := fuzzStore(f)
	f.Fuzz(func(t *testing.T, data string) {
		schema, rows := byteTable(data)
		r, err := Dedupe(t.Context(), put(t, schema, rows)[0], Options{Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		checkDedupe(t, r)
		for _, p := range r.Matches {
			r.Explain(p)
		}
		for _, p := range r.Rejected[:min(5, len(r.Rejected))] {
			r.Explain(p.Pair)
		}
	})
}

func FuzzLink(f *testing.F) {
	addSeeds(f)
	put := fuzzStore(f)
	f.Fuzz(func(t *testing.T, data string) {
		schema, rows := byteTable(data)
		half := len(rows) / 2
		card := Cardinality(len(data) % 3)
		cs := put(t, schema, rows[:half], rows[half:])
		r, err := Link(t.Context(), cs[0], cs[1], Options{Threads: 1, Cardinality: card, Threshold: float64(len(data)%4) / 4})
		if err != nil {
			t.Fatal(err)
		}
		checkLink(t, r, card)
		for _, p := range r.Matches {
			r.Explain(p)
		}
		for _, p := range r.Rejected[:min(5, len(r.Rejected))] {
			r.Explain(p.Pair)
		}
	})
}
