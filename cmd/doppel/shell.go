package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/shell"
	"github.com/doppeldb/doppel/query"
)

// shellRun is one run of the shell command.
type shellRun struct {
	*app
	statements, files []string
	mode              string
	readOnly          bool
	threads           int
	file              *db.DB
	what              string // file, for the greeting
	sh                *shell.Shell
}

func newShell(a *app) *cobra.Command {
	s := &shellRun{app: a}
	c := &cobra.Command{
		Use:   "shell [FILE]",
		Short: "Ask anything: the query language, interactive or as a script",
		Long: `shell runs statements of the query language (docs/language.md) on FILE.doppel,
which is made if need be; without FILE on a temporary one that is gone afterwards.

At a terminal it reads what is typed; Tab completes, Ctrl-C ends a statement,
Ctrl-D the shell, .help lists its commands. With -c, -f or a pipe it runs
statements until the first error, which it reports with its line: exit code 1.`,
		Example: `  doppel shell shop.doppel
  doppel shell shop.doppel -c "SELECT brand, count(*) FROM products GROUP BY brand"
  doppel shell shop.doppel --mode csv -f report.sql > report.csv
  echo "IMPORT 'p.csv' INTO p; SELECT * FROM p NEAREST TO 'clock radio' LIMIT 3;" | doppel shell`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef("shell takes one FILE: %q is one too many (a statement is given with -c)", args[1])
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return s.run(c.Context(), args) },
	}
	f := c.Flags()
	f.StringArrayVarP(&s.statements, "command", "c", nil, "run `STATEMENT`; repeat as needed")
	f.StringArrayVarP(&s.files, "file", "f", nil, "run the statements of `FILE`, after those of -c")
	f.StringVar(&s.mode, "mode", shell.Table.String(), "answers as `MODE`: table, csv, json, jsonl, markdown or vertical")
	f.BoolVar(&s.readOnly, "read-only", false, "open FILE for reading only, as several processes can at once")
	f.IntVar(&s.threads, "threads", 0, "use `N` threads; no answer depends on it (default all cores)")
	return c
}

func (s *shellRun) run(ctx context.Context, args []string) (err error) {
	mode, err := shell.ParseMode(s.mode)
	if err != nil {
		return usagef("--mode: %v", err)
	}
	if s.threads < 0 {
		return usagef("--threads: %d is negative", s.threads)
	}
	if err := s.open(args); err != nil {
		return err
	}
	defer func() {
		if closeErr := s.file.Close(); err == nil {
			err = closeErr
		}
	}()
	o := shell.Options{File: s.file, In: s.stdin, Out: s.stdout, Err: s.stderr, Mode: mode, Session: &query.Session{Threads: s.threads}}
	s.terminal(&o)
	s.sh = shell.New(o)
	defer func() {
		if closeErr := s.sh.Close(); err == nil {
			err = closeErr
		}
	}()
	return s.work(ctx)
}

// work runs what was given, or reads it from stdin.
func (s *shellRun) work(ctx context.Context) error {
	if len(s.statements)+len(s.files) > 0 {
		for _, text := range s.statements {
			if err := s.sh.Script(ctx, "", strings.NewReader(text)); err != nil {
				return err
			}
		}
		for _, path := range s.files {
			if err := s.script(ctx, path); err != nil {
				return err
			}
		}
		return nil
	}
	if f, ok := s.stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		// The program's context ends with the first Ctrl-C; the shell goes on after it.
		return s.sh.Interactive(context.WithoutCancel(ctx), fmt.Sprintf("doppel %s, %s; .help for help, Ctrl-D to leave", version, s.what))
	}
	return s.sh.Script(ctx, "stdin", s.stdin)
}

func (s *shellRun) script(ctx context.Context, path string) error {
	if path == "-" {
		return s.sh.Script(ctx, "stdin", s.stdin)
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("%s: %w; check the name and the directory that you are in", path, plainCause(err))
	}
	defer f.Close()
	return s.sh.Script(ctx, path, f)
}

// open opens FILE, or a temporary one.
func (s *shellRun) open(args []string) (err error) {
	if len(args) == 0 {
		if s.readOnly {
			return usagef("--read-only needs FILE")
		}
		s.what = "a temporary file"
		if s.file, err = db.OpenTemp(); err != nil {
			return fmt.Errorf("no temporary file for the work: %w; set TMPDIR to a directory with space, or name a FILE", plainCause(err))
		}
		return nil
	}
	if args[0] == "-" {
		return usagef("FILE is a doppel file; statements come from a pipe without it")
	}
	s.what = args[0]
	if s.file, err = db.Open(args[0], &db.Options{ReadOnly: s.readOnly}); err != nil {
		return storeError(args[0], err)
	}
	return nil
}

// terminal adds what only a terminal has: a width, a pager, colours, bars, a history.
func (s *shellRun) terminal(o *shell.Options) {
	if bar := newProgress(s.app); bar != nil {
		o.Session.Progress, o.ProgressEnd = bar.show, bar.end
	}
	out, ok := s.stdout.(*os.File)
	if !ok || !term.IsTerminal(int(out.Fd())) {
		return
	}
	size := func() (width, height int) {
		width, height, err := term.GetSize(int(out.Fd()))
		if err != nil {
			return 0, 0
		}
		return width, height
	}
	o.Width = func() int { w, _ := size(); return w }
	o.Colour = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	if in, ok := s.stdin.(*os.File); ok && term.IsTerminal(int(in.Fd())) && len(s.statements)+len(s.files) == 0 {
		o.Height = func() int { _, h := size(); return h }
		o.History = historyFile()
	}
}

// historyFile is $DOPPEL_HISTORY, which may be empty for none, else a file at home.
func historyFile() string {
	if path, set := os.LookupEnv("DOPPEL_HISTORY"); set {
		return path
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".doppel_history")
}
