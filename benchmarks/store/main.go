// Command store measures the file and writes benchmarks/results/store.md: import,
// raw vector writes beside plain bbolt, opening, searching alone and beside a
// writer, durable single writes, size before and after compaction, and chromem-go
// over the same vectors.
//
//	go run ./benchmarks/store [-million] [-only PART]
//
// chromem-go is built by benchmarks/peers/install; without it its row says so.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

func main() {
	out := flag.String("o", "benchmarks/results/store.md", "where to write the table")
	only := flag.String("only", "", "run one part and write no file: import, vectors, open, nearest, upsert, size, chromem")
	million := flag.Bool("million", false, "open a collection of 1,000,000 records too")
	flag.Parse()
	if err := run(context.Background(), *out, *only, *million); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// bench is the folder and the program that the parts share.
type bench struct {
	dir, bin string
	million  bool
}

type part struct {
	name, title string
	run         func(b *bench, ctx context.Context, w *bytes.Buffer) error
}

var parts = []part{
	{"import", "Import: from CSV to durable and searchable", (*bench).importing},
	{"vectors", "Raw vectors beside plain bbolt", (*bench).vectors},
	{"open", "Open and first search", (*bench).opening},
	{"nearest", "Nearest by a new record", (*bench).nearest},
	{"upsert", "Durable single writes", (*bench).upserts},
	{"size", "Size of the file", (*bench).size},
	{"chromem", "Beside chromem-go", (*bench).chromem},
}

func run(ctx context.Context, out, only string, million bool) error {
	dir, err := os.MkdirTemp("", "doppel-store-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{dir: dir, bin: filepath.Join(dir, "doppel"), million: million}
	if runtime.GOOS == "windows" {
		b.bin += ".exe"
	}
	if msg, err := exec.Command("go", "build", "-o", b.bin, "./cmd/doppel").CombinedOutput(); err != nil {
		return fmt.Errorf("building doppel: %w\n%s", err, msg)
	}
	var w bytes.Buffer
	fmt.Fprintf(&w, "# The file\n\n%s\n\n", machine())
	fmt.Fprintf(&w, "Records are made-up products (seed 1): title, brand, price, category, description. Vectors have 256 dimensions. All writes are synced\n")
	fmt.Fprintf(&w, "to the disk of the temporary directory; what a sync of 4 KB costs there: %s.\n", syncCost(dir))
	for _, p := range parts {
		if only != "" && p.name != only {
			continue
		}
		fmt.Fprintf(os.Stderr, "%s ...\n", p.title)
		fmt.Fprintf(&w, "\n## %s\n\n", p.title)
		if err := p.run(b, ctx, &w); err != nil {
			fmt.Fprintf(&w, "not measured: %v\n", err)
			fmt.Fprintln(os.Stderr, "  ", err)
		}
	}
	fmt.Print(w.String())
	if only != "" {
		return nil
	}
	return os.WriteFile(out, w.Bytes(), 0o666)
}

// syncCost is the median time of writing 4 KB and syncing.
func syncCost(dir string) string {
	f, err := os.Create(filepath.Join(dir, "sync"))
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	times := make([]time.Duration, 50)
	for i := range times {
		start := time.Now()
		_, err := f.WriteAt(make([]byte, 4096), int64(i)*4096)
		if err == nil {
			err = f.Sync()
		}
		if err != nil {
			return err.Error()
		}
		times[i] = time.Since(start)
	}
	return quantile(times, .5).Round(time.Microsecond).String()
}

// machine says where and how the figures were made.
func machine() string {
	model := "unknown processor"
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.SplitSeq(string(b), "\n") {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	load := ""
	if b, err := os.ReadFile("/proc/loadavg"); err == nil {
		if f := strings.Fields(string(b)); len(f) > 0 {
			load = ", load " + f[0] + " at the start"
		}
	}
	return fmt.Sprintf("%s, %d cores, %s/%s, %s, %s%s. Command: `%s`", model, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH,
		runtime.Version(), time.Now().Format(time.DateOnly), load, strings.TrimSpace("go run ./benchmarks/store "+strings.Join(os.Args[1:], " ")))
}
