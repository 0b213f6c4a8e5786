// Command chromem is the peer of benchmarks/store: chromem-go, an embedded
// vector database for Go that compares a query with every vector. It is a module
// of its own, so that doppel does not depend on it.
//
//	chromem VECTORS QUERIES DIM FOLDER
//
// VECTORS and QUERIES are files of little-endian float32 numbers, DIM to a vector.
// It inserts the vectors into a database in FOLDER, opens that again, asks the
// queries for their ten nearest, and prints what it measured as one line of JSON.
package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strconv"
	"time"

	"github.com/philippgille/chromem-go"
)

const neighbours = 10

type result struct {
	Insert, Open float64   // seconds
	Count        int       // vectors that are there after it was opened again
	Query        []float64 // seconds each, sorted
	IDs          [][]int   // neighbours of each query, nearest first
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 4 {
		return fmt.Errorf("usage: chromem VECTORS QUERIES DIM FOLDER")
	}
	dim, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	vectors, err := readVectors(args[0], dim)
	if err != nil {
		return err
	}
	queries, err := readVectors(args[1], dim)
	if err != nil {
		return err
	}
	ctx := context.Background()
	var out result
	start := time.Now()
	if err := insert(ctx, args[3], vectors); err != nil {
		return err
	}
	out.Insert = time.Since(start).Seconds()
	runtime.GC()

	start = time.Now()
	db, err := chromem.NewPersistentDB(args[3], false)
	if err != nil {
		return err
	}
	c := db.GetCollection("vectors", refuse)
	out.Open = time.Since(start).Seconds()
	if c == nil {
		return fmt.Errorf("the collection is gone after it was opened again")
	}
	// Its files are named by 32 bits of a hash: of 100,000 documents about one falls
	// on another's name and is lost.
	out.Count = c.Count()
	for _, q := range queries {
		start = time.Now()
		found, err := c.QueryEmbedding(ctx, q, neighbours, nil, nil)
		if err != nil {
			return err
		}
		out.Query = append(out.Query, time.Since(start).Seconds())
		ids := make([]int, len(found))
		for i, f := range found {
			if ids[i], err = strconv.Atoi(f.ID); err != nil {
				return err
			}
		}
		out.IDs = append(out.IDs, ids)
	}
	slices.Sort(out.Query)
	return json.NewEncoder(os.Stdout).Encode(out)
}

func insert(ctx context.Context, folder string, vectors [][]float32) error {
	db, err := chromem.NewPersistentDB(folder, false)
	if err != nil {
		return err
	}
	c, err := db.CreateCollection("vectors", nil, refuse)
	if err != nil {
		return err
	}
	docs := make([]chromem.Document, len(vectors))
	for i, v := range vectors {
		docs[i] = chromem.Document{ID: strconv.Itoa(i), Embedding: v}
	}
	return c.AddDocuments(ctx, docs, runtime.NumCPU())
}

// refuse stands where a text would be embedded: there is none.
func refuse(context.Context, string) ([]float32, error) {
	return nil, fmt.Errorf("no text is embedded here")
}

func readVectors(path string, dim int) ([][]float32, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	vectors := make([][]float32, len(b)/4/dim)
	for i := range vectors {
		v := make([]float32, dim)
		for j := range v {
			v[j] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*(i*dim+j):]))
		}
		vectors[i] = v
	}
	return vectors, nil
}
