package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// openBLAS is the program benchmarks/peers/openblas.c, which answers a line
// "m n k" with the seconds of one sgemm on one thread. nil is a missing peer.
type openBLAS struct {
	name    string
	process *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
}

// startOpenBLAS starts the peer, with the kernels for the given core or those that
// it chooses; where the peer is missing the name says so.
func startOpenBLAS(core string) *openBLAS {
	missing := &openBLAS{name: "missing (benchmarks/peers/install builds it)"}
	dir := os.Getenv("DOPPEL_PEERS")
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return missing
		}
		dir = filepath.Join(cache, "doppel-peers")
	}
	p := &openBLAS{process: exec.Command(filepath.Join(dir, "bin", "openblas"))}
	p.process.Env = append(os.Environ(), "OPENBLAS_NUM_THREADS=1")
	if core != "" {
		p.process.Env = append(p.process.Env, "OPENBLAS_CORETYPE="+core)
	}
	out, err := p.process.StdoutPipe()
	if err != nil {
		return missing
	}
	p.out = bufio.NewScanner(out)
	if p.in, err = p.process.StdinPipe(); err != nil {
		return missing
	}
	if p.process.Start() != nil || !p.out.Scan() {
		return missing
	}
	p.name = strings.TrimSpace(p.out.Text())
	return p
}

// sgemm returns the time of one product, 0 if the peer is missing.
func (p *openBLAS) sgemm(m, n, k int) time.Duration {
	if p.in == nil {
		return 0
	}
	if _, err := fmt.Fprintf(p.in, "%d %d %d\n", m, n, k); err != nil || !p.out.Scan() {
		return 0
	}
	var seconds float64
	if _, err := fmt.Sscan(p.out.Text(), &seconds); err != nil {
		return 0
	}
	return time.Duration(seconds * 1e9)
}

func (p *openBLAS) stop() {
	if p.in == nil {
		return
	}
	p.in.Close()
	p.process.Wait() //nolint:errcheck // its answers are all read
}
