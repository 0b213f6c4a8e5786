// Package query runs the query language on a [db.DB]: [Run] takes a statement and
// gives its answer row by row. docs/language.md describes the language, package
// syntax reads and prints it.
//
//	text       syntax.Parse                            query/syntax
//	names      fields, key, distance; parameters       scope.go, param.go
//	meaning    expressions that cannot fail            compile.go, function.go, like.go, value.go
//	condition  WHERE as a filter of the file           where.go
//	plan, run  one statement a file                    select.go, insert.go, link.go, ...
//
// The planner translates as much of a WHERE as it can to conditions that the file
// answers from its columns, and leaves the choice between exact search, graph and a
// filtered walk to [db.Collection.Search], which knows the sizes.
package query

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/query/syntax"
)

// Run runs one statement. params are the values of its parameters ?, in their order, and
// [Named] ones of :name. Parts of the work are done while the rows are read; ctx
// ends it at any time.
//
// Errors about the statement are a *[syntax.Error], which tells the place; what
// package db gave is wrapped in them or stands alone. [ErrParams] says that the
// values do not fit.
func Run(ctx context.Context, file *db.DB, text string, params ...any) (*Rows, error) {
	return (&Session{DB: file}).Run(ctx, text, params...)
}

// Session is a file and how to work on it. Apart from the DB its zero value is the default.
type Session struct {
	DB *db.DB
	// Threads is the number of goroutines of long work; 0 means GOMAXPROCS. No answer depends on it.
	Threads int
	// Seed of what is sampled in TRAIN, LINK and DEDUPE; 0 means 1.
	Seed uint64
	// Progress, if set, is called from one goroutine with the name of the running
	// stage of a long statement and its share done.
	Progress func(stage string, done, total int)
	// Enough, when it is closed, lets TRAIN end early with the best model so far.
	Enough <-chan struct{}

	mu       sync.Mutex // guards keyNames
	keyNames map[*db.Collection]string
}

// Run runs one statement; see the function [Run].
func (s *Session) Run(ctx context.Context, text string, params ...any) (*Rows, error) {
	parsed, err := syntax.Parse(text)
	if err != nil {
		return nil, err
	}
	return s.RunParsed(ctx, parsed, params...)
}

// RunParsed runs a statement that was parsed before; it may run many times.
func (s *Session) RunParsed(ctx context.Context, parsed *syntax.Parsed, params ...any) (*Rows, error) {
	p, err := s.plan(parsed, params)
	if err != nil {
		return nil, err
	}
	return p.run(ctx)
}

// plan is a statement that is ready to run: its names are found and its types are checked.
type plan interface {
	run(ctx context.Context) (*Rows, error)
}

// statement is what every plan has.
type statement struct {
	*Session
	parsed *syntax.Parsed
	params params
}

// plan makes the plan of a statement.
func (s *Session) plan(parsed *syntax.Parsed, args []any) (plan, error) {
	values, err := bind(parsed, args)
	if err != nil {
		return nil, err
	}
	st := statement{s, parsed, values}
	switch x := parsed.Statement.(type) {
	case *syntax.Select:
		return st.planSelect(x)
	case *syntax.Explain:
		return st.planExplain(x)
	case *syntax.Insert:
		return st.planInsert(x)
	case *syntax.Delete:
		return st.planDelete(x)
	case *syntax.CreateCollection:
		return st.planCreate(x)
	case *syntax.DropCollection:
		return dropCollection{st, x}, nil
	case *syntax.Describe:
		return st.planDescribe(x)
	case *syntax.Show:
		return st.planShow(x)
	case *syntax.Import:
		return st.planImport(x)
	case *syntax.Export:
		return st.planExport(x)
	}
	return st.planMatching()
}

// planMatching makes the plans of statements about pairs and classes.
func (st statement) planMatching() (plan, error) {
	switch x := st.parsed.Statement.(type) {
	case *syntax.Compare:
		return st.planCompare(x)
	case *syntax.Link:
		return st.planLink(x)
	case *syntax.Dedupe:
		return st.planDedupe(x)
	case *syntax.Label:
		return st.planLabel(x)
	case *syntax.DropLabel:
		return st.planDropLabel(x)
	case *syntax.Train:
		return st.planTrain(x)
	case *syntax.Evaluate:
		return st.planEvaluate(x)
	case *syntax.DropModel:
		return dropModel{st, x}, nil
	case *syntax.Classify:
		return st.planClassify(x)
	case *syntax.CreateClass:
		return st.planCreateClass(x)
	case *syntax.CreateClasses:
		return st.planCreateClasses(x)
	case *syntax.DropClass:
		return st.planDropClass(x)
	}
	panic("query: statement of an unknown type")
}

// collection finds a collection, by its exact name or else by the only one that
// differs in case.
func (st *statement) collection(n syntax.Name) (*db.Collection, error) {
	c, err := st.DB.Collection(n.Text)
	if err == nil {
		return c, nil
	}
	if !errors.Is(err, db.ErrNotFound) {
		return nil, err
	}
	names, listErr := st.DB.Collections()
	if listErr != nil {
		return nil, listErr
	}
	if same := sameFold(names, n.Text); same != "" {
		return st.DB.Collection(same)
	}
	e := st.parsed.Error(n.At, "%s", noCollection(n.Text, names))
	e.Err = db.ErrNotFound
	return nil, e
}

func noCollection(name string, names []string) string {
	if near := syntax.Suggest(name, names); near != "" {
		return fmt.Sprintf("there is no collection %s; did you mean %s?", name, syntax.QuoteName(near))
	}
	if len(names) == 0 {
		return fmt.Sprintf("there is no collection %s; the file has none yet: CREATE COLLECTION or IMPORT makes one", name)
	}
	return fmt.Sprintf("there is no collection %s; there is %s", name, quotedList(names))
}

// scope is what names mean in statements about c.
func (st *statement) scope(c *db.Collection) (*scope, error) {
	key, err := st.keyName(c)
	return &scope{parsed: st.parsed, params: st.params, schema: c.Schema(), keyName: key, name: syntax.QuoteName(c.Name()),
		noDistance: "there is a distance only after NEAREST TO"}, err
}

// at puts the place of a name to an error of package db.
func (st *statement) at(pos syntax.Pos, err error) error {
	e := st.parsed.Error(pos, "%v", err)
	e.Err = err
	return e
}
