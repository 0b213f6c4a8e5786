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
It needs no labels, no set-up and no network; with labels it learns.`,
		Example: `  doppel demo                                  see it work on made-up products
  doppel dedupe products.csv -o clustered.csv  one file: which rows are one product?
  doppel link abt.csv buy.csv -o matches.csv   two files: which rows are partners?
  cat p.csv | doppel dedupe - > out.csv        from and to a pipe
  doppel train abt.csv buy.csv --pairs train.csv -o model.doppel
                                               learn from labelled pairs; then link --model
  doppel import products.csv --db shop.doppel  keep records and vectors in a file`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs, // judged by helpUnlessArgs
		RunE:          helpUnlessArgs,
		PersistentPreRun: func(*cobra.Command, []string) {
			a.started = true
		},
	}
	root.PersistentFlags().BoolVarP(&a.quiet, "quiet", "q", false, "say nothing but warnings and errors")
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(flagError)
	root.SuggestionsMinimumDistance = 2
	root.SetHelpCommand(newHelp())
	addGroup(root, "match", "Find what is the same:", newDemo(a), newDedupe(a), newLink(a))
	addGroup(root, "learn", "Learn from labels:", newTrain(a), newScore(a), newEval(a))
	addGroup(root, "records", "Keep records in a file:", newImport(a), newExport(a), newGet(a), newDelete(a),
		newLabel(a), newClass(a))
	addGroup(root, "ask", "Ask a file:", newShell(a), newNearest(a), newClassify(a), newCompare(a))
	addGroup(root, "care", "Care for a file:", newCheck(a), newStats(a), newCompact(a), newBackup(a), newRestore(a))
	root.AddCommand(newVersion(a))
	root.InitDefaultCompletionCmd("completion")
	if c, _, err := root.Find([]string{"completion"}); err == nil {
		c.Args, c.RunE = cobra.ArbitraryArgs, helpUnlessArgs
	}
	return root
}

// addGroup puts commands under a heading of the help.
func addGroup(root *cobra.Command, id, title string, commands ...*cobra.Command) {
	root.AddGroup(&cobra.Group{ID: id, Title: title})
	for _, c := range commands {
		c.GroupID = id
		root.AddCommand(c)
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
