package picture

import "fmt"

// Portable anymaps (netpbm's pbm(5), pgm(5), ppm(5)): a magic "P1" to "P6", width, height
// and, except for bitmaps, the largest value, all in decimal with comments between; then the
// samples, as decimal text (P1-P3) or as bytes (P4-P6), two of them big-endian where the
// largest value is above 255. In bitmaps 1 is black.
type pnm struct {
	b             []byte // what is left
	kind          byte   // '1' to '6'
	width, height int
	top           int // largest value; 1 for bitmaps
}

func (p *pnm) channels() int {
	if p.kind == '3' || p.kind == '6' {
		return 3
	}
	return 1
}

// maxDigits keeps numbers of the header far from overflow.
const maxDigits = 9

// readPNM reads the header.
func readPNM(data []byte) (*pnm, error) {
	if Sniff(data) != PNM {
		return nil, damaged("not a portable anymap")
	}
	p := &pnm{b: data[2:], kind: data[1], top: 1}
	var ok [3]bool
	p.width, ok[0] = p.number()
	p.height, ok[1] = p.number()
	ok[2] = true
	if p.kind != '1' && p.kind != '4' {
		p.top, ok[2] = p.number()
	}
	if !ok[0] || !ok[1] || !ok[2] {
		return nil, damaged("its header is not a width, a height and a largest value")
	}
	if p.top < 1 || p.top > 65535 {
		return nil, damaged(fmt.Sprintf("its largest value is %d; 1 to 65535 are allowed", p.top))
	}
	if p.kind >= '4' { // one white space, then bytes
		if len(p.b) == 0 || !isSpace(p.b[0]) {
			return nil, damaged("its header is not followed by pixels")
		}
		p.b = p.b[1:]
	}
	return p, nil
}

// number reads the next decimal number behind white space and comments.
func (p *pnm) number() (n int, ok bool) {
	for len(p.b) > 0 && (isSpace(p.b[0]) || p.b[0] == '#') {
		if p.b[0] != '#' {
			p.b = p.b[1:]
			continue
		}
		for len(p.b) > 0 && p.b[0] != '\n' && p.b[0] != '\r' {
			p.b = p.b[1:]
		}
	}
	digits := 0
	for ; len(p.b) > 0 && p.b[0] >= '0' && p.b[0] <= '9'; p.b = p.b[1:] {
		if digits++; digits > maxDigits {
			return 0, false
		}
		n = 10*n + int(p.b[0]-'0')
	}
	return n, digits > 0
}

// raster reads the samples. The caller has looked at the size.
func (p *pnm) raster() (*Raster, error) {
	r := &Raster{Width: p.width, Height: p.height, Channels: p.channels()}
	if need := p.need(); len(p.b) < need {
		return nil, damaged(fmt.Sprintf("it ends after %d of %d bytes of pixels", len(p.b), need))
	}
	r.Pix = make([]byte, p.width*p.height*r.Channels)
	switch p.kind {
	case '1':
		return r, p.textBits(r.Pix)
	case '2', '3':
		return r, p.textSamples(r.Pix)
	case '4':
		p.packedBits(r)
	default:
		p.byteSamples(r.Pix)
	}
	return r, nil
}

// need is the fewest bytes that can hold the samples.
func (p *pnm) need() int {
	n := p.width * p.height * p.channels()
	switch {
	case p.kind == '4':
		return (p.width + 7) / 8 * p.height
	case p.kind == '2' || p.kind == '3':
		return 2*n - 1 // a digit each and something between
	case p.kind >= '5' && p.top > 255:
		return 2 * n
	}
	return n
}

// textBits reads P1, whose digits need nothing between them.
func (p *pnm) textBits(pix []byte) error {
	for i := range pix {
		for len(p.b) > 0 && isSpace(p.b[0]) {
			p.b = p.b[1:]
		}
		if len(p.b) == 0 || p.b[0] != '0' && p.b[0] != '1' {
			return damaged(fmt.Sprintf("pixel %d of %d is neither 0 nor 1", i+1, len(pix)))
		}
		pix[i] = 255 * ('1' - p.b[0])
		p.b = p.b[1:]
	}
	return nil
}

func (p *pnm) textSamples(pix []byte) error {
	for i := range pix {
		v, ok := p.number()
		if !ok || v > p.top {
			return damaged(fmt.Sprintf("sample %d of %d is not a number up to %d", i+1, len(pix), p.top))
		}
		pix[i] = p.scale(v)
	}
	return nil
}

func (p *pnm) packedBits(r *Raster) {
	row := (p.width + 7) / 8
	for y := range r.Height {
		bits := p.b[y*row : (y+1)*row]
		for x := range r.Width {
			if bits[x/8]>>(7-x%8)&1 == 0 {
				r.Pix[y*r.Width+x] = 255
			}
		}
	}
}

func (p *pnm) byteSamples(pix []byte) {
	for i := range pix {
		if p.top > 255 {
			pix[i] = p.scale(int(p.b[2*i])<<8 | int(p.b[2*i+1]))
		} else {
			pix[i] = p.scale(int(p.b[i]))
		}
	}
}

// scale brings a sample to 0..255, rounded. Samples above the largest value count as it.
func (p *pnm) scale(v int) byte {
	return byte((min(v, p.top)*255 + p.top/2) / p.top)
}
