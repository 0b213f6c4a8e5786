package db_test

import (
	"bufio"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/dbtest"
)

var kills = flag.Int("kills", 300, "writing processes to kill in TestKilled")

// childVariable, when it is set, makes this program a child of one of the tests:
// it does what it says and exits.
const childVariable = "DOPPEL_DB_CHILD"

// childFailed is the exit code of a child that has met an error; a killed one has
// another, 1 on Windows.
const childFailed = 3

// children are what a child can do; tests with children add to it.
var children = map[string]func(args []string) error{"write": writeForEver}

func TestMain(m *testing.M) {
	what, isChild := os.LookupEnv(childVariable)
	if !isChild {
		os.Exit(m.Run())
	}
	args := strings.Split(what, "\n")
	err := fmt.Errorf("no child does %q", args[0])
	if work, ok := children[args[0]]; ok {
		err = work(args[1:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(childFailed)
	}
}

// child is a process of this program that does one of children.
func child(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+strings.Join(args, "\n"))
	cmd.Stderr = os.Stderr
	return cmd
}

// writeForEver is a child that goes on with lanes: args are the path, the seed and
// how many steps of each lane are done. It prints "lane steps" after each step, and
// makes other encoders and searches meanwhile.
func writeForEver(args []string) error {
	d, err := db.Open(args[0], &db.Options{MustExist: true})
	if err != nil {
		return err
	}
	c, err := d.Collection("products")
	if err != nil {
		return err
	}
	seed, err := strconv.ParseUint(args[1], 10, 64)
	if err != nil {
		return err
	}
	failed := make(chan error)
	for number, from := range args[2:] {
		k, err := strconv.Atoi(from)
		if err != nil {
			return err
		}
		go func() {
			for l := newLane(number, seed); ; k++ {
				if err := l.write(c, k); err != nil {
					failed <- fmt.Errorf("lane %d, step %d: %w", number, k, err)
				}
				fmt.Printf("%d %d\n", number, k+1)
			}
		}()
	}
	go func() {
		rs := someProducts(200, 3)
		for n := 0; ; n++ {
			if _, err := c.Nearest(background, rs[n%len(rs)].Values, 5); err != nil {
				failed <- err
			}
			if n%20 != 0 {
				time.Sleep(time.Millisecond)
				continue
			}
			enc, err := fitter(rs[:100+n%100], 16)
			if err == nil {
				err = c.SetEncoder(background, enc)
			}
			if err != nil {
				failed <- err
			}
		}
	}()
	select {
	case err := <-failed:
		return err
	case <-time.After(time.Minute): // should the parent have gone
		return nil
	}
}

// A process that is killed at any moment loses nothing that it said was done and
// leaves nothing half done.
func TestKilled(t *testing.T) {
	n := *kills
	if testing.Short() {
		n = min(n, 15)
	}
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	path := filepath.Join(t.TempDir(), "killed.doppel")
	d := dbtest.OpenFile(t, path, nil)
	if err := create(t, d, nil).SetEncoder(background, fit(t, someProducts(100, 3), 16)); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	lanes := []*lane{newLane(0, seed), newLane(1, seed)}
	acked, inFlight := 0, 0
	for cycle := range n {
		before := lanes[0].done + lanes[1].done
		steps := writeAndKill(t, path, lanes, time.Duration(r.IntN(20_000))*time.Microsecond)
		found := sound(t, path)
		for i, l := range lanes {
			if err := l.settle(found, steps[i]); err != nil {
				t.Fatalf("seed %d, cycle %d: %v", seed, cycle, err)
			}
			inFlight += l.done - steps[i]
		}
		acked += steps[0] + steps[1] - before
		if t.Failed() {
			t.Fatalf("seed %d, cycle %d", seed, cycle)
		}
	}
	t.Logf("%d processes killed, %d writes acknowledged and found, %d more had been committed but not acknowledged", n, acked, inFlight)
	if acked < 2*n {
		t.Errorf("%d writes in %d processes: the test does not test", acked, n)
	}
}

// writeAndKill lets a child go on with the lanes, kills it some time after its
// first step, and gives how many steps of each lane it acknowledged.
func writeAndKill(t *testing.T, path string, lanes []*lane, after time.Duration) []int {
	t.Helper()
	args := []string{"write", path, strconv.FormatUint(lanes[0].seed, 10)}
	steps := make([]int, len(lanes))
	for i, l := range lanes {
		args = append(args, strconv.Itoa(l.done))
		steps[i] = l.done
	}
	cmd := child(args...)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	kill := sync.OnceFunc(func() {
		time.Sleep(after)
		cmd.Process.Kill()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var number, k int
		// The last line may have been cut off.
		if n, _ := fmt.Sscanf(lines.Text()+" ", "%d %d ", &number, &k); n == 2 && number < len(steps) && k == steps[number]+1 {
			steps[number] = k
		}
		go kill()
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() == childFailed {
		t.Fatalf("the writing process ended by itself: %v", err)
	}
	return steps
}
