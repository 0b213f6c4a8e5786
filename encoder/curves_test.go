package encoder

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestWriteSVG(t *testing.T) {
	full := &TuneReport{Best: 2, Epochs: []Epoch{{0, 0, .5, .9}, {1, .4, .6, .95}, {2, .2, .75, 1}, {3, .1, .7, 1}}}
	for name, r := range map[string]*TuneReport{"full": full, "nothing": {}, "start alone": {Epochs: full.Epochs[:1]}, "flat": {Epochs: []Epoch{{}, {}}}} {
		var b bytes.Buffer
		if err := r.WriteSVG(&b); err != nil {
			t.Fatal(err)
		}
		if s := b.String(); strings.Contains(s, "NaN") || strings.Contains(s, "Inf") {
			t.Errorf("%s: %s", name, s)
		}
		d := xml.NewDecoder(&b)
		for {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	var b bytes.Buffer
	if err := full.WriteSVG(&b); err != nil {
		t.Fatal(err)
	}
	// The loss has a point per epoch after the start, the worst at the top and none below the panel.
	if !strings.Contains(b.String(), `points="145.0,45.0 245.0,135.0 345.0,180.0 "`) {
		t.Errorf("the loss is not where it should be: %s", b.String())
	}
	if err := full.WriteSVG(brokenWriter{}); err == nil {
		t.Error("a writer that fails is no error")
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }
