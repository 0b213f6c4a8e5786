package main

import (
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress draws one bar per stage on a terminal, and nothing elsewhere.
type progress struct {
	w     io.Writer
	stage string
	bar   *progressbar.ProgressBar
}

// newProgress gives nil, which is silent, when stderr is no terminal.
func newProgress(a *app) *progress {
	f, ok := a.stderr.(*os.File)
	if a.quiet || !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return &progress{w: f}
}

// show moves the bar of a stage; it is what match.Options.Progress calls.
func (p *progress) show(stage string, done, total int) {
	if p == nil {
		return
	}
	if stage != p.stage {
		p.end()
		p.stage = stage
		p.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(p.w), progressbar.OptionSetDescription(stage),
			progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(65e6), progressbar.OptionSetPredictTime(true))
	}
	_ = p.bar.Set(done) // a bar that cannot be drawn must not stop the work
}

// note puts how the stage goes beside its name.
func (p *progress) note(text string) {
	if p != nil && p.bar != nil {
		p.bar.Describe(p.stage + ", " + text)
	}
}

// end clears the bar.
func (p *progress) end() {
	if p != nil && p.bar != nil {
		_ = p.bar.Clear()
		p.bar, p.stage = nil, ""
	}
}
