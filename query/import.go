package query

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/doppeldb/doppel/internal/ingest"
	"github.com/doppeldb/doppel/query/syntax"
)

// importPlan is an IMPORT that is ready to run.
type importPlan struct {
	statement
	file   string
	at     syntax.Pos // of the file
	into   syntax.Name
	key    string // the key column, "" to find it
	keyAt  syntax.Pos
	dbPath string
}

func (st statement) planImport(x *syntax.Import) (plan, error) {
	file, err := st.plainScope().text(x.File, "the name of a file")
	if err != nil {
		return nil, err
	}
	p := importPlan{statement: st, file: file, at: x.File.Pos(), into: x.Into, key: x.Key.Text, keyAt: x.Key.At, dbPath: st.DB.Path()}
	if file == "" || file == "-" {
		return nil, st.parsed.Error(p.at, "IMPORT needs the name of a file")
	}
	return p, nil
}

func (p importPlan) run(ctx context.Context) (*Rows, error) {
	name := p.into.Text
	if names, err := p.DB.Collections(); err != nil {
		return nil, err
	} else if same := sameFold(names, name); same != "" {
		name = same
	}
	if mine, err := os.Stat(p.dbPath); err == nil {
		if other, err := os.Stat(p.file); err == nil && os.SameFile(mine, other) {
			return nil, p.parsed.Error(p.at, "this is the file that is open; name one with records")
		}
	}
	rows := &Rows{}
	note := func(line string) { rows.note("%s", line) }
	res, err := ingest.Import(ctx, p.file, ingest.Target{DB: p.DB, Collection: name}, ingest.Options{
		Key: p.key, Threads: p.Threads, Seed: max(1, p.Seed), Progress: p.Progress, Say: note, Warn: note, Spell: spellOption,
	})
	p.forgetKeyNames()
	switch {
	case errors.Is(err, ingest.ErrOptions) && p.key != "":
		return nil, p.statement.at(p.keyAt, err)
	case err != nil && ctx.Err() != nil && res.Done > 0 && !res.TakenBack:
		return nil, fmt.Errorf("%w; %d of %d rows are in, the same IMPORT goes on from there", err, res.Done, res.Rows)
	case err != nil:
		return nil, p.statement.at(p.at, err)
	}
	rows.Affected = res.Inserted + res.Updated
	rows.Done = count(res.Inserted, "record", "records") + " imported"
	if res.Updated > 0 {
		rows.Done += fmt.Sprintf(", %d replaced", res.Updated)
	}
	if res.From > 0 {
		rows.Done += fmt.Sprintf(", %d were in before", res.From)
	}
	return rows, nil
}

// spellOption says what a statement has for an option of the importer.
func spellOption(option string) string {
	switch option {
	case "id", "key":
		return "KEY"
	case "replace":
		return "DROP COLLECTION"
	}
	return "doppel import --" + option
}
