package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// usageError is a wrong command line: exit code 2 and a hint where help is.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...)}
}

// exactArgs is cobra's, with the names of what is missing.
func exactArgs(names ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return usagef("%s needs %s", c.Name(), strings.Join(names[len(args):], " and "))
		case len(args) > len(names) && len(names) == 0:
			return usagef("%s takes no file, but there is %q", c.Name(), args[0])
		case len(args) > len(names):
			return usagef("%s takes %s and no more: %q is one too many (a name with spaces needs quotes)",
				c.Name(), strings.Join(names, " and "), args[len(names)])
		}
		return nil
	}
}

// oneOrTwo is for commands that take LEFT and perhaps RIGHT.
func oneOrTwo(c *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return usagef("%s needs LEFT, and RIGHT for pairs of two files", c.Name())
	case len(args) > 2:
		return usagef("%s takes LEFT and RIGHT and no more: %q is one too many (a name with spaces needs quotes)", c.Name(), args[2])
	}
	return nil
}

// unknownCommand refuses a word that is no command of parent, and says which
// one may be meant.
func unknownCommand(parent *cobra.Command, word string) error {
	if near := parent.SuggestionsFor(word); len(near) > 0 {
		return usagef("unknown command %q; did you mean %s?", word, strings.Join(near, " or "))
	}
	return usagef("unknown command %q", word)
}

// helpUnlessArgs is for commands that only hold others: they show their help, and
// refuse every word.
func helpUnlessArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return unknownCommand(c, args[0])
	}
	return c.Help()
}

// newHelp is cobra's, with exit code 2 for a topic that does not exist.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show what a command does, its flags and examples",
		RunE: func(c *cobra.Command, args []string) error {
			topic, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(c.Root(), args[0])
			}
			topic.InitDefaultHelpFlag()
			return topic.Help()
		},
	}
}

// flagError says in plain words what is wrong with a flag.
func flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case !c.HasParent() && c.Flags().NArg() > 0: // "doppel dedup FILE -o OUT"
		return unknownCommand(c, c.Flags().Arg(0))
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return usagef("unknown flag -%s", unknown.GetSpecifiedShortnames())
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		if near := nearestFlag(c, name); near != "" {
			return usagef("unknown flag --%s; did you mean --%s?", name, near)
		}
		return usagef("unknown flag --%s", name)
	case errors.As(err, &bare):
		f := bare.GetFlag()
		what, _ := pflag.UnquoteUsage(f)
		return usagef("--%s needs a value: --%s %s", f.Name, f.Name, what)
	case errors.As(err, &invalid):
		f := invalid.GetFlag()
		return usagef("--%s: %q is not %s", f.Name, invalid.GetValue(), plainTypes[f.Value.Type()])
	}
	return &usageError{err}
}

// plainTypes names the flag types that can refuse a value.
var plainTypes = map[string]string{
	"int": "a whole number", "uint64": "a whole number of 0 or more", "bool": "true or false",
	"float64": "a number",
}

// nearestFlag gives the flag whose name is at most two edits away from name, fewer
// for a short one, or that name is the start of; "" when there is none or
// several are as near.
func nearestFlag(c *cobra.Command, name string) string {
	best, nearest, tie := min(3, (len(name)+1)/2), "", false
	c.Flags().VisitAll(func(f *pflag.Flag) {
		d := edits(name, f.Name)
		if len(name) >= 3 && strings.HasPrefix(f.Name, name) {
			d = 1
		}
		switch {
		case d < best:
			best, nearest, tie = d, f.Name, false
		case d == best:
			tie = true
		}
	})
	if tie {
		return ""
	}
	return nearest
}

// edits counts the letters to insert, delete or replace to make b of a.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
