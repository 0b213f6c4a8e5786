package vision

// turnBy writes src, (side, side, channels), turned by some quarters to the right, to dst, which must
// not be src.
func turnBy(dst, src []float32, side, channels, quarters int) {
	last := side - 1
	for y := range side {
		for x := range side {
			fx, fy := x, y
			switch quarters & 3 {
			case 1:
				fx, fy = y, last-x
			case 2:
				fx, fy = last-x, last-y
			case 3:
				fx, fy = last-y, x
			}
			copy(dst[(y*side+x)*channels:][:channels], src[(fy*side+fx)*channels:])
		}
	}
}
