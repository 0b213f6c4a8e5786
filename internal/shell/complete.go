package shell

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/reeflective/readline"

	"github.com/doppeldb/doppel/query"
	"github.com/doppeldb/doppel/query/syntax"
)

// completions offers what can stand at the cursor. The editor replaces all that follows the
// last space, so what stands between the space and the word is put before each.
func (sh *Shell) completions(line []rune, cursor int) readline.Completions {
	before := string(line[:cursor])
	words, word, what := sh.Complete(before)
	chunk := before[strings.LastIndexAny(before, " \t\n")+1:]
	list := make([]readline.Completion, len(words))
	for i, w := range words {
		value := w
		switch {
		case len(chunk) >= len(word):
			value = chunk[:len(chunk)-len(word)] + w
		case len(w) >= len(word):
			value = w[len(word)-len(chunk):]
		}
		list[i] = readline.Completion{Value: value, Display: w}
	}
	return readline.CompleteRaw(list).Tag(what)
}

// Complete lists what the last word before the cursor can become, the word, and what these are:
// dot commands and their arguments, files inside quotes, else keywords, collections and fields.
func (sh *Shell) Complete(before string) (words []string, word, what string) {
	if trimmed := strings.TrimLeft(before, " "); strings.HasPrefix(trimmed, ".") {
		return sh.completeDot(trimmed)
	}
	if open, ok := insideText(before); ok {
		return files(open), open, "files"
	}
	word = lastWord(before)
	for _, k := range syntax.Keywords() {
		if !likeCase(word) {
			k = strings.ToLower(k)
		}
		words = append(words, k)
	}
	names, _ := sh.File.Collections() // completing must not fail
	for _, name := range names {
		words = append(words, syntax.QuoteName(name))
		c, err := sh.File.Collection(name)
		if err != nil {
			continue
		}
		if key, err := query.KeyName(c); err == nil {
			words = append(words, syntax.QuoteName(key))
		}
		for _, f := range c.Schema() {
			words = append(words, syntax.QuoteName(f.Name))
		}
	}
	words = slices.DeleteFunc(words, func(w string) bool {
		return len(w) < len(word) || !strings.EqualFold(w[:len(word)], word)
	})
	slices.Sort(words)
	return slices.Compact(words), word, "words"
}

func (sh *Shell) completeDot(line string) (words []string, word, what string) {
	name, arg, hasArg := strings.Cut(strings.TrimPrefix(line, "."), " ")
	if !hasArg {
		for _, n := range dotNames() {
			if strings.HasPrefix(n, name) {
				words = append(words, "."+n)
			}
		}
		return words, line, "commands"
	}
	arg = lastArg(arg)
	switch name {
	case "mode":
		words = slices.Clone(modeNames[:])
	case "timer":
		words = []string{"on", "off"}
	case "help":
		words = dotNames()
	case "schema", "recall":
		words, _ = sh.File.Collections()
	case "read", "output", "backup":
		return files(arg), arg, "files"
	}
	return slices.DeleteFunc(words, func(w string) bool { return !strings.HasPrefix(w, arg) }), arg, "arguments"
}

func lastArg(s string) string { return s[strings.LastIndexByte(s, ' ')+1:] }

// insideText gives the beginning of the text whose closing quote is missing.
func insideText(s string) (open string, ok bool) {
	for {
		at := strings.IndexByte(s, '\'')
		if at < 0 {
			return "", false
		}
		s = s[at+1:]
		end := strings.IndexByte(s, '\'')
		if end < 0 {
			return s, true
		}
		s = s[end+1:]
	}
}

// lastWord is the name before the cursor that is being typed.
func lastWord(s string) string {
	return s[strings.LastIndexFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\n,()=<>+-*/{}:;", r) })+1:]
}

// likeCase says whether keywords are written in capitals: as the word begins.
func likeCase(word string) bool { return word == "" || word != strings.ToLower(word) }

// maxFiles bounds what a directory offers.
const maxFiles = 200

// files lists the files and directories that a path can become.
func files(path string) (list []string) {
	dir, base := filepath.Split(path)
	entries, err := os.ReadDir(filepath.Clean(dir + "."))
	if dir != "" {
		entries, err = os.ReadDir(dir)
	}
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), base) || strings.HasPrefix(e.Name(), ".") && base == "" {
			continue
		}
		name := dir + e.Name()
		if e.IsDir() {
			name += "/"
		}
		if list = append(list, name); len(list) == maxFiles {
			break
		}
	}
	return list
}
