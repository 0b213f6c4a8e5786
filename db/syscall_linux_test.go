package db_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/db"
)

// writingCalls are the system calls that change files.
var writingCalls = []string{"pwrite64", "write", "fdatasync", "fsync", "ftruncate", "renameat", "renameat2", "unlinkat", "linkat"}

// flows are the changes that are cut off at every step. They work on the file of
// smallFile; what they leave is the state before or the state after.
var flows = map[string]func(d *db.DB, path string) error{
	"put": onProducts(func(c *db.Collection) error { return c.Put(background, someProducts(60, 33)...) }),
	"put in batches": onProducts(func(c *db.Collection) error {
		// Other values under the same keys, but one transaction only: the second batch changes nothing.
		_, err := c.PutAll(background, db.Records(someProducts(50, 33)), &db.PutOptions{BatchRows: 50})
		return err
	}),
	"delete": onProducts(func(c *db.Collection) error {
		_, err := c.Delete(background, "p00001", "p00002", "p00077", "p00399")
		return err
	}),
	"encoder": onProducts(func(c *db.Collection) error {
		enc, err := fitter(someProducts(150, 8), 16)
		if err != nil {
			return err
		}
		return c.SetEncoder(background, enc)
	}),
	"create": func(d *db.DB, _ string) error {
		_, err := d.Create("another", products)
		return err
	},
	"drop": func(d *db.DB, _ string) error { return d.Drop("empty") },
	"search": onProducts(func(c *db.Collection) error {
		_, err := c.Nearest(background, someProducts(1, 8)[0].Values, 5)
		return err
	}),
}

func onProducts(f func(c *db.Collection) error) func(*db.DB, string) error {
	return func(d *db.DB, _ string) error {
		c, err := d.Collection("products")
		if err != nil {
			return err
		}
		return f(c)
	}
}

func init() { children["flow"] = doFlow }

// doFlow is a child that opens a file, does one of the flows and closes it. All
// that it writes it writes from one thread, because strace counts by thread.
func doFlow(args []string) error {
	runtime.LockOSThread()
	d, err := db.Open(args[1], &db.Options{MustExist: true})
	if err != nil {
		return err
	}
	err = flows[args[0]](d, args[1])
	return errors.Join(err, d.Close())
}

// straced is a child under strace that meets a fault at the n-th call of a kind.
func straced(fault string, n int, call string, args ...string) *exec.Cmd {
	cmd := child(args...)
	inject := fmt.Sprintf("inject=%s:%s:when=%d", call, fault, n)
	cmd.Args = append([]string{"strace", "-f", "-qq", "-o", os.DevNull, "-e", "trace=" + call, "-e", inject}, cmd.Args...)
	cmd.Path, cmd.Err = exec.LookPath("strace")
	cmd.Stderr = nil
	return cmd
}

// Each flow is killed before each of its writing system calls, and each of these
// calls fails once for want of space and once for an error of the disk. What is left
// opens, passes Check, and is what was there before or what the flow makes; it is
// the latter if the flow said so.
func TestEverySystemCall(t *testing.T) {
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not there to inject faults: apt-get install strace")
	}
	if out, err := straced("error=EIO", 1, "fsync", "none").CombinedOutput(); err == nil || !strings.Contains(err.Error(), "exit status") {
		t.Skipf("strace cannot trace here: %v %s", err, out)
	}
	image, _, _ := smallFile(t)
	path := filepath.Join(t.TempDir(), "flow.doppel")
	faults := []string{"signal=KILL", "error=ENOSPC", "error=EIO"}
	if testing.Short() {
		faults = faults[:1]
	}
	cases := 0
	for name := range flows {
		before := contentOf(t, image)
		write(t, path, image)
		if err := child("flow", name, path).Run(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		after := contentOf(t, read(t, path))
		for _, fault := range faults {
			for _, call := range writingCalls {
				for n := 1; ; n++ {
					write(t, path, image)
					err := straced(fault, n, call, "flow", name, path).Run()
					now := contentOf(t, read(t, path))
					done := err == nil
					if ok := reflect.DeepEqual(now, after) || !done && reflect.DeepEqual(now, before); !ok {
						t.Fatalf("%s, %s at %s number %d (%v): neither the state before nor the one after", name, fault, call, n, err)
					}
					if done { // it has no n-th call, or does without
						break
					}
					cases++
				}
			}
		}
	}
	t.Logf("%d flows, %d faults", len(flows), cases)
	if cases < 20*len(faults) {
		t.Errorf("%d faults: the test does not test", cases)
	}
}
