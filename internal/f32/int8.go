package f32

// Vectors of int8. Sums are exact in int32 for rows of up to [MaxI8] elements
// and wrap beyond; being integers, they are the same on every path.

// MaxI8 is the longest row whose dot product cannot overflow: 128*128*MaxI8 < 2³¹.
const MaxI8 = 1<<17 - 1

// DotI8 returns the sum over i of a[i]*b[i]. It panics unless len(a) == len(b).
func DotI8(a, b []int8) int32 {
	if len(a) != len(b) {
		panic(errLen)
	}
	if len(a) == 0 {
		return 0
	}
	var dst [1]int32
	dotI8Block(dst[:], a, b, len(a))
	return dst[0]
}

// DotI8Many does dst[j] = DotI8(query, row j of block) for the rows of length d
// of block. It panics unless d > 0, len(query) == d and len(block) == len(dst)*d.
func DotI8Many(dst []int32, query, block []int8, d int) {
	if len(query) != d {
		panic(errLen)
	}
	checkBlock(dst, query, block, d)
	dotI8Block(dst, query, block, d)
}

// DotI8Block is [DotBlock] over int8.
func DotI8Block(dst []int32, a, b []int8, d int) {
	checkBlock(dst, a, b, d)
	dotI8Block(dst, a, b, d)
}

// DotI8Gather is [DotGather] over int8.
func DotI8Gather(dst []int32, query, arena []int8, stride int, ids []uint32) {
	checkGather(len(dst), len(query), len(arena), stride, ids)
	dotI8Gather(dst, query, arena, stride, ids)
}

func dotI8Generic(a, b []int8) int32 {
	b = b[:len(a)]
	var s int32
	for i, x := range a {
		s += int32(x) * int32(b[i])
	}
	return s
}

func dotI8BlockGeneric(dst []int32, a, b []int8, d int) {
	n := len(b) / d
	for i := range dst {
		p, q := i/n*d, i%n*d
		dst[i] = dotI8Generic(a[p:p+d], b[q:q+d])
	}
}

func dotI8GatherGeneric(dst []int32, query, arena []int8, stride int, ids []uint32) {
	for i, id := range ids {
		row := int(id) * stride
		dst[i] = dotI8Generic(query, arena[row:row+len(query)])
	}
}
