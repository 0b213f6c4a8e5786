package index

import (
	"bytes"
	"errors"
	"testing"
)

func TestCoderIsMissingOnWindows(t *testing.T) {
	if _, err := New(Options{Dim: 2, Engine: Coder}); !errors.Is(err, ErrEngine) {
		t.Errorf("New: %v, want ErrEngine", err)
	}
	snapshot := header(snapshotVersion, byte(Coder), byte(Cosine), 2, 0)
	if _, err := Restore(bytes.NewReader(snapshot)); !errors.Is(err, ErrEngine) {
		t.Errorf("Restore: %v, want ErrEngine", err)
	}
}
