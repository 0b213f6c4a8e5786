//go:build unix

package main

import (
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// importedSoFar asks "doppel stats" how far the import into a file came.
func importedSoFar(t *testing.T, dir string) (done, rows int) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, "kept.doppel")); err != nil {
		return 0, 1
	}
	cmd := exec.Command("doppel", "stats", "kept.doppel", "--json")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("stats: %v %s", err, out)
	}
	var s fileStats
	if err := json.Unmarshal(out, &s); err != nil {
		t.Fatal(err)
	}
	if len(s.Collections) == 0 || s.Collections[0].Import == nil {
		return 0, 1
	}
	if i := s.Collections[0].Import; i.Done != s.Collections[0].Records {
		t.Fatalf("%d rows are noted, %d records are in", i.Done, s.Collections[0].Records)
	} else {
		return i.Done, i.Rows
	}
	return 0, 0
}

// TestImportKilled kills an import again and again at random moments, by SIGKILL and by
// SIGINT in turn. The same command goes on each time, and in the end every row is in
// once, in order.
func TestImportKilled(t *testing.T) {
	dir := t.TempDir()
	input := filepath.Join(dir, "in.csv")
	writeCatalogue(t, input, 15000)
	random := rand.New(rand.NewPCG(1, 2))
	began := time.Now()
	whole := exec.Command("doppel", "import", input, "--db", filepath.Join(dir, "whole.doppel"))
	if out, err := whole.CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	takes := time.Since(began)
	runs, within := 0, 0
	for done, rows := 0, 1; done < rows || within == 0; runs++ {
		if runs > 60 {
			t.Fatalf("%d runs, %d cut off in the middle", runs, within)
		}
		if done == rows { // none was cut off between two batches: another try
			done = 0
			if err := os.Remove(filepath.Join(dir, "kept.doppel")); err != nil {
				t.Fatal(err)
			}
		}
		s := &started{Cmd: exec.Command("doppel", "import", input, "--db", "kept.doppel")}
		s.Dir = dir
		stderr, err := s.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Start(); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Duration((.2+random.Float64())*float64(takes)), func() {
			_ = s.Process.Signal([]os.Signal{syscall.SIGKILL, syscall.SIGINT}[runs&1]) // it may have ended
		})
		said, _ := io.ReadAll(stderr)
		_ = s.Wait() // killed, interrupted or done
		before := done
		done, rows = importedSoFar(t, dir)
		if done < before {
			t.Fatalf("%d rows were in, now %d", before, done)
		}
		if done > before && done < rows {
			within++
		}
		if code := s.ProcessState.ExitCode(); code == exitInterrupted && done > 0 && done < rows {
			if !strings.Contains(string(said), "rows are in kept.doppel, the same command goes on from there\n") {
				t.Errorf("it says %q", said)
			}
		} else if code != exitInterrupted && code != -1 && code != exitDone {
			t.Fatalf("exit code %d: %s", code, said)
		}
	}
	t.Logf("%d runs, %d cut off in the middle", runs, within)
	path := filepath.Join(dir, "kept.doppel")
	must(t, "check", path)
	if got := must(t, "export", "--db", path, "-q"); got != contents(t, input) {
		t.Error("what was imported is not what was in the file")
	}
}

// TestImportStdinInterrupted stops an import that waits for more of its stdin.
func TestImportStdinInterrupted(t *testing.T) {
	s := start(t, "import", "-", "--db", "kept.doppel")
	if _, err := io.WriteString(s.stdin, "id,name\n1,a lamp\n"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	s.interrupt(t)
}

// TestImportMemory: a file of eight times the size takes about the same memory. The
// pages of the doppel file that the system shows to the program count here too, and they are
// what grows.
func TestImportMemory(t *testing.T) {
	dir := t.TempDir()
	var peak [2]float64
	for i, products := range []int{8000, 64000} {
		input := filepath.Join(dir, "in.csv")
		writeCatalogue(t, input, products)
		c := exec.Command("doppel", "import", input, "--db", filepath.Join(dir, "kept.doppel"), "--replace")
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, out)
		}
		peak[i] = float64(c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
	}
	t.Logf("peak memory of the larger file: %.2f times", peak[1]/peak[0])
	if peak[1] > 1.6*peak[0] {
		t.Errorf("a file of eight times the size takes %.1f times the memory", peak[1]/peak[0])
	}
}
