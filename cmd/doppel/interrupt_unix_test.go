//go:build unix

package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/doppeldb/doppel/internal/synth"
)

// started is a program that runs, with what it says on stderr.
type started struct {
	*exec.Cmd
	dir   string
	stdin io.WriteCloser
	said  *bufio.Reader
}

// start runs doppel in a directory of its own, which takes its temporary files too.
func start(t *testing.T, args ...string) *started {
	t.Helper()
	s := &started{Cmd: exec.Command("doppel", args...), dir: t.TempDir()}
	s.Dir = s.dir
	s.Env = append(os.Environ(), "TMPDIR="+s.dir)
	var err error
	if s.stdin, err = s.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stderr, err := s.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.said = bufio.NewReader(stderr)
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Process.Kill() }) // of no effect on one that has ended
	return s
}

// interrupt sends SIGINT and checks how the program ends: soon, with exit code 130
// and a word, and without a trace.
func (s *started) interrupt(t *testing.T) {
	t.Helper()
	sent := time.Now()
	if err := s.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(s.said)
	_ = s.Wait() // the exit code is judged below
	if code := s.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
	if took := time.Since(sent); took > 3*time.Second {
		t.Errorf("it took %v to stop", took)
	}
	if !strings.HasSuffix(string(rest), "doppel: interrupted; no output file was written\n") {
		t.Errorf("the last words are %q", rest)
	}
	files, err := os.ReadDir(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		t.Errorf("left behind: %s", f.Name())
	}
}

// TestInterruptReading stops a program that waits for more of its stdin.
func TestInterruptReading(t *testing.T) {
	s := start(t, "dedupe", "-", "-o", "out.csv", "--report", "page.html", "--db", "kept.doppel")
	if _, err := io.WriteString(s.stdin, "id,name\n1,a lamp\n"); err != nil {
		t.Fatal(err)
	}
	// Once its outputs are open it reads, or is about to.
	for deadline := time.Now().Add(10 * time.Second); len(leftovers(s.dir)) < 2; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not open its outputs")
		}
	}
	s.interrupt(t)
}

// TestInterruptMatching stops a program in the middle of its work.
func TestInterruptMatching(t *testing.T) {
	input := filepath.Join(t.TempDir(), "in.csv")
	writeCatalogue(t, input, 6000)
	for _, after := range []time.Duration{0, 200 * time.Millisecond, time.Second} {
		s := start(t, "dedupe", input, "-o", "out.csv", "--pairs", "pairs.csv", "--db", "kept.doppel")
		for {
			line, err := s.said.ReadString('\n')
			if err != nil {
				t.Fatal("it ended before the signal: ", err)
			}
			if strings.HasPrefix(line, "columns: ") { // the last line before the work
				break
			}
		}
		time.Sleep(after)
		s.interrupt(t)
	}
}

// TestInterruptTraining stops a program that learns: it ends soon with a model
// that can be used, and says so.
func TestInterruptTraining(t *testing.T) {
	dir := t.TempDir()
	input, pairs := filepath.Join(dir, "in.csv"), filepath.Join(dir, "pairs.csv")
	writeJudged(t, input, pairs, 300)
	s := start(t, "train", input, "--pairs", pairs, "--epochs", "100000", "-o", "m.doppel")
	for {
		line, err := s.said.ReadString('\n')
		if err != nil {
			t.Fatal("it ended before the signal: ", err)
		}
		if strings.HasPrefix(line, "training: ") { // the last line before the work
			break
		}
	}
	time.Sleep(100 * time.Millisecond)
	if err := s.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(s.said)
	_ = s.Wait() // the exit code is judged below
	if code := s.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
	if !strings.HasSuffix(string(rest), "doppel: interrupted; m.doppel holds the best so far\n") {
		t.Errorf("the last words are %q", rest)
	}
	if left := leftovers(s.dir); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	scored := exec.Command("doppel", "score", input, "--pairs", pairs, "--model", filepath.Join(s.dir, "m.doppel"))
	if out, err := scored.CombinedOutput(); err != nil {
		t.Errorf("the model is of no use: %v\n%s", err, out)
	}
}

// writeJudged writes a catalogue, and pairs of it with their labels: rows that stand
// side by side in the truth, and rows that do not.
func writeJudged(t *testing.T, input, pairs string, products int) {
	t.Helper()
	writeCatalogue(t, input, products)
	made := synth.Catalogue(synth.Options{Seed: 1, Products: products})
	var out strings.Builder
	out.WriteString("id1,id2,label\n")
	first := map[int]int{}
	for i, c := range made.Cluster {
		if before, known := first[c]; known {
			fmt.Fprintf(&out, "%s,%s,1\n", made.Rows[before][0], made.Rows[i][0])
		} else {
			first[c] = i
		}
		if i > 0 && made.Cluster[i-1] != c {
			fmt.Fprintf(&out, "%s,%s,0\n", made.Rows[i-1][0], made.Rows[i][0])
		}
	}
	if err := os.WriteFile(pairs, []byte(out.String()), 0o666); err != nil {
		t.Fatal(err)
	}
}
