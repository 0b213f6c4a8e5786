package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// torch is the process of benchmarks/peers/vision.py.
type torch struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	request trainRequest
	version string
}

type trainRequest struct {
	Op           string `json:"op"`
	Spec         string `json:"spec,omitempty"`
	Ways         int    `json:"ways,omitempty"`
	Shots        int    `json:"shots,omitempty"`
	Steps        int    `json:"steps,omitempty"`
	Threads      int    `json:"threads,omitempty"`
	ChannelsLast bool   `json:"channels_last,omitempty"`
}

type trainAnswer struct {
	Seconds float64 `json:"seconds"`
	Version string  `json:"version"`
	Error   string  `json:"error"`
}

// startTorch starts the process and asks for its version; r is what it will be asked to train.
func startTorch(python string, r trainRequest) (*torch, error) {
	t := &torch{cmd: exec.Command(python, filepath.Join("benchmarks", "peers", "vision.py")), request: r}
	threads := strconv.Itoa(r.Threads) // Debian's default is one thread
	t.cmd.Env = append(os.Environ(), "OMP_NUM_THREADS="+threads, "MKL_NUM_THREADS="+threads)
	t.cmd.Stderr = os.Stderr
	var err error
	if t.in, err = t.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := t.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	t.out = bufio.NewReader(out)
	if err := t.cmd.Start(); err != nil {
		return nil, err
	}
	a, err := t.ask(trainRequest{Op: "version"})
	if err != nil {
		return nil, fmt.Errorf("no PyTorch, run benchmarks/peers/install-torch: %w", errors.Join(err, t.close()))
	}
	t.version = a.Version
	return t, nil
}

// train gives the seconds that the steps took.
func (t *torch) train(channelsLast bool) (float64, error) {
	r := t.request
	r.ChannelsLast = channelsLast
	a, err := t.ask(r)
	return a.Seconds, err
}

func (t *torch) ask(r trainRequest) (a trainAnswer, err error) {
	line, err := json.Marshal(r)
	if err != nil {
		return a, err
	}
	if _, err := t.in.Write(append(line, '\n')); err != nil {
		return a, err
	}
	if line, err = t.out.ReadBytes('\n'); err != nil {
		return a, fmt.Errorf("peer ended at %+v: %w", r, err)
	}
	if err := json.Unmarshal(line, &a); err != nil {
		return a, err
	}
	if a.Error != "" {
		return a, errors.New(a.Error)
	}
	return a, nil
}

func (t *torch) close() error {
	return errors.Join(t.in.Close(), t.cmd.Wait())
}
