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
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/doppeldb/doppel/benchmarks/bench"
)

func main() {
	b := &files{}
	parts := []bench.Part{
		{Name: "import", Title: "Import: from CSV to durable and searchable", Run: b.importing},
		{Name: "vectors", Title: "Raw vectors beside plain bbolt", Run: b.vectors},
		{Name: "open", Title: "Open and first search", Run: b.opening},
		{Name: "nearest", Title: "Nearest by a new record", Run: b.nearest},
		{Name: "upsert", Title: "Durable single writes", Run: b.upserts},
		{Name: "size", Title: "Size of the file", Run: b.size},
		{Name: "chromem", Title: "Beside chromem-go", Run: b.chromem},
	}
	out := flag.String("o", "benchmarks/results/store.md", "where to write the table")
	only := flag.String("only", "", "run one part and write no file: "+bench.Names(parts))
	flag.BoolVar(&b.million, "million", false, "open a collection of 1,000,000 records too")
	flag.Parse()
	if err := run(context.Background(), b, *out, *only, parts); err != nil {
		fmt.Fprintln(os.Stderr, "store:", err)
		os.Exit(1)
	}
}

// files is the folder and the program that the parts share.
type files struct {
	dir, bin string
	million  bool
}

func run(ctx context.Context, b *files, out, only string, parts []bench.Part) (err error) {
	if b.dir, err = os.MkdirTemp("", "doppel-store-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	if b.bin, err = bench.Build(b.dir); err != nil {
		return err
	}
	head := fmt.Sprintf("# The file\n\n%s\n\nRecords are made-up products (seed 1): title, brand, price, category, description. Vectors have 256 dimensions. All writes are synced\n"+
		"to the disk of the temporary directory; what a sync of 4 KB costs there: %s.\n", bench.Machine("store"), syncCost(b.dir))
	return bench.Report(ctx, head, out, only, parts)
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
