package shell

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// pager gives the writer of an answer: it keeps the first screen of it, and starts
// the pager when there is more.
func (sh *Shell) pager() io.WriteCloser {
	height := sh.Height()
	if sh.output != nil || height == 0 {
		return unpaged{sh.out()}
	}
	return &pager{out: sh.Out, errOut: sh.Err, height: height}
}

type unpaged struct{ io.Writer }

func (unpaged) Close() error { return nil }

// promptLines is how many lines of the screen are not for the answer.
const promptLines = 2

type pager struct {
	out, errOut io.Writer
	height      int
	first       bytes.Buffer // the first screen
	lines       int
	direct      bool // there is no pager
	command     *exec.Cmd
	pipe        io.WriteCloser
}

func (p *pager) Write(b []byte) (int, error) {
	switch {
	case p.pipe != nil:
		return p.pipe.Write(b)
	case p.direct:
		return p.out.Write(b)
	}
	p.first.Write(b)
	p.lines += bytes.Count(b, []byte("\n"))
	if p.lines <= p.height-promptLines {
		return len(b), nil
	}
	if err := p.start(); err != nil {
		p.direct = true
		_, err = p.first.WriteTo(p.out)
		return len(b), err
	}
	_, err := p.first.WriteTo(p.pipe)
	return len(b), err
}

// pagerCommand is $PAGER, else less if it is there. less keeps colours, does not wrap, and leaves the
// answer on the screen.
func pagerCommand() *exec.Cmd {
	if words := strings.Fields(os.Getenv("PAGER")); len(words) > 0 {
		if words[0] == "cat" {
			return nil
		}
		if words[0] != "less" || len(words) > 1 {
			return exec.Command(words[0], words[1:]...)
		}
	} else if _, set := os.LookupEnv("PAGER"); set {
		return nil // PAGER= says that none is wanted
	}
	if path, err := exec.LookPath("less"); err == nil {
		return exec.Command(path, "-S", "-R", "-X")
	}
	return nil
}

func (p *pager) start() error {
	c := pagerCommand()
	if c == nil {
		return exec.ErrNotFound
	}
	pipe, err := c.StdinPipe()
	if err != nil {
		return err
	}
	c.Stdout, c.Stderr = p.out, p.errOut
	if err := c.Start(); err != nil {
		return err
	}
	p.command, p.pipe = c, pipe
	return nil
}

// Close waits until the reader has left the pager.
func (p *pager) Close() error {
	if p.pipe == nil {
		_, err := p.first.WriteTo(p.out)
		return err
	}
	err := p.pipe.Close()
	if waitErr := p.command.Wait(); err == nil {
		err = waitErr
	}
	return gone(err)
}

// gone makes nil of the error of an output whose reader has seen enough.
func gone(err error) error {
	var exit *exec.ExitError
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, os.ErrClosed) || errors.As(err, &exit) {
		return nil
	}
	return err
}
