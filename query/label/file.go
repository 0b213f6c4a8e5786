package label

import (
	"fmt"
	"slices"
	"strings"

	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/record"
)

// File is a pair file: a table with two columns of ids and, usually, one of labels.
type File struct {
	*table.Table
	left, right int // columns of the ids
	label       int // column of the labels, -1 when there is none
}

// The names of the columns, case and separators ignored. What a run of ours
// calls "match" is a decision, not a judgement, and is never taken for a label.
var (
	idColumns    = [][2]string{{"ltable_id", "rtable_id"}, {"left_id", "right_id"}, {"id1", "id2"}, {"id_left", "id_right"}}
	labelColumns = []string{"label", "is_match", "is_duplicate"}
)

// ReadFile reads a pair file of any format that internal/table reads, "-" for stdin. It
// returns [ErrColumns] when no two columns are ids, and the errors of [table.ReadAll].
func ReadFile(path string, opts *table.Options) (*File, error) {
	t, err := table.ReadAll(path, opts)
	if err != nil {
		return nil, err
	}
	return NewFile(t)
}

// NewFile finds the columns of a table that was read already.
func NewFile(t *table.Table) (*File, error) {
	f := &File{Table: t, label: -1}
	column := func(name string) int {
		return slices.IndexFunc(t.Header, func(h string) bool { return record.SameName(h, name) })
	}
	for _, names := range idColumns {
		if f.left, f.right = column(names[0]), column(names[1]); f.left >= 0 && f.right >= 0 {
			break
		}
	}
	if f.left < 0 || f.right < 0 {
		return nil, f.headerError("no two columns of ids; call them ltable_id,rtable_id or left_id,right_id or id1,id2")
	}
	for _, name := range labelColumns {
		if f.label = column(name); f.label >= 0 {
			break
		}
	}
	return f, nil
}

func (f *File) headerError(what string) error {
	return &table.Error{Path: f.name(), Line: 1, Msg: what + "; the columns are " + strings.Join(f.Header, ", "), Err: ErrColumns}
}

// name is the file as messages call it.
func (f *File) name() string {
	if f.Path == "-" {
		return "stdin"
	}
	return f.Path
}

// at is an error about one value.
func (f *File) at(row, column int, err error, format string, args ...any) error {
	return &table.Error{Path: f.name(), Line: f.Lines[row], Field: column + 1, Name: f.Header[column], Msg: fmt.Sprintf(format, args...), Err: err}
}

// Labelled says whether the file has a column of labels.
func (f *File) Labelled() bool { return f.label >= 0 }

// Pairs gives the pair of every row, in order, whatever its label (Match is
// false). In one table the smaller id comes first. Errors: [ErrUnknownID], [ErrSelf].
func (f *File) Pairs(keys *Keys) ([]Label, error) {
	out := make([]Label, len(f.Rows))
	for i := range f.Rows {
		var err error
		if out[i].Left, err = f.id(i, f.left, keys.left, keys.right, "left"); err != nil {
			return nil, err
		}
		if out[i].Right, err = f.id(i, f.right, keys.right, keys.left, "right"); err != nil {
			return nil, err
		}
		if !keys.single {
			continue
		}
		if out[i].Left == out[i].Right {
			return nil, f.at(i, f.right, ErrSelf, "record %q is paired with itself; leave the row out", f.Rows[i][f.right])
		}
		out[i].Left, out[i].Right = min(out[i].Left, out[i].Right), max(out[i].Left, out[i].Right)
	}
	return out, nil
}

// id finds the record of a row's id.
func (f *File) id(row, column int, s, other side, which string) (uint32, error) {
	key := f.Rows[row][column]
	id, ok := s.ids[key]
	if ok {
		return id, nil
	}
	more := 0
	for _, r := range f.Rows[row+1:] {
		if _, ok := s.ids[r[column]]; !ok {
			more++
		}
	}
	also := ""
	if more > 0 {
		also = fmt.Sprintf(" (nor %d more ids of this column)", more)
	}
	where := s.name
	if s.name != other.name {
		where = "the " + which + " file " + s.name
	}
	if key == "" {
		return 0, f.at(row, column, ErrUnknownID, "the id is missing; leave the row out")
	}
	return 0, f.at(row, column, ErrUnknownID, "%s has no record %q%s; %s", where, key, also, s.hint(key, other))
}

// labels a value can be, in lower case.
var labelValues = map[string]bool{
	"1": true, "true": true, "yes": true, "1.0": true,
	"0": false, "false": false, "no": false, "0.0": false,
}

// match reads the label of a row: 1 or 0, true or false, yes or no.
func (f *File) match(row int) (bool, error) {
	v := f.Rows[row][f.label]
	m, ok := labelValues[strings.ToLower(strings.TrimSpace(v))]
	if !ok {
		return false, f.at(row, f.label, ErrValue, "%q is no label; use 1 for a match and 0 for none (true and false, yes and no will do)", v)
	}
	return m, nil
}
