package shell

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/doppeldb/doppel/query"
	"github.com/doppeldb/doppel/query/syntax"
)

func (sh *Shell) dotTables(ctx context.Context, args []string) error {
	if err := atMost(0, "tables", args); err != nil {
		return err
	}
	return sh.Execute(ctx, "SHOW COLLECTIONS")
}

// dotSchema prints CREATE statements.
func (sh *Shell) dotSchema(_ context.Context, args []string) error {
	if err := atMost(1, "schema", args); err != nil {
		return err
	}
	names, err := sh.File.Collections()
	if err != nil {
		return err
	}
	if len(args) == 1 {
		if !slices.Contains(names, args[0]) {
			if near := syntax.Suggest(args[0], names); near != "" {
				return fmt.Errorf(".schema: there is no collection %s; did you mean %s?", args[0], near)
			}
			return fmt.Errorf(".schema: there is no collection %s", args[0])
		}
		names = args
	}
	for _, name := range names {
		c, err := sh.File.Collection(name)
		if err != nil {
			return err
		}
		key, err := query.KeyName(c)
		if err != nil {
			return err
		}
		columns := []string{syntax.QuoteName(key) + " TEXT KEY"}
		for _, f := range c.Schema() {
			columns = append(columns, syntax.QuoteName(f.Name)+" "+strings.ToUpper(f.Kind.String()))
		}
		fmt.Fprintf(sh.out(), "CREATE COLLECTION %s (%s);\n", syntax.QuoteName(name), strings.Join(columns, ", "))
	}
	return nil
}
