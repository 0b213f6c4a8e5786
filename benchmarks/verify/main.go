// Command verify measures how well networks tell pictures of the same from those of another and
// writes benchmarks/results/verify.md with figures beside it: AT&T faces, people whom training has not seen, and
// CEDAR signatures, genuine ones against skilled forgeries of writers whom it has not seen.
//
//	go run ./benchmarks/verify
//
// Data sets are looked for as internal/datasets says; what is missing is said in the table.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/doppeldb/doppel/benchmarks/bench"
	"github.com/doppeldb/doppel/internal/report"
)

// run is what all parts share.
type run struct {
	out     string // the table; figures lie beside it
	threads int
	steps   int // of descent; 0 for none
	seeds   int
}

func main() {
	var r run
	flag.StringVar(&r.out, "o", "benchmarks/results/verify.md", "where to write the table; figures go beside it")
	only := flag.String("only", "", "run one part: faces, signatures, cues")
	flag.IntVar(&r.threads, "threads", 0, "goroutines; no figure depends on it")
	flag.IntVar(&r.steps, "steps", 600, "steps of the networks that learn by descent; 0 leaves them out")
	flag.IntVar(&r.seeds, "seeds", 1, "networks that learn by descent of different seeds")
	flag.Parse()
	if err := r.all(context.Background(), *only); err != nil {
		fmt.Fprintln(os.Stderr, "verify:", err)
		os.Exit(1)
	}
}

// protocol stands above the tables.
const protocol = `Classes of the test are never seen in training, and nothing was chosen by them: architecture, shrinkage and steps were chosen on training classes
held out in turn. EER: all pairs of test pictures, or as said, at the distance where as many of the same are refused as strangers accepted. Brackets hold the figure with 95 % confidence;
they come from drawing the test's people anew (pairs of one person are not independent), for episodes from their number.
`

// without says that a part of the ways was left out.
const without = "\nNetworks that learn by descent were left out of this run (-steps 0).\n"

func (r run) all(ctx context.Context, only string) error {
	head := fmt.Sprintf("# Verification of faces and signatures\n\n%s\n\n%s", bench.Machine("verify"), protocol)
	if r.steps == 0 {
		head += without
	}
	return bench.Report(ctx, head, r.out, only, []bench.Part{
		{Name: "faces", Title: "AT&T faces", Run: r.faces},
		{Name: "signatures", Title: "CEDAR signatures", Run: r.signatures},
		{Name: "cues", Title: "What gives a forgery away without looking at its shape", Run: r.cues},
	})
}

// figure draws detection-error curves to a file beside the table.
func (r run) figure(name, title string, curves []report.DETCurve) error {
	f, err := os.Create(filepath.Join(filepath.Dir(r.out), name))
	if err != nil {
		return err
	}
	if err := report.WriteDET(f, title, curves); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// link writes where a figure is.
func link(w *bytes.Buffer, name, what string) { fmt.Fprintf(w, "\n![%s](%s)\n", what, name) }
