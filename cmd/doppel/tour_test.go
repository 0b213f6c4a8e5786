package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/internal/datasets"
)

// TestTour executes every command of docs/tour.md, in their order, on the data that it is about.
func TestTour(t *testing.T) {
	if testing.Short() {
		t.Skip("it trains a model on the whole of Abt-Buy")
	}
	if runtime.GOOS == "windows" {
		t.Skip("the page's commands are for sh")
	}
	data, err := datasets.Dir()
	if err != nil {
		t.Skip("no data sets on this machine: ", err)
	}
	dir := t.TempDir()
	tourFiles(t, data, dir)
	page, err := os.ReadFile("../../docs/tour.md")
	if err != nil {
		t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := os.Symlink(exe, filepath.Join(bin, "doppel")); err != nil { // by this name the test binary is the program
		t.Fatal(err)
	}
	run := func(stdin, name string, args ...string) string {
		c := exec.Command(name, args...)
		var out bytes.Buffer
		c.Dir, c.Stdin, c.Stdout, c.Stderr = dir, strings.NewReader(stdin), &out, &out
		c.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
		if err := c.Run(); err != nil {
			t.Fatalf("%s%s: %v\n%s", stdin, args, err, &out)
		}
		return out.String()
	}
	var said strings.Builder
	blocks := regexp.MustCompile("(?s)```(sql|sh)\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	for _, block := range blocks {
		if block[1] == "sh" {
			said.WriteString(run("", "sh", "-c", block[2]))
			continue
		}
		out := run(block[2], filepath.Join(bin, "doppel"), "shell", "shops.doppel")
		if out == "" {
			t.Errorf("nothing is said to\n%s", block[2])
		}
		said.WriteString(out)
	}
	if len(blocks) < 12 {
		t.Fatalf("only %d blocks of commands: is the page read rightly?", len(blocks))
	}
	for _, want := range []string{`1081 records imported`, `matches into collection matches`, `model "abt\+buy", version 1`, `judged by the model "abt\+buy"`,
		`recall@10 [01]\.`, `864 records into collection groups`, `WHERE keeps \d+ of`, `0 problems`, `(?m)^864$`} {
		if !regexp.MustCompile(want).MatchString(said.String()) {
			t.Errorf("nothing like %q is said in\n%s", want, said.String())
		}
	}
	for _, name := range []string{"matches.csv", "groups.csv", "shops.bak.doppel"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	tourQuality(t, said.String(), filepath.Join(dir, "matches.csv"))
}

// tourQuality holds what the page's model says of the test pairs, and the link by it, against floors: the page
// trains on Abt-Buy as the gates of query/match would, and once is enough.
func tourQuality(t *testing.T, said, matches string) {
	t.Helper()
	figure := regexp.MustCompile(`(?m)^F1\s+│ ([01]\.\d+) `).FindStringSubmatch(said)
	if figure == nil {
		t.Fatalf("no F1 is said in\n%s", said)
	}
	if f1, err := strconv.ParseFloat(figure[1], 64); err != nil || f1 < .95 {
		t.Errorf("F1 %s of the test pairs, want .95", figure[1])
	}
	l, err := datasets.LoadLink("em-abt-buy")
	if err != nil {
		t.Fatal(err)
	}
	truth := map[[2]string]bool{}
	for p := range l.Truth {
		truth[[2]string{l.Left.Keys[p[0]], l.Right.Keys[p[1]]}] = true
	}
	text, err := os.ReadFile(matches)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, r := range rows[1:] {
		if truth[[2]string{r[0], r[1]}] {
			found++
		}
	}
	if f1 := 2 * float64(found) / float64(len(rows)-1+len(truth)); f1 < .94 {
		t.Errorf("link: F1 %.4f, want .94", f1)
	}
}

// tourFiles puts the files of the page into a directory.
func tourFiles(t *testing.T, data, dir string) {
	t.Helper()
	for to, from := range map[string]string{"abt.csv": "tableA.csv", "buy.csv": "tableB.csv", "train.csv": "train.csv", "valid.csv": "valid.csv", "test.csv": "test.csv"} {
		text, err := os.ReadFile(filepath.Join(data, "em-abt-buy", from))
		if err != nil {
			t.Skip("no Abt-Buy on this machine: ", err)
		}
		if err := os.WriteFile(filepath.Join(dir, to), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	table, err := datasets.ReadTable(filepath.Join(data, "dedup-restaurant", "records.csv"), "id", "cluster_id")
	if err != nil {
		t.Skip("no restaurants on this machine: ", err)
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	rows := [][]string{append([]string{"id"}, table.Header...)}
	for i, r := range table.Rows {
		rows = append(rows, append([]string{table.Keys[i]}, r...))
	}
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "restaurants.csv"), out.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}
