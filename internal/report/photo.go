package report

import (
	"encoding/base64"
	"html/template"

	"github.com/doppeldb/doppel/record/picture"
)

// photoSide is the longer side of a picture beside the other values of its record, pixels.
const photoSide = 96

// photoOf gives a small PNG of the picture that a value holds, as an address that a page can hold; empty for
// a value that is no picture or a damaged one.
func photoOf(value string) template.URL {
	_, data, ok := picture.Unpack(value)
	if !ok {
		return ""
	}
	r, err := picture.Decode([]byte(data), picture.Limits{})
	if err != nil {
		return ""
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(r.Thumbnail(photoSide)))
}
