package f32

// DotGather does dst[i] = Dot(query, row ids[i] of arena), where row r of arena
// are the len(query) elements from r*stride on. It fetches the rows ahead of
// their use, so many ids in one call are far cheaper than many calls. It panics
// unless len(dst) == len(ids), stride >= 0 and every row is inside the arena.
func DotGather(dst, query, arena []float32, stride int, ids []uint32) {
	checkGather(len(dst), len(query), len(arena), stride, ids)
	dotGather(dst, query, arena, stride, ids)
}

// SqDistGather is [DotGather] with [SqDist] in the place of Dot.
func SqDistGather(dst, query, arena []float32, stride int, ids []uint32) {
	checkGather(len(dst), len(query), len(arena), stride, ids)
	sqDistGather(dst, query, arena, stride, ids)
}

func checkGather(dst, d, arena, stride int, ids []uint32) {
	if dst != len(ids) {
		panic(errDst)
	}
	if len(ids) == 0 {
		return
	}
	if stride < 0 || d > arena {
		panic(errRange)
	}
	var last uint32
	for _, id := range ids {
		last = max(last, id)
	}
	if stride > 0 && int64(last) > int64((arena-d)/stride) {
		panic(errRange)
	}
}

func dotGatherGeneric(dst, query, arena []float32, stride int, ids []uint32) {
	for i, id := range ids {
		row := int(id) * stride
		dst[i] = dotGeneric(query, arena[row:row+len(query)])
	}
}

func sqDistGatherGeneric(dst, query, arena []float32, stride int, ids []uint32) {
	for i, id := range ids {
		row := int(id) * stride
		dst[i] = sqDistGeneric(query, arena[row:row+len(query)])
	}
}
