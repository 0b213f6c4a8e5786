package shell

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/doppeldb/doppel/query/syntax"
)

// dotCommand is a command of the shell itself.
type dotCommand struct {
	name string
	args string // for .help
	help string
	run  func(sh *Shell, ctx context.Context, args []string) error
}

// dotCommands are filled by init, since .help lists them.
var dotCommands []dotCommand

func init() {
	dotCommands = []dotCommand{
		{"backup", "FILE", "write a copy of the file, also while it is written", (*Shell).dotBackup},
		{"check", "", "read everything in the file and report damage", (*Shell).dotCheck},
		{"help", "[COMMAND]", "list the commands, or say what one does", (*Shell).dotHelp},
		{"mode", "[MODE]", "answers as table, csv, json, jsonl, markdown or vertical", (*Shell).dotMode},
		{"output", "[FILE]", "answers go to FILE; without FILE, back here", (*Shell).dotOutput},
		{"quit", "", "end (so does Ctrl-D)", (*Shell).dotQuit},
		{"read", "FILE", "run the statements of a file", (*Shell).dotRead},
		{"recall", "[N] [COLLECTION]", "search for N records by hnsw and exactly, and compare (default 1000)", (*Shell).dotRecall},
		{"schema", "[COLLECTION]", "the statements that would make the collections", (*Shell).dotSchema},
		{"stats", "", "what takes how much room in the file", (*Shell).dotStats},
		{"tables", "", "list the collections", (*Shell).dotTables},
		{"timer", "on|off", "say how long each statement took", (*Shell).dotTimer},
	}
}

// dotAliases are what fingers know from elsewhere.
var dotAliases = map[string]string{"exit": "quit", "q": "quit", "h": "help", "collections": "tables"}

// Dot runs a dot command: a dot, a name, and arguments, which may be in quotes.
func (sh *Shell) Dot(ctx context.Context, line string) error {
	words, err := dotWords(strings.TrimPrefix(strings.TrimSpace(line), "."))
	if err != nil {
		return err
	}
	if len(words) == 0 {
		return errors.New("a dot alone is no command; .help lists them")
	}
	name := strings.ToLower(words[0])
	if alias := dotAliases[name]; alias != "" {
		name = alias
	}
	for _, c := range dotCommands {
		if c.name == name {
			return c.run(sh, ctx, words[1:])
		}
	}
	return unknownDot(words[0])
}

func unknownDot(word string) error {
	if near := syntax.Suggest(word, dotNames()); near != "" {
		return fmt.Errorf("there is no command .%s; did you mean .%s?", word, near)
	}
	return fmt.Errorf("there is no command .%s; .help lists them", word)
}

func dotNames() []string {
	var names []string
	for _, c := range dotCommands {
		names = append(names, c.name)
	}
	return names
}

// dotWords cuts a line at spaces; quotes of either kind keep a word together. A semicolon at the
// end is a habit, and means nothing.
func dotWords(line string) (words []string, err error) {
	line = strings.TrimRight(line, "; \t")
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimSpace(line) {
		if q := line[0]; q == '\'' || q == '"' {
			end := strings.IndexByte(line[1:], q)
			if end < 0 {
				return nil, fmt.Errorf("a %c is missing at the end of %s", q, line)
			}
			words, line = append(words, line[1:1+end]), line[end+2:]
			continue
		}
		word, rest, _ := strings.Cut(line, " ")
		words, line = append(words, word), rest
	}
	return words, nil
}

// atMost refuses arguments that are too many.
func atMost(n int, name string, args []string) error {
	if len(args) > n {
		return fmt.Errorf(".%s: %q is one argument too many (a name with spaces needs quotes)", name, args[n])
	}
	return nil
}

func (sh *Shell) dotHelp(_ context.Context, args []string) error {
	if err := atMost(1, "help", args); err != nil {
		return err
	}
	one := ""
	if len(args) == 1 {
		one = strings.ToLower(strings.TrimPrefix(args[0], "."))
		if !slices.Contains(dotNames(), one) {
			return unknownDot(one)
		}
	}
	for _, c := range dotCommands {
		if one == "" || c.name == one {
			fmt.Fprintf(sh.out(), "%-28s %s\n", strings.TrimSpace("."+c.name+" "+c.args), c.help)
		}
	}
	if one == "" {
		fmt.Fprintln(sh.out(), "Anything else is a statement, which ends with a semicolon: docs/language.md")
	}
	return nil
}

func (sh *Shell) dotQuit(_ context.Context, args []string) error {
	sh.quit = true
	return atMost(0, "quit", args)
}

// plain says what a system error about a file means and what to do.
func plain(path string, err error, hint string) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	if errors.Is(err, fs.ErrPermission) {
		hint = "ask for access to it or use another path"
	}
	return fmt.Errorf("%s: %w; %s", path, err, hint)
}
