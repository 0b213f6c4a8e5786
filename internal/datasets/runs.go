package datasets

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Run is one of Lake's 20 runs of Omniglot one-shot classification: each test item is one
// of the 20 training characters, drawn by somebody else, all of one alphabet.
type Run struct {
	Name     string    // run01 to run20
	Training []Picture // 20, one per class
	Test     []Picture // 20; Class is the class of the training picture that is the answer
	// Answer is, for each test picture, its place in Training.
	Answer []int
}

// LoadRuns gives the 20 runs (400 trials) of all_runs.zip. Their pictures are copies of
// some of the evaluation set.
func LoadRuns() ([]Run, error) {
	const file = "all_runs.zip"
	z, err := openZip(filepath.Join("omniglot", file))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	data := map[string][]byte{}
	var lists []string
	for _, f := range z.File {
		if f.FileInfo().IsDir() {
			continue
		}
		if data[f.Name], err = readMember(f); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", file, f.Name, err)
		}
		if path.Base(f.Name) == "class_labels.txt" {
			lists = append(lists, f.Name)
		}
	}
	slices.Sort(lists)
	runs := make([]Run, 0, len(lists))
	for _, list := range lists {
		run, err := readRun(path.Dir(list), string(data[list]), data)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", file, list, err)
		}
		runs = append(runs, run)
	}
	return runs, nil
}

// readRun reads the lines "test path, training path" of one run.
func readRun(name, list string, data map[string][]byte) (Run, error) {
	run := Run{Name: name}
	var training []string
	for file := range data {
		if path.Dir(file) == name+"/training" {
			training = append(training, file)
		}
	}
	slices.Sort(training)
	class := func(file string) string { return strings.TrimSuffix(path.Base(file), path.Ext(file)) }
	for _, file := range training {
		run.Training = append(run.Training, Picture{Class: class(file), Name: file, Data: data[file]})
	}
	for i, line := range strings.Split(strings.TrimSpace(list), "\n") {
		pair := strings.Fields(line)
		if len(pair) != 2 {
			return run, fmt.Errorf("line %d: want a test and a training path", i+1)
		}
		answer := slices.Index(training, pair[1])
		if answer < 0 || data[pair[0]] == nil {
			return run, fmt.Errorf("line %d: no file %s or %s", i+1, pair[0], pair[1])
		}
		run.Test = append(run.Test, Picture{Class: class(pair[1]), Name: pair[0], Data: data[pair[0]]})
		run.Answer = append(run.Answer, answer)
	}
	return run, nil
}
