package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// peer is the Python process of benchmarks/peers/ann.py.
type peer struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

type request struct {
	Op      string `json:"op"`
	Base    string `json:"base,omitempty"`
	Queries string `json:"queries,omitempty"`
	Kth     string `json:"kth,omitempty"`
	Dim     int    `json:"dim,omitempty"`
	Engine  string `json:"engine,omitempty"`
	M       int    `json:"m,omitempty"`
	Efc     int    `json:"efc,omitempty"`
	Threads int    `json:"threads,omitempty"`
	Ef      int    `json:"ef,omitempty"`
	K       int    `json:"k,omitempty"`
}

type answer struct {
	Seconds float64 `json:"seconds"`
	CPU     float64 `json:"cpu"`
	Recall  float64 `json:"recall"`
	Bytes   int64   `json:"bytes"`
	Version string  `json:"version"`
}

func (a answer) time() time.Duration { return seconds(a.Seconds) }

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// startPeer starts the process with the Python that benchmarks/peers/install made.
func startPeer() (*peer, error) {
	dir := os.Getenv("DOPPEL_PEERS")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, err
		}
		dir = filepath.Join(home, ".cache", "doppel-peers")
	}
	python := filepath.Join(dir, "bin", "python")
	if _, err := os.Stat(python); err != nil {
		return nil, fmt.Errorf("no peers: run benchmarks/peers/install first: %w", err)
	}
	p := &peer{cmd: exec.Command(python, filepath.Join("benchmarks", "peers", "ann.py"))}
	p.cmd.Stderr = os.Stderr
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(out)
	return p, p.cmd.Start()
}

func (p *peer) ask(r request) (a answer, err error) {
	line, err := json.Marshal(r)
	if err != nil {
		return a, err
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return a, err
	}
	if line, err = p.out.ReadBytes('\n'); err != nil {
		return a, fmt.Errorf("peer ended at %+v: %w", r, err)
	}
	return a, json.Unmarshal(line, &a)
}

func (p *peer) close() error {
	if err := p.in.Close(); err != nil {
		return err
	}
	return p.cmd.Wait()
}
