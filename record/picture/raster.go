// Package picture reads pictures: from bytes to a raster of pixels, from folders and
// archives to a list of named pictures, and nothing that is not one.
//
// [Decode] makes a [Raster] of the bytes of a file, whatever the file is called: PNG, JPEG,
// GIF, WebP, TIFF, BMP and the six portable anymaps. [OpenFolder] lists the pictures of a
// folder per class, or of a zip of one. [Pack] makes of a file the value that a record holds.
//
// Bytes come from anywhere, so sizes are looked at before anything is allocated for them,
// and no bytes make a function of this package panic.
package picture

// Raster is a decoded picture, upright.
type Raster struct {
	Width, Height int
	Channels      int    // 1 for grey, 3 for red, green, blue
	Pix           []byte // (Height, Width, Channels), row-major, 0 is black; transparency lies on white
}
