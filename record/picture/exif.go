package picture

import "encoding/binary"

// Orientation is tag 274 of the first directory of a TIFF structure. A JPEG file carries
// such a structure in its segment APP1 (Exif 2.3, 4.7.2): a byte order, 42, where the first
// directory is; a directory is a count and entries of 12 bytes: tag, type, count, value.
//
//	1 upright   2 mirrored      3 upside down   4 flipped
//	5 mirrored, lies left   6 lies left: turn right   7 mirrored, lies right   8 lies right: turn left
const (
	tagOrientation = 274
	typeShort      = 3
	upright        = 1
)

// exifOrientation finds the orientation of a JPEG file; 1 where nothing is said.
func exifOrientation(jpeg []byte) int {
	for b := jpeg[min(2, len(jpeg)):]; len(b) >= 4 && b[0] == 0xff; {
		marker := b[1]
		if marker == 0xff { // fill
			b = b[1:]
			continue
		}
		size := int(binary.BigEndian.Uint16(b[2:])) // of the segment, itself included
		if marker == 0xda || size < 2 || size+2 > len(b) {
			break // pixels begin here
		}
		if body := b[4 : size+2]; marker == 0xe1 && len(body) >= 6 && string(body[:6]) == "Exif\x00\x00" {
			return tiffOrientation(body[6:])
		}
		b = b[size+2:]
	}
	return upright
}

// tiffOrientation finds the orientation in a TIFF structure; 1 where nothing is said.
func tiffOrientation(b []byte) int {
	if len(b) < 8 {
		return upright
	}
	var order binary.ByteOrder = binary.LittleEndian
	if b[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return upright
	}
	entries := b[at+2:]
	for range order.Uint16(b[at:]) {
		if len(entries) < 12 {
			break
		}
		if order.Uint16(entries) == tagOrientation && order.Uint16(entries[2:]) == typeShort {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			break
		}
		entries = entries[12:]
	}
	return upright
}

// turn gives the picture upright that was stored with an orientation.
func (r *Raster) turn(orientation int) *Raster {
	if orientation <= upright || orientation > 8 {
		return r
	}
	w, h, c := r.Width, r.Height, r.Channels
	out := &Raster{Width: w, Height: h, Channels: c, Pix: make([]byte, len(r.Pix))}
	if orientation >= 5 {
		out.Width, out.Height = h, w
	}
	for y := range out.Height {
		for x := range out.Width {
			sx, sy := x, y
			if orientation >= 5 {
				sx, sy = y, x
			}
			switch orientation { // mirrored along x
			case 2, 3, 7, 8:
				sx = w - 1 - sx
			}
			switch orientation { // and along y
			case 3, 4, 6, 7:
				sy = h - 1 - sy
			}
			copy(out.Pix[(y*out.Width+x)*c:][:c], r.Pix[(sy*w+sx)*c:][:c])
		}
	}
	return out
}
