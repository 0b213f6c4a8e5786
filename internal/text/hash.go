package text

// seedHash keeps the empty text away from zero.
const seedHash uint64 = 0x9e3779b97f4a7c15

// Hash gives 64 well-mixed bits of a piece of folded text, the same on every
// machine. Its top bits serve as a bucket number.
func Hash(rs []rune) uint64 {
	h := seedHash
	for _, r := range rs {
		h = mixRune(h, r)
	}
	return mixEnd(h)
}

// AppendGrams appends the hashes of the n-grams of rs, lo <= n <= hi; a text
// shorter than lo is one feature as a whole.
func AppendGrams(dst []uint64, rs []rune, lo, hi int) []uint64 {
	if len(rs) < lo {
		if len(rs) > 0 {
			dst = append(dst, Hash(rs))
		}
		return dst
	}
	for i := 0; i+lo <= len(rs); i++ {
		h := seedHash
		for j := i; j < i+hi && j < len(rs); j++ {
			h = mixRune(h, rs[j])
			if j-i+1 >= lo {
				dst = append(dst, mixEnd(h))
			}
		}
	}
	return dst
}

// mixRune is one round of a multiplicative hash, mixEnd spreads its bits.
func mixRune(h uint64, r rune) uint64 { return (h ^ uint64(r)) * 0xff51afd7ed558ccd }

func mixEnd(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>29
}
