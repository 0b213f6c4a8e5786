package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "doppel",
		Short: "Find the records that are the same thing",
		Long: `doppel finds duplicate records in one file and matching records in two.
It needs no labels, no set-up and no network.`,
		Example: `  doppel demo                                  see it work on made-up products
  doppel dedupe products.csv -o clustered.csv  one file: which rows are one product?
  doppel link abt.csv buy.csv -o matches.csv   two files: which rows are partners?
  cat p.csv | doppel dedupe - > out.csv        from and to a pipe`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("unknown command %q", args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
		PersistentPreRun: func(*cobra.Command, []string) {
			a.started = true
		},
	}
	root.PersistentFlags().BoolVarP(&a.quiet, "quiet", "q", false, "say nothing but warnings and errors")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	root.AddCommand(newDemo(a), newDedupe(a), newLink(a), newVersion(a))
	return root
}

// exactArgs is cobra's, with the names of what is missing.
func exactArgs(names ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return usagef("%s needs %s", c.CommandPath(), names[len(args)])
		case len(args) > len(names):
			return usagef("%s takes %d argument(s), got %d: %q is one too many", c.CommandPath(), len(names), len(args), args[len(names)])
		}
		return nil
	}
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%s %s", thousands(n), many)
}

// thousands writes 12345 as 12,345.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
