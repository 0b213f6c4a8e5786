//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// terminal is a shell in a terminal of tmux, typed into and looked at as a person would.
type terminal struct {
	*testing.T
	socket string
}

// newTerminal starts doppel with arguments in a directory.
func newTerminal(t *testing.T, dir string, env []string, args ...string) *terminal {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("no tmux on this machine")
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "doppel") // by this name the test binary is the program
	if err := os.Symlink(exe, program); err != nil {
		t.Fatal(err)
	}
	term := &terminal{t, fmt.Sprintf("doppel-test-%d", os.Getpid())}
	command := append([]string{"-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "-c", dir, "env"}, env...)
	term.tmux(append(append(command, program), args...)...)
	t.Cleanup(func() { _ = exec.Command("tmux", "-L", term.socket, "kill-server").Run() })
	return term
}

func (t *terminal) tmux(args ...string) string {
	t.Helper()
	out, err := exec.Command("tmux", append([]string{"-L", t.socket}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("tmux %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// pause is what fingers need. The editor asks the terminal where the cursor is, and what comes in
// one piece with the answer is lost.
const pause = 150 * time.Millisecond

// typed types a text and waits until it is there.
func (t *terminal) typed(text string) {
	t.Helper()
	time.Sleep(pause)
	end := text[max(0, len(text)-8):]
	// A semicolon at the end would end tmux's own command.
	if rest, ok := strings.CutSuffix(text, ";"); ok {
		text = rest + `\;`
	}
	t.tmux("send-keys", "-l", "--", text)
	t.sees(end)
}

// key presses a key such as Enter, Tab and C-c.
func (t *terminal) key(name string) {
	t.Helper()
	time.Sleep(pause)
	t.tmux("send-keys", name)
}

// sees waits until the screen shows a text, and gives the screen.
func (t *terminal) sees(text string) string {
	t.Helper()
	screen := ""
	for range 200 {
		if screen = t.tmux("capture-pane", "-p"); strings.Contains(screen, text) {
			return screen
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("the screen does not show %q:\n%s", text, screen)
	return ""
}

// A person types, completes, reads a long answer page by page, cancels, finds yesterday's
// statement again, and leaves.
func TestTerminal(t *testing.T) {
	dir := t.TempDir()
	const rows = 20_000 // a DEDUPE of them takes seconds
	var csv strings.Builder
	csv.WriteString("id,title,price\n")
	for i := range rows {
		fmt.Fprintf(&csv, "k%d,Tarvo cordless drill number %d with a case and two batteries of %d V and a long description of it,%d\n", i, i%7000, i%40, i)
	}
	if err := os.WriteFile(filepath.Join(dir, "drills.csv"), []byte(csv.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	history := filepath.Join(dir, "history")
	env := []string{"DOPPEL_HISTORY=" + history, "PAGER=", "TERM=screen"}
	if _, err := exec.LookPath("less"); err == nil {
		env[1] = "PAGER=less"
	}
	term := newTerminal(t, dir, env, "shell", "t.doppel")
	term.sees("doppel>")

	term.typed("IMPORT 'dri")
	term.key("Tab")
	term.sees("IMPORT 'drills.csv")
	term.typed("' INTO drills;")
	term.key("Enter")
	term.sees("20000 records imported")

	// Several lines, a field completed, the answer as wide as the screen.
	term.typed("SELECT key, ti")
	term.key("Tab")
	term.sees("SELECT key, title")
	term.key("Enter")
	term.typed("FROM drills LIMIT 1;")
	term.key("Enter")
	screen := term.sees("k0")
	if !strings.Contains(screen, "…") {
		t.Errorf("the long title is not cut:\n%s", screen)
	}

	// An error shows its place, and the shell goes on.
	term.typed("SELECT titel FROM drills;")
	term.key("Enter")
	term.sees("did you mean title?")

	if env[1] == "PAGER=less" {
		term.typed("SELECT * FROM drills;")
		term.key("Enter")
		screen = term.sees("k15")
		if strings.Contains(screen, "doppel>") {
			t.Errorf("the pager shows no prompt:\n%s", screen)
		}
		term.sees("\n:") // less is ready
		term.key("q")
		term.sees("doppel>")
	}

	// Ctrl-C ends the statement and not the shell.
	term.typed("DEDUPE drills;")
	term.key("Enter")
	term.key("C-c")
	term.sees("interrupted")
	term.typed(".tab")
	term.key("Tab")
	term.key("Enter")
	term.sees("20000 │")

	// What is typed half can be thrown away.
	term.typed("SELECT nonsense")
	term.key("C-c")
	term.typed("SELECT count(*) AS answer FROM drills;")
	term.key("Enter")
	term.sees("answer")

	term.key("C-d")
	for range 100 {
		if exec.Command("tmux", "-L", term.socket, "has-session").Run() != nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if exec.Command("tmux", "-L", term.socket, "has-session").Run() == nil {
		t.Errorf("Ctrl-D does not end the shell:\n%s", term.tmux("capture-pane", "-p"))
	}
	kept, err := os.ReadFile(history)
	if err != nil || !strings.Contains(string(kept), "DEDUPE drills;") {
		t.Errorf("history: %v\n%s", err, kept)
	}

	again := newTerminal(t, dir, env, "shell", "t.doppel")
	again.sees("doppel>")
	again.key("Up")
	again.sees("SELECT count(*) AS answer FROM drills;")
}
