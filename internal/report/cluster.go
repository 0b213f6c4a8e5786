package report

import (
	"fmt"

	"github.com/doppeldb/doppel/record"
	"github.com/doppeldb/doppel/record/picture"
)

// How many rows of a cluster are shown at once, and at most.
const (
	rowsOpen   = 8
	rowsFolded = 100
)

// clusterView is one cluster as a table of its rows, ready to print.
type clusterView struct {
	ID, Name string
	Size     int
	Columns  []string
	Rows     []rowView // open
	More     []rowView // behind a fold
	Unseen   int       // rows of the cluster that are not on the page
}

// rowView is one row; its cells are in the order of [clusterView.Columns].
type rowView struct {
	Key   string
	Cells []cell
}

func newCluster(c Cluster, number int, schema record.Schema) clusterView {
	v := clusterView{ID: fmt.Sprintf("group-%d", number), Name: line(c.Name), Size: max(c.Size, len(c.Rows))}
	shown := c.Rows[:min(len(c.Rows), rowsFolded)]
	rows := make([]rowView, len(shown))
	for i, r := range shown {
		rows[i].Key = line(r.Key)
	}
	values := make([]string, len(shown))
	for f, field := range schema {
		blank := true
		for i, r := range shown {
			values[i] = ""
			if f < len(r.Values) {
				values[i] = picture.Name(r.Values[f])
			}
			blank = blank && values[i] == ""
		}
		if blank { // a column without a value only takes room
			continue
		}
		v.Columns = append(v.Columns, line(field.Name))
		for i, parts := range diffGroup(field.Kind, values) {
			c := newCell(parts, len(values[i]))
			if f < len(shown[i].Values) {
				c.Photo = photoOf(shown[i].Values[f])
			}
			rows[i].Cells = append(rows[i].Cells, c)
		}
	}
	v.Rows, v.Unseen = rows, v.Size-len(rows)
	if len(rows) > rowsOpen+2 {
		v.Rows, v.More = rows[:rowsOpen], rows[rowsOpen:]
	}
	return v
}
