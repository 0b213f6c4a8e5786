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
	"sync/atomic"
	"testing"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/dbtest"
)

// writingCalls are the system calls that change files.
var writingCalls = []string{"pwrite64", "write", "fdatasync", "fsync", "ftruncate", "renameat", "renameat2", "unlinkat", "linkat"}

// flows are the changes that are cut off at every step. They work on the file of
// smallFile; what they leave is the state before or the state after.
var flows = map[string]func(path string) error{
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
	"create": onFile(func(d *db.DB) error {
		_, err := d.Create("another", products)
		return err
	}),
	"drop": onFile(func(d *db.DB) error { return d.Drop("empty") }),
	"upsert": onProducts(func(c *db.Collection) error {
		_, err := c.Upsert(background, someProducts(3, 34)...)
		return err
	}),
	"labels": onFile(func(d *db.DB) error {
		_, err := d.PutLabels(background, judged("p00399", "p00398", true, 1000), judged("p00001", "p00003", false, 1001))
		return err
	}),
	"supports": onProducts(func(c *db.Collection) error {
		return c.AddSupports(background, "", "lamp", someProducts(4, 35)...)
	}),
	"model": onFile(func(d *db.DB) error {
		_, err := d.PutModel("scorer", "k", []byte("another model"))
		return err
	}),
	"graph": onProducts(func(c *db.Collection) error {
		_, err := c.Search(background, db.Search{Values: someProducts(1, 8)[0].Values, K: 5, Engine: db.SearchHNSW})
		if err != nil {
			return err
		}
		return c.DB().SaveIndexes(background)
	}),
	"backup":  onFile(func(d *db.DB) error { _, err := d.Backup(background, d.Path()+".backup"); return err }),
	"restore": func(path string) error { _, err := db.Restore(background, path+".source", path); return err },
	"compact": func(path string) error {
		_, err := db.Compact(background, path, nil)
		return err
	},
	"search": onProducts(func(c *db.Collection) error {
		_, err := c.Nearest(background, someProducts(1, 8)[0].Values, 5)
		return err
	}),
}

// onFile is a flow that opens the file, does f and closes it.
func onFile(f func(d *db.DB) error) func(string) error {
	return func(path string) error {
		d, err := db.Open(path, &db.Options{MustExist: true})
		if err != nil {
			return err
		}
		return errors.Join(f(d), d.Close())
	}
}

func onProducts(f func(c *db.Collection) error) func(string) error {
	return onFile(func(d *db.DB) error {
		c, err := d.Collection("products")
		if err != nil {
			return err
		}
		return f(c)
	})
}

func init() { children["flow"] = doFlow }

// doFlow is a child that does one of the flows to a file. All that it writes it
// writes from one thread, because strace counts by thread.
func doFlow(args []string) error {
	runtime.LockOSThread()
	return flows[args[0]](args[1])
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
	if testing.Short() {
		t.Skip("hundreds of processes: not with -short")
	}
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not there to inject faults: apt-get install strace")
	}
	if out, err := straced("error=EIO", 1, "fsync", "none").CombinedOutput(); err == nil || !strings.Contains(err.Error(), "exit status") {
		t.Skipf("strace cannot trace here: %v %s", err, out)
	}
	image, _, _ := smallFile(t)
	before := contentOf(t, image)
	var cases atomic.Int64
	t.Run("flows", func(t *testing.T) {
		for name := range flows {
			t.Run(name, func(t *testing.T) {
				t.Parallel() // they wait for processes and the disk
				cases.Add(int64(faulted(t, name, image, before)))
			})
		}
	})
	t.Logf("%d flows, %d faults", len(flows), cases.Load())
	if cases.Load() < 60 {
		t.Errorf("%d faults: the test does not test", cases.Load())
	}
}

// faulted does a flow with a fault at each of its writing calls, and says how many there were.
func faulted(t *testing.T, name string, image []byte, before content) (cases int) {
	path := filepath.Join(t.TempDir(), "flow.doppel")
	write(t, path+".source", image) // what is restored: with a record more
	source := dbtest.OpenFile(t, path+".source", nil)
	if err := open(t, source).Put(background, someProducts(401, 4)[400]); err != nil {
		t.Fatal(err)
	}
	if err := source.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, path, image)
	if err := child("flow", name, path).Run(); err != nil {
		t.Fatal(err)
	}
	after := contentOf(t, read(t, path))
	for _, call := range writingCalls {
		for _, fault := range []string{"signal=KILL", "error=ENOSPC", "error=EIO"} {
			n := 1
			for ; ; n++ {
				write(t, path, image)
				os.Remove(path + ".backup")
				err := straced(fault, n, call, "flow", name, path).Run()
				now := contentOf(t, read(t, path))
				done := err == nil
				if ok := reflect.DeepEqual(now, after) || !done && reflect.DeepEqual(now, before); !ok {
					t.Fatalf("%s at %s number %d (%v): neither the state before nor the one after", fault, call, n, err)
				}
				if _, err := os.Stat(path + ".backup"); err == nil && !reflect.DeepEqual(contentOf(t, read(t, path+".backup")), before) {
					t.Fatalf("%s at %s number %d: half a backup", fault, call, n)
				}
				if done { // it has no n-th call, or does without
					break
				}
				cases++
			}
			if n == 1 && fault == "signal=KILL" { // nobody survives a kill: there is no such call to fail
				break
			}
		}
	}
	return cases
}
