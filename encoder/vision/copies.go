package vision

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/doppeldb/doppel/record/picture"
)

// checkCopies gives [ErrSet] where the same picture, pixel by pixel, is in two classes: whichever is wrong,
// training would be told that it differs from itself. name says what a class is called.
func checkCopies(pictures []*picture.Raster, class []int, name func(int) string) error {
	first := make(map[[sha256.Size]byte]int, len(pictures))
	for i, p := range pictures {
		sum := pixelSum(p)
		j, seen := first[sum]
		if !seen {
			first[sum] = i
			continue
		}
		if class[i] != class[j] {
			return fmt.Errorf("%w: picture %d of class %s is the same as picture %d of class %s, pixel by pixel: leave out the one that is wrong",
				ErrSet, place(class, i), name(class[i]), place(class, j), name(class[j]))
		}
	}
	return nil
}

// place counts the pictures of a class up to picture i.
func place(class []int, i int) (n int) {
	for _, c := range class[:i+1] {
		if c == class[i] {
			n++
		}
	}
	return n
}

func pixelSum(p *picture.Raster) (sum [sha256.Size]byte) {
	h := sha256.New()
	var sizes [24]byte
	for i, n := range []int{p.Width, p.Height, p.Channels} {
		binary.LittleEndian.PutUint64(sizes[8*i:], uint64(n))
	}
	h.Write(sizes[:])
	h.Write(p.Pix)
	h.Sum(sum[:0])
	return sum
}
