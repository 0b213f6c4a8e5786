package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"gonum.org/v1/gonum/stat"

	"github.com/doppeldb/doppel/benchmarks/bench"
	"github.com/doppeldb/doppel/internal/datasets"
	"github.com/doppeldb/doppel/internal/synth"
)

// program is the built binary and a place for its files.
type program struct {
	dir, bin string
	million  bool
}

// use is what one process took.
type use struct {
	rows                   int
	seconds, processor, mb float64 // peak memory in MB
}

// timed runs doppel.
func (p *program) timed(ctx context.Context, env []string, args ...string) (use, error) {
	c := exec.CommandContext(ctx, p.bin, args...)
	c.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	start := time.Now()
	if err := c.Run(); err != nil {
		return use{}, fmt.Errorf("doppel %v: %w\n%s", args, err, stderr.String())
	}
	cpu := c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	return use{seconds: time.Since(start).Seconds(), processor: cpu.Seconds(), mb: bench.PeakMB(c.ProcessState)}, nil
}

// catalogue writes a made-up catalogue of n rows and gives its path.
func (p *program) catalogue(n int, seed uint64) (string, error) {
	path := filepath.Join(p.dir, fmt.Sprintf("products-%d-%d.csv", n, seed))
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	w := csv.NewWriter(f)
	if err := w.Write(synth.Header()); err != nil {
		return "", err
	}
	for _, row := range synth.Rows(synth.Options{Seed: seed, Rows: n}) {
		if err := w.Write(row); err != nil {
			return "", err
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return "", err
	}
	return path, f.Close()
}

// wallTime runs the jobs of the bars three times and gives medians.
func (p *program) wallTime(ctx context.Context, w *bytes.Buffer) error {
	fmt.Fprint(w, "From the files to the result written, whole process, median of 3.\n\n| job | seconds | bar | peak MB | bar |\n|---|---|---|---|---|\n")
	out := filepath.Join(p.dir, "out.csv")
	job := func(name, secondsBar, mbBar string, args ...string) error {
		var s, m []float64
		for range 3 {
			r, err := p.timed(ctx, nil, append(args, "-q", "-o", out)...)
			if err != nil {
				return err
			}
			s, m = append(s, r.seconds), append(m, r.mb)
		}
		slices.Sort(s)
		slices.Sort(m)
		fmt.Fprintf(w, "| %s | **%.2f** | %s | %.0f | %s |\n", name, s[1], secondsBar, m[1], mbBar)
		return nil
	}
	dir, missing := datasets.Dir()
	if missing == nil {
		for _, s := range []struct{ name, bar string }{{"em-abt-buy", "2"}, {"em-dblp-acm", "3"}, {"em-amazon-google", ""}} {
			if err := job("link "+s.name, s.bar, "", "link", filepath.Join(dir, s.name, "tableA.csv"), filepath.Join(dir, s.name, "tableB.csv")); err != nil {
				return err
			}
		}
	}
	path, err := p.catalogue(20000, 1)
	if err != nil {
		return err
	}
	if err := job("dedupe 20,000 made-up products", "40", "800", "dedupe", path); err != nil {
		return err
	}
	return missing
}

// job is what a dedupe of so many rows may take, and of how many catalogues its quality is told.
type job struct {
	rows           int
	seconds, mb    float64 // 0: no bar
	seeds          uint64  // 1 to so many
	onlyWhenWanted bool
}

var jobs = []job{{rows: 5000, seeds: 5}, {rows: 10000, seeds: 5}, {rows: 20000, seconds: 40, mb: 800, seeds: 3}, {rows: 40000, seeds: 3},
	{rows: 100000, seconds: 40, mb: 1200, seeds: 3}, {rows: 1000000, seconds: 480, mb: 5000, seeds: 1, onlyWhenWanted: true}}

// growth runs dedupe on ever more rows and counts how good the groups are.
func (p *program) growth(ctx context.Context, w *bytes.Buffer) error {
	fmt.Fprint(w, "dedupe on made-up products, whole process; time and memory of one run with seed 1. The exponent is of the step from the row above. P, R and F1 are\n",
		"pairwise over all rows; the last column is the mean (least-largest) over catalogues of seeds 1, 2, ...: two of one size differ by more than two sizes of one seed.\n",
		"A million rows run with -million only.\n\n",
		"| rows | seconds | bar | exponent | processor seconds | exponent | peak MB | bar | P | R | F1, seed 1 | F1 over seeds |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	var last use
	for _, j := range jobs {
		if j.onlyWhenWanted && !p.million {
			continue
		}
		var f1s []float64
		for seed := range j.seeds {
			r, q, err := p.dedupe(ctx, j.rows, seed+1)
			if err != nil {
				return err
			}
			f1s = append(f1s, q.f1())
			if seed > 0 {
				continue
			}
			fmt.Fprintf(w, "| %d | **%.2f** | %s | %s | %.1f | %s | **%.0f** | %s | %.4f | %.4f | %.4f |", j.rows, r.seconds, allowed(j.seconds), r.exponent(last, use.wall),
				r.processor, r.exponent(last, use.cpu), r.mb, allowed(j.mb), q.precision, q.recall, q.f1())
			last = r
		}
		fmt.Fprintf(w, " **%.4f** (%.4f-%.4f, %d) |\n", stat.Mean(f1s, nil), slices.Min(f1s), slices.Max(f1s), len(f1s))
		fmt.Fprintf(os.Stderr, "   %d rows: %.1f s, F1 %.4f\n", j.rows, last.seconds, f1s)
	}
	return nil
}

// dedupe groups a made-up catalogue.
func (p *program) dedupe(ctx context.Context, rows int, seed uint64) (use, quality, error) {
	path, err := p.catalogue(rows, seed)
	if err != nil {
		return use{}, quality{}, err
	}
	defer os.Remove(path)
	out := filepath.Join(p.dir, "out.csv")
	r, err := p.timed(ctx, nil, "dedupe", path, "-q", "-o", out)
	if err != nil {
		return use{}, quality{}, err
	}
	r.rows = rows
	q, err := pairwise(out, rows, seed)
	return r, q, err
}

// quality is of pairs of rows.
type quality struct{ precision, recall float64 }

func (q quality) f1() float64 { return 2 * q.precision * q.recall / (q.precision + q.recall) }

// allowed writes a bar.
func allowed(x float64) string {
	if x == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f", x)
}

func (r use) wall() float64 { return r.seconds }
func (r use) cpu() float64  { return r.processor }

// exponent e says that the figure grew as rows^e.
func (r use) exponent(last use, of func(use) float64) string {
	if last.rows == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", math.Log(of(r)/of(last))/math.Log(float64(r.rows)/float64(last.rows)))
}

// pairwise compares the cluster of each row, the first column of the file, with the true product.
func pairwise(path string, rows int, seed uint64) (quality, error) {
	f, err := os.Open(path)
	if err != nil {
		return quality{}, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.ReuseRecord = true
	if _, err := r.Read(); err != nil {
		return quality{}, err
	}
	type cell struct{ cluster, product int }
	clusters, products, both := map[int]int{}, map[int]int{}, map[cell]int{}
	for product := range synth.Rows(synth.Options{Seed: seed, Rows: rows}) {
		row, err := r.Read()
		if err != nil {
			return quality{}, err
		}
		cluster, err := strconv.Atoi(row[0])
		if err != nil {
			return quality{}, err
		}
		clusters[cluster]++
		products[product]++
		both[cell{cluster, product}]++
	}
	found, all, right := pairsOf(clusters), pairsOf(products), pairsOf(both)
	return quality{right / found, right / all}, nil
}

func pairsOf[K comparable](sizes map[K]int) (n float64) {
	for _, s := range sizes {
		n += float64(s) * float64(s-1) / 2
	}
	return n
}

// sameBytes runs dedupe and link for several numbers of processors.
func (p *program) sameBytes(ctx context.Context, w *bytes.Buffer) error {
	path, err := p.catalogue(5000, 1)
	if err != nil {
		return err
	}
	jobs := [][]string{{"dedupe", path}}
	dir, missing := datasets.Dir()
	if missing == nil {
		jobs = append(jobs, []string{"link", filepath.Join(dir, "em-abt-buy", "tableA.csv"), filepath.Join(dir, "em-abt-buy", "tableB.csv")})
	}
	fmt.Fprint(w, "| job | GOMAXPROCS 1 | 2 | 4 | same |\n|---|---|---|---|---|\n")
	for _, job := range jobs {
		var sums []string
		for _, procs := range []string{"1", "2", "4"} {
			out := filepath.Join(p.dir, "out-"+procs+".csv")
			if _, err := p.timed(ctx, []string{"GOMAXPROCS=" + procs}, append(job, "-q", "-o", out)...); err != nil {
				return err
			}
			b, err := os.ReadFile(out)
			if err != nil {
				return err
			}
			sums = append(sums, fmt.Sprintf("%x", sha256.Sum256(b))[:12])
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %v |\n", job[0], sums[0], sums[1], sums[2], sums[0] == sums[1] && sums[1] == sums[2])
	}
	return missing
}
