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
	"time"

	"github.com/doppeldb/doppel/internal/datasets"
	"github.com/doppeldb/doppel/internal/synth"
)

// program is the built binary and a place for its files.
type program struct{ dir, bin string }

// timed runs doppel and gives wall seconds and peak memory in MB.
func (p *program) timed(ctx context.Context, env []string, args ...string) (seconds, mb float64, err error) {
	c := exec.CommandContext(ctx, p.bin, args...)
	c.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	start := time.Now()
	if err := c.Run(); err != nil {
		return 0, 0, fmt.Errorf("doppel %v: %w\n%s", args, err, stderr.String())
	}
	return time.Since(start).Seconds(), peakMB(c.ProcessState), nil
}

// catalogue writes a made-up catalogue of n rows and gives its path.
func (p *program) catalogue(n int) (string, error) {
	path := filepath.Join(p.dir, fmt.Sprintf("products-%d.csv", n))
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	w := csv.NewWriter(f)
	if err := w.Write(synth.Header()); err != nil {
		return "", err
	}
	for _, row := range synth.Rows(synth.Options{Seed: 1, Rows: n}) {
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
			sec, mb, err := p.timed(ctx, nil, append(args, "-q", "-o", out)...)
			if err != nil {
				return err
			}
			s, m = append(s, sec), append(m, mb)
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
	path, err := p.catalogue(20000)
	if err != nil {
		return err
	}
	if err := job("dedupe 20,000 made-up products", "40", "800", "dedupe", path); err != nil {
		return err
	}
	return missing
}

// growth runs dedupe on ever more rows.
func (p *program) growth(ctx context.Context, w *bytes.Buffer) error {
	fmt.Fprint(w, "dedupe on made-up products, whole process. The exponent is of the step from the row above.\n\n",
		"| rows | seconds | exponent | peak MB | exponent |\n|---|---|---|---|---|\n")
	var lastS, lastM float64
	for _, n := range []int{5000, 10000, 20000, 40000} {
		path, err := p.catalogue(n)
		if err != nil {
			return err
		}
		s, m, err := p.timed(ctx, nil, "dedupe", path, "-q", "-o", filepath.Join(p.dir, "out.csv"))
		if err != nil {
			return err
		}
		expS, expM := "", ""
		if lastS > 0 {
			expS, expM = fmt.Sprintf("%.2f", math.Log2(s/lastS)), fmt.Sprintf("%.2f", math.Log2(m/lastM))
		}
		fmt.Fprintf(w, "| %d | %.2f | %s | %.0f | %s |\n", n, s, expS, m, expM)
		lastS, lastM = s, m
	}
	return nil
}

// sameBytes runs dedupe and link for several numbers of processors.
func (p *program) sameBytes(ctx context.Context, w *bytes.Buffer) error {
	path, err := p.catalogue(5000)
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
			if _, _, err := p.timed(ctx, []string{"GOMAXPROCS=" + procs}, append(job, "-q", "-o", out)...); err != nil {
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
