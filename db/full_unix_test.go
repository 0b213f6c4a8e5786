//go:build unix

package db_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/dbtest"
)

func init() { children["fill"] = fillDisk }

// fillDisk is a child that goes on with a lane while no file may grow beyond a
// limit, as on a full disk, until a write fails; then it is given room again, does
// the same step and some more, and prints how many are done.
func fillDisk(args []string) error {
	limit, err := strconv.ParseUint(args[2], 10, 64)
	if err != nil {
		return err
	}
	l := newLane(0, 1)
	k, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	d, err := db.Open(args[0], &db.Options{MustExist: true})
	if err != nil {
		return err
	}
	c, err := d.Collection("products")
	if err != nil {
		return err
	}
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
		return err
	}
	full := before
	full.Cur = limit
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &full); err != nil {
		return err
	}
	big := 0
	for ; ; k++ {
		// Large records beside the lane's: it ends soon.
		big++
		rs := someProducts(1000, uint64(big))
		for i := range rs {
			rs[i].Key = fmt.Sprintf("filler-%d-%d", big, i)
		}
		if err = c.Put(background, rs...); err != nil {
			break
		}
		if err = l.write(c, k); err != nil {
			break
		}
		if k > 1000 {
			return errors.New("no write has failed")
		}
	}
	if errors.Is(err, db.ErrCorrupt) {
		return fmt.Errorf("a full disk is taken for damage: %w", err)
	}
	if _, err := c.Nearest(background, someProducts(1, 1)[0].Values, 3); err != nil {
		return fmt.Errorf("search on a full disk: %w", err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
		return err
	}
	for range 3 {
		if err := l.write(c, k); err != nil {
			return fmt.Errorf("after there was room again: %w", err)
		}
		k++
	}
	fmt.Printf("%d %v\n", k, err)
	return d.Close()
}

// A disk that fills up gives an error, loses nothing, and writing goes on when
// there is room again.
func TestDiskFull(t *testing.T) {
	cases := 12
	if testing.Short() {
		cases = 4
	}
	r := rand.New(rand.NewPCG(uint64(os.Getpid()), 0))
	for range cases {
		path := filepath.Join(t.TempDir(), "full.doppel")
		d := dbtest.OpenFile(t, path, nil)
		if err := create(t, d, nil).SetEncoder(background, fit(t, someProducts(100, 3), 16)); err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		size := len(read(t, path))
		limit := size + r.IntN(2<<20)
		out, err := child("fill", path, "0", strconv.Itoa(limit)).Output()
		if err != nil {
			t.Fatalf("limit of %d bytes: %v", limit, err)
		}
		word, _, _ := strings.Cut(string(out), " ")
		steps, err := strconv.Atoi(word)
		if err != nil {
			t.Fatal(err)
		}
		l := newLane(0, 1)
		if err := l.settle(sound(t, path), steps); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d full disks", cases)
}
