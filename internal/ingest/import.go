package ingest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/encoder"
)

// run is one import.
type run struct {
	Options
	to      Target
	old     earlier
	look    *look
	cols    *columns
	c       *db.Collection
	state   state
	from    int  // rows that an earlier run has put
	made    bool // the collection is this import's
	put     db.PutResult
	pending pending

	badPictures map[badPicture]bool // that are left out
}

// earlier is what was there before: the collection, and the state of the last import into it.
type earlier struct {
	c     *db.Collection // nil if there is none
	n     int            // its records
	state *state
}

// Import puts the rows of the file at path, "-" for Table.Stdin, into a collection. The result says
// how far it came, with an error too: what is in stays, and the same call goes on behind
// it. Only a collection that this import alone has made goes again, when the file is at fault: its
// rows would be in the way of the mended file.
//
// Errors: ErrOptions, those of package table, of [db.DB] and of the context.
func Import(ctx context.Context, path string, to Target, o Options) (*Result, error) {
	r := &run{Options: o, to: to}
	err := r.run(ctx, path)
	if r.look != nil {
		err = errors.Join(err, r.look.file.Close())
	}
	out := &Result{DB: r.to.DB, Collection: r.c, Key: r.state.Key, Rows: r.state.Rows, Done: r.state.Done, From: r.from,
		Inserted: r.put.Inserted, Updated: r.put.Updated, SkippedRows: r.state.Skip, Made: r.made}
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	var fault *fileFault
	out.Fault = errors.As(err, &fault)
	if err != nil && r.made && (r.state.Done == 0 || out.Fault) {
		out.TakenBack = true
		err = errors.Join(err, r.to.DB.Drop(to.Collection))
	}
	return out, err
}

func (r *run) run(ctx context.Context, path string) (err error) {
	if err := r.remember(); err != nil {
		return err
	}
	if r.look, err = r.lookAt(ctx, path); err != nil {
		return err
	}
	if err := r.arrange(); err != nil {
		return err
	}
	if err := r.refuse(); err != nil {
		return err
	}
	if err := r.checkPictures(ctx); err != nil {
		return err
	}
	if err := r.begin(ctx); err != nil {
		return err
	}
	return r.putAll(ctx)
}

// remember finds out what is there.
func (r *run) remember() (err error) {
	if r.to.DB == nil {
		return nil
	}
	r.old.c, err = r.to.DB.Collection(r.to.Collection)
	if errors.Is(err, db.ErrNotFound) {
		r.old.c = nil
		return nil
	}
	if err != nil {
		return err
	}
	if r.old.n, err = r.old.c.Len(); err != nil {
		return err
	}
	r.old.state, err = readState(r.old.c)
	return err
}

// arrange finds the fields: those of the collection that is there, or new ones.
func (r *run) arrange() error {
	left, err := r.look.dropped(r.Options)
	if err != nil {
		return err
	}
	l := r.look
	r.state = state{File: l.name, Size: l.size, CRC: l.crc, Key: l.keyName(), Rows: l.rows, Skip: l.skipped, How: r.how()}
	if r.old.c == nil || r.anew() {
		r.state.Fresh = true
		r.cols, err = l.newColumns(left, r.Options)
		return err
	}
	if r.Schema != "" && !r.goesOn() {
		return bad("%s: the collection %q is there, with %s; %s makes it anew", r.spell("schema"), r.to.Collection, r.old.c.Schema(), r.spell("replace"))
	}
	r.cols, err = l.onSchema(left, r.old.c.Schema(), r.to.Collection, r.Options)
	return err
}

// how writes down the options that say which row becomes which record.
func (r *run) how() string {
	return fmt.Sprintf("delimiter=%q bad-rows=%s map=%q drop=%q schema=%q mode=%s",
		string(r.Table.Delimiter), r.Table.BadRows, r.Map, r.Drop, r.Schema, r.Mode)
}

// goesOn says whether this run takes up one that was cut off.
func (r *run) goesOn() bool { return r.old.state.unfinished() && r.old.state.same(&r.state) }

// anew says whether the collection that is there goes: because it is to be replaced, or because it is what
// an import left that was cut off before its first row.
func (r *run) anew() bool { return (r.Mode == Replace || r.old.state.empty()) && !r.goesOn() }

// refuse says what must not be done to a collection that is there.
func (r *run) refuse() error {
	switch s := r.old.state; {
	case r.old.c == nil || r.anew() || r.goesOn():
		return nil
	case s.unfinished() && r.Mode != Update:
		return fmt.Errorf("an import of %s into %q is not finished (%s of %s rows), and this is another file or another way to read it; "+
			"do that again to finish it, or add %s to import this one over it, or %s to start afresh",
			s.File, r.to.Collection, thousands(s.Done), thousands(s.Rows), r.spell("update"), r.spell("replace"))
	case r.look.key == RowNumbers && r.old.n > 0 && r.Mode != Update:
		return fmt.Errorf("%s: there is no key column, and the numbers of its rows would replace the records 1, 2, 3 ... of %q; "+
			"name a key with %s, another collection with %s, or add %s if these are the same rows",
			r.look.name, r.to.Collection, r.spell("id"), r.spell("collection"), r.spell("update"))
	}
	return nil
}

// begin makes the collection ready, and says what is going to happen.
func (r *run) begin(ctx context.Context) error {
	if r.to.DB == nil {
		file, err := r.to.Make()
		if err != nil {
			return err
		}
		r.to.DB = file
	}
	r.describe()
	switch {
	case r.goesOn():
		s := r.old.state
		r.c, r.from, r.state.Fresh, r.made = r.old.c, s.Done, s.Fresh, s.Fresh
		r.say("going on behind row %s of %s", thousands(r.from), thousands(r.state.Rows))
	case r.state.Fresh:
		if r.old.c != nil {
			if err := r.to.DB.Drop(r.to.Collection); err != nil {
				return err
			}
		}
		c, err := r.to.DB.Create(r.to.Collection, r.cols.schema)
		if errors.Is(err, db.ErrName) {
			return bad("%s: %w", r.spell("collection"), err)
		}
		if err != nil {
			return err
		}
		r.c, r.made = c, true
		if err := r.state.write(ctx, c); err != nil {
			return err
		}
	default:
		r.c, r.state.Fresh = r.old.c, r.old.n == 0
	}
	r.state.Done = r.from
	return r.ensureEncoder(ctx)
}

// ensureEncoder gives the collection an encoder: idf of the sample, and of nothing else, so
// that vectors can be made while rows are read.
func (r *run) ensureEncoder(ctx context.Context) error {
	now, err := r.c.Encoder()
	if r.Encoder != nil && (err == nil || errors.Is(err, db.ErrNoEncoder)) {
		return r.adopt(ctx, now)
	}
	if !errors.Is(err, db.ErrNoEncoder) {
		return err
	}
	values := make([][]string, len(r.look.sample))
	for i, row := range r.look.sample {
		values[i] = r.cols.pick(row)
	}
	r.samplePictures(values)
	enc, err := encoder.Fit(ctx, r.cols.schema, len(values), func(i int) []string { return values[i] }, encoder.Options{Threads: r.Threads})
	if err != nil {
		return err
	}
	r.look.sample = nil
	return r.c.SetEncoder(ctx, enc)
}

// adopt gives the collection the encoder of the options, unless it has it.
func (r *run) adopt(ctx context.Context, now *encoder.Encoder) error {
	enc, err := r.Encoder.On(r.cols.schema)
	if err != nil {
		return bad("%s: %s", r.spell("model"), strings.TrimPrefix(err.Error(), encoder.ErrOptions.Error()+": "))
	}
	if now != nil && now.Fingerprint() == enc.Fingerprint() {
		return nil
	}
	return r.c.SetEncoder(ctx, enc)
}

// describe says what was understood of the file.
func (r *run) describe() {
	key := "row number"
	if r.look.key != RowNumbers {
		key = r.state.Key
	}
	rows := thousands(r.look.rows) + " rows"
	if r.look.rows == 1 {
		rows = "1 row"
	}
	r.say("%s: %s, key: %s", r.look.name, rows, key)
	var fields, absent []string
	for f, field := range r.cols.schema {
		fields = append(fields, field.Name+" "+field.Kind.String())
		if r.cols.at[f] == missing {
			absent = append(absent, field.Name)
		}
	}
	r.say("columns: %s", strings.Join(fields, ", "))
	for _, f := range r.cols.schema {
		if r.made && IsClusterColumn(f.Name) {
			r.say("%s is taken for the result of an earlier run and not compared (%s %s:category compares it)", f.Name, r.spell("schema"), f.Name)
		}
	}
	if len(absent) > 0 {
		r.say("not in the file: %s (new records have none, others keep theirs)", strings.Join(absent, ", "))
	}
}

func (r *run) say(format string, args ...any) {
	if r.Say != nil {
		r.Say(fmt.Sprintf(format, args...))
	}
}

func (r *run) show(stage string, done, total int) {
	if r.Progress != nil {
		r.Progress(stage, done, total)
	}
}
