package main

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/doppeldb/doppel/db"
)

// -update writes what the program says into the files that scripts compare it with.
var update = flag.Bool("update", false, "rewrite what scripts compare with")

// TestMain lets the test binary be the program: scripts and tests that run
// "doppel" start this binary again, which then calls main.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"doppel": main})
}

// TestScripts runs what a user would type. Besides testscript's own, a script has:
//
//	bytes FILE 'TEXT' [N 'TEXT']...   write a file; TEXT may hold \x00 and the like, N repeats the next TEXT
//	leftovers                         fail if a temporary file is left anywhere
//	partners FILE COLUMN N|+          the commonest value of the column occurs N times, or (+) more than once
//	validjson FILE                    the file is one JSON value
//	lines FILE N                      the file has N lines
//	shops N                           write a.csv and b.csv, two shops with N products, the judged pairs
//	                                  train.csv, valid.csv and test.csv, and goods.csv, a catalogue with
//	                                  the column product that says which rows are one
//	pictures DIR FIRST CLASSES N      write N drawings of each of the classes FIRST, FIRST+1, ..., a folder each
//	hold FILE                         open a doppel file to write until the script ends
//	newer FILE                        make a doppel file one of a newer format
//	flip FILE TEXT                    change a bit of the text wherever it stands, also in pages that were given up
//	[root] [full]                     we may do anything; there is a disk that is always full
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "root":
				return os.Geteuid() == 0, nil
			case "full":
				_, err := os.Stat("/dev/full")
				return err == nil, nil
			}
			return false, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"bytes": scriptBytes, "leftovers": scriptLeftovers, "partners": scriptPartners,
			"validjson": scriptValidJSON, "lines": scriptLines, "shops": scriptShops, "pictures": scriptPictures,
			"hold": scriptHold, "newer": scriptNewer, "flip": scriptFlip,
		},
	})
}

// scriptPictures draws strokes that a class determines, shaken by the example.
func scriptPictures(ts *testscript.TestScript, _ bool, args []string) {
	var n [3]int
	for i := range n {
		var err error
		n[i], err = strconv.Atoi(args[1+i])
		ts.Check(err)
	}
	for class := n[0]; class < n[0]+n[1]; class++ {
		dir := filepath.Join(ts.MkAbs(args[0]), fmt.Sprintf("c%d", class))
		ts.Check(os.MkdirAll(dir, 0o755))
		for example := range n[2] {
			ts.Check(os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.png", example)), drawing(class, example), 0o644))
		}
	}
}

func drawing(class, example int) []byte {
	own := rand.New(rand.NewPCG(uint64(class), 1))
	shake := rand.New(rand.NewPCG(uint64(class), uint64(example)+2))
	img := image.NewGray(image.Rect(0, 0, 24, 24))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for range 3 {
		var at [4]float64
		for i := range at {
			at[i] = 4 + 16*own.Float64() + shake.NormFloat64()
		}
		for k := range 60 {
			t := float64(k) / 59
			x, y := at[0]+t*(at[2]-at[0]), at[1]+t*(at[3]-at[1])
			img.SetGray(int(x), int(y), color.Gray{})
			img.SetGray(int(x+.7), int(y), color.Gray{})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func scriptBytes(ts *testscript.TestScript, _ bool, args []string) {
	var out bytes.Buffer
	times := 1
	for _, arg := range args[1:] {
		if n, err := strconv.Atoi(arg); err == nil {
			times = n
			continue
		}
		text, err := strconv.Unquote(`"` + strings.ReplaceAll(arg, `"`, `\"`) + `"`)
		ts.Check(err)
		out.WriteString(strings.Repeat(text, times))
		times = 1
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), out.Bytes(), 0o666))
}

func scriptLeftovers(ts *testscript.TestScript, neg bool, _ []string) {
	found := leftovers(ts.MkAbs("."))
	if len(found) > 0 != neg {
		ts.Fatalf("temporary files: %q", found)
	}
}

// leftovers lists the temporary files under dir.
func leftovers(dir string) (found []string) {
	_ = filepath.WalkDir(dir, func(path string, _ os.DirEntry, _ error) error {
		if strings.Contains(filepath.Base(path), "doppel-") && strings.HasSuffix(path, ".tmp") {
			found = append(found, path)
		}
		return nil
	})
	return found
}

func scriptPartners(ts *testscript.TestScript, _ bool, args []string) {
	rows, err := csv.NewReader(strings.NewReader(ts.ReadFile(args[0]))).ReadAll()
	ts.Check(err)
	counts, most := map[string]int{}, 0
	for c, name := range rows[0] {
		if name == args[1] {
			for _, row := range rows[1:] {
				counts[row[c]]++
				most = max(most, counts[row[c]])
			}
		}
	}
	if args[2] == "+" && most < 2 || args[2] != "+" && strconv.Itoa(most) != args[2] {
		ts.Fatalf("the commonest %s of %s occurs %d times, not %s", args[1], args[0], most, args[2])
	}
}

func scriptValidJSON(ts *testscript.TestScript, _ bool, args []string) {
	if text := ts.ReadFile(args[0]); !json.Valid([]byte(text)) {
		ts.Fatalf("%s is no JSON: %s", args[0], text)
	}
}

func scriptHold(ts *testscript.TestScript, _ bool, args []string) {
	file, err := db.Open(ts.MkAbs(args[0]), nil)
	ts.Check(err)
	ts.Defer(func() { ts.Check(file.Close()) })
}

// scriptNewer writes another version into the head of a file: behind its magic, with the
// checksum of the frame that it stands in (db/state.go).
func scriptNewer(ts *testscript.TestScript, _ bool, args []string) {
	data := []byte(ts.ReadFile(args[0]))
	// Free pages may hold older copies of the head, which stand before the one that counts.
	heads := 0
	for from := 0; ; heads++ {
		at := bytes.Index(data[from:], []byte("doppelDB"))
		if at < 0 {
			break
		}
		at += from
		const version, created = 8, 12
		binary.LittleEndian.PutUint32(data[at+version:], 99)
		frame := data[at-2 : at+created+8]
		binary.LittleEndian.PutUint32(data[at+created+8:], crc32.Checksum(frame, crc32.MakeTable(crc32.Castagnoli)))
		from = at + created
	}
	if heads == 0 {
		ts.Fatalf("%s is no doppel file", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o666))
}

func scriptFlip(ts *testscript.TestScript, _ bool, args []string) {
	data := []byte(ts.ReadFile(args[0]))
	if !bytes.Contains(data, []byte(args[1])) {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	flipped := []byte(args[1])
	flipped[0] ^= 1
	data = bytes.ReplaceAll(data, []byte(args[1]), flipped)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o666))
}

func scriptLines(ts *testscript.TestScript, _ bool, args []string) {
	if n := strings.Count(ts.ReadFile(args[0]), "\n"); strconv.Itoa(n) != args[1] {
		ts.Fatalf("%s has %d lines, not %s", args[0], n, args[1])
	}
}
