package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// distinctPaths refuses to write two things to one place, or over an input.
func (j *job) distinctPaths(inputs []string) error {
	type use struct{ what, path string }
	outputs := []use{{"-o", j.out}, {"--pairs", j.pairs}, {"--report", j.report}, {"--curves", j.curves}, {"--db", j.dbPath}}
	var taken []use
	for _, o := range outputs {
		if o.path == "" || o.path == os.DevNull {
			continue
		}
		if o.path == "-" && o.what == "--db" {
			return usagef("--db needs a file, it cannot be stdout")
		}
		for _, t := range taken {
			if sameFile(t.path, o.path) {
				return usagef("%s and %s both name %s; give each its own file", t.what, o.what, orStdout(o.path))
			}
		}
		taken = append(taken, o)
		for _, in := range inputs {
			if in != "-" && o.path != "-" && sameFile(in, o.path) {
				return usagef("%s names the input %s; write to another file", o.what, in)
			}
		}
	}
	return nil
}

func orStdout(path string) string {
	if path == "-" {
		return "stdout"
	}
	return path
}

// sameFile sees through links where both files exist.
func sameFile(a, b string) bool {
	if filepath.Clean(a) == filepath.Clean(b) {
		return true
	}
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// collectionNames are the file names without their endings, made different.
func collectionNames(paths []string) []string {
	var names []string
	for _, p := range paths {
		name := "stdin"
		if p != "-" {
			name = filepath.Base(p)
		}
		for ext := filepath.Ext(name); ext != "" && ext != name; ext = filepath.Ext(name) {
			name = strings.TrimSuffix(name, ext)
		}
		for slices.Contains(names, name) {
			name += "-2"
		}
		names = append(names, name)
	}
	return names
}
