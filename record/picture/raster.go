// Package picture reads pictures: from bytes to a raster of pixels, from folders and
// archives to a list of named pictures, and nothing that is not one.
package picture

// Raster is a decoded picture, upright.
type Raster struct {
	Width, Height int
	Channels      int    // 1 for grey, 3 for red, green, blue
	Pix           []byte // (Height, Width, Channels), row-major, 0 is black; transparency lies on white
}
