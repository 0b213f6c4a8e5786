package report

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"github.com/doppeldb/doppel/internal/measure"
)

// Contact is everything that a contact sheet shows: pictures, where an encoder puts
// them, and how well that tells their classes apart. Only Pictures and Vectors are
// required.
type Contact struct {
	Title    string // heading; empty gives one
	Kind     string // the command that made it; empty means "eval"
	Version  string
	Command  string
	Settings []Setting
	// Generated is printed when it is not zero; see [Page.Generated].
	Generated time.Time
	Warnings  []string
	// Protocol says in words what was measured, on what.
	Protocol string

	Pictures []Picture
	Dim      int
	Vectors  []float32 // (pictures, Dim), each of unit length or zero

	// Verification is of pairs scored by negative distance; nil leaves the curves out.
	Verification *measure.Verification
	// Threshold is the distance up to which two are taken for the same; NaN or 0: none.
	Threshold float64
	// Episodes are accuracies of naming a class out of several.
	Episodes []EpisodeFigure

	Rows       int // of neighbours, each of another class as far as they go; 0 means 12
	Neighbours int // in a row; 0 means 8
	Mistakes   int // pairs of either kind; 0 means 12
}

// Picture is one picture of a contact sheet.
type Picture struct {
	Name  string // file name as the user knows it
	Class string
	// Thumbnail is a PNG of some hundred pixels a side at most; one that is none is
	// shown as an empty frame.
	Thumbnail []byte
}

// EpisodeFigure is the accuracy of one kind of episodes.
type EpisodeFigure struct {
	Ways, Shots int
	Result      measure.EpisodeResult
}

// WriteContact renders c to w as one HTML document in UTF-8, nothing before the whole
// page is rendered. It panics where Vectors and Pictures do not fit.
func WriteContact(w io.Writer, c Contact) error {
	if len(c.Vectors) != len(c.Pictures)*c.Dim {
		panic("report: vectors and pictures of a contact sheet do not fit")
	}
	var page bytes.Buffer
	if err := contactPage.Execute(&page, newContactView(c)); err != nil {
		return fmt.Errorf("render report: %w", err)
	}
	if _, err := w.Write(page.Bytes()); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}
