package f32

import "os"

// isa is a way through the kernels: which instructions they use.
type isa uint8

// In the order in which one falls back on the next.
const (
	generic isa = iota
	neon
	avx2
	avx512
)

var isaNames = [...]string{generic: "generic", neon: "neon", avx2: "avx2", avx512: "avx512"}

// active is read by every kernel and written at start, and by tests.
var active = choose(os.Getenv("DOPPEL_CPU"), available())

// Path names the instructions that the kernels use: "generic", "neon", "avx2" or
// "avx512". It is the best that this machine has, unless the environment
// variable DOPPEL_CPU named another at start. A path that the machine does not
// have gives the best one below it, a name that is no path the best of all.
func Path() string { return isaNames[active] }

// choose picks from the paths that the machine has, best last.
func choose(wanted string, have []isa) isa {
	best := have[len(have)-1]
	for w, name := range isaNames {
		if name != wanted {
			continue
		}
		best = generic
		for _, h := range have {
			if h <= isa(w) {
				best = h
			}
		}
	}
	return best
}
