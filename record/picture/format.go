package picture

import (
	"path"
	"slices"
	"strings"
)

// Format is how a picture is written.
type Format uint8

// The formats. Those after BMP are known by sight and not read.
const (
	Unknown Format = iota
	PNG
	JPEG
	GIF
	PNM // PBM, PGM and PPM, as text or as bytes
	WebP
	TIFF
	BMP
	HEIC
	AVIF
	JPEGXL
	JPEG2000
	PSD
	ICO
	SVG
	PAM
)

var formatNames = [...]string{"unknown", "PNG", "JPEG", "GIF", "PNM", "WebP", "TIFF", "BMP", "HEIC", "AVIF", "JPEG XL", "JPEG 2000", "Photoshop", "icon", "SVG", "PAM"}

// String names the format.
func (f Format) String() string {
	if int(f) < len(formatNames) {
		return formatNames[f]
	}
	return formatNames[Unknown]
}

// readable says whether [Decode] reads it.
func (f Format) readable() bool { return f >= PNG && f <= BMP }

// extensions are what files of readable formats are called.
var extensions = []string{".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".gif", ".webp", ".tif", ".tiff", ".bmp", ".dib", ".pbm", ".pgm", ".ppm", ".pnm"}

// HasExtension says whether a file is called as pictures are. What it is, [Sniff] tells.
func HasExtension(name string) bool {
	return slices.Contains(extensions, strings.ToLower(path.Ext(name)))
}

// sniffLen is how many bytes [Sniff] looks at.
const sniffLen = 256

// magics are the first bytes of formats that have fixed ones.
var magics = []struct {
	format Format
	magic  string
}{
	{PNG, "\x89PNG\r\n\x1a\n"}, {JPEG, "\xff\xd8\xff"}, {GIF, "GIF87a"}, {GIF, "GIF89a"},
	{TIFF, "II*\x00"}, {TIFF, "MM\x00*"}, {PSD, "8BPS"}, {ICO, "\x00\x00\x01\x00"},
	{JPEGXL, "\x00\x00\x00\x0cJXL \r\n"}, {JPEGXL, "\xff\x0a"}, {JPEG2000, "\x00\x00\x00\x0cjP  "}, {JPEG2000, "\xff\x4f\xff\x51"},
}

// Sniff tells the format by the first bytes of a file; its name does not matter.
func Sniff(head []byte) Format {
	s := string(head[:min(len(head), sniffLen)])
	for _, m := range magics {
		if strings.HasPrefix(s, m.magic) {
			return m.format
		}
	}
	switch {
	case len(s) >= 12 && s[:4] == "RIFF" && s[8:12] == "WEBP":
		return WebP
	case len(s) >= 12 && s[4:8] == "ftyp":
		return brand(s[8:12])
	case len(s) >= 3 && s[0] == 'P' && s[1] >= '1' && s[1] <= '6' && (isSpace(s[2]) || s[2] == '#'):
		return PNM
	case strings.HasPrefix(s, "P7\n"):
		return PAM
	case len(s) >= 18 && s[:2] == "BM" && s[6:10] == "\x00\x00\x00\x00" && s[15:18] == "\x00\x00\x00": // reserved, size of the header
		return BMP
	case isSVG(s):
		return SVG
	}
	return Unknown
}

// brand tells the members of the ISO media family apart.
func brand(s string) Format {
	switch s {
	case "avif", "avis":
		return AVIF
	case "heic", "heix", "hevc", "heim", "heis", "mif1", "msf1":
		return HEIC
	}
	return Unknown
}

func isSVG(s string) bool {
	s = strings.TrimLeft(strings.TrimPrefix(s, "\ufeff"), " \t\r\n")
	return strings.HasPrefix(s, "<svg") || strings.HasPrefix(s, "<?xml") && strings.Contains(s, "<svg")
}

func isSpace(b byte) bool { return b == ' ' || b >= '\t' && b <= '\r' }
