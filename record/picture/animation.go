package picture

import (
	"bytes"
	"encoding/binary"
)

// animated says whether a file has more than one picture to be shown in turn. [Decode] gives the first.
func animated(format Format, data []byte) bool {
	switch format {
	case GIF:
		return gifFrames(data) > 1
	case PNG: // APNG says so in a chunk before the pixels
		head, _, _ := bytes.Cut(data, []byte("IDAT"))
		return bytes.Contains(head, []byte("acTL"))
	case WebP:
		return len(data) > 20 && string(data[12:16]) == "VP8X" && data[20]&2 != 0
	}
	return false
}

// gifFrames counts the pictures of a GIF up to two (GIF89a, appendix B).
func gifFrames(b []byte) (frames int) {
	if len(b) < 13 {
		return 0
	}
	table := func(flags byte) int { // bytes of a colour table
		if flags&0x80 == 0 {
			return 0
		}
		return 3 << (flags&7 + 1)
	}
	at := 13 + table(b[10])
	for at < len(b) {
		switch b[at] {
		case 0x21: // an extension: introducer, label
			at += 2
		case 0x2c: // a picture: descriptor of 10 bytes, colour table, code size
			if frames++; frames > 1 || at+10 > len(b) {
				return frames
			}
			at += 11 + table(b[at+9])
		default:
			return frames
		}
		for at < len(b) && b[at] != 0 { // blocks of up to 255 bytes, then an empty one
			at += 1 + int(b[at])
		}
		at++
	}
	return frames
}

// firstWebP makes a WebP file of the first picture of an animated one (WebP container
// specification, "Animation"): an ANMF chunk has 16 bytes of place and time and then the chunks of a picture.
func firstWebP(data []byte) ([]byte, bool) {
	le := binary.LittleEndian
	for b := data[min(12, len(data)):]; len(b) >= 8; {
		size := int64(le.Uint32(b[4:]))
		if size+8 > int64(len(b)) {
			return nil, false
		}
		if string(b[:4]) == "ANMF" && size >= 16 {
			frame := b[8 : 8+size]
			out := []byte("RIFF\x00\x00\x00\x00WEBP")
			if string(frame[16:min(20, len(frame))]) == "ALPH" { // transparency needs the extended header
				out = append(out, "VP8X\x0a\x00\x00\x00\x10\x00\x00\x00"...)
				out = append(out, frame[6:12]...) // width and height, less one
			}
			out = append(out, frame[16:]...)
			le.PutUint32(out[4:], uint32(len(out)-8))
			return out, true
		}
		b = b[min(8+size+size&1, int64(len(b))):]
	}
	return nil, false
}
