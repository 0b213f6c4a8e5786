package synth

import "testing"

func TestPermutationIsABijection(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 16, 17, 100, 255, 256, 257, 5000} {
		p := newPermutation(n, 1, streamOrder, 0)
		seen := make([]bool, n)
		fixed := 0
		for i := range n {
			x := p.at(i)
			if x < 0 || x >= n || seen[x] {
				t.Fatalf("n = %d: %d goes to %d, out of range or taken", n, i, x)
			}
			seen[x] = true
			if x == i {
				fixed++
			}
		}
		if n >= 100 && fixed > 10 {
			t.Errorf("n = %d: %d fixed points; a shuffle has about one", n, fixed)
		}
	}
}

func TestLayoutHoldsEachCopyOnce(t *testing.T) {
	for _, o := range []Options{{}, {Products: 1}, {Products: 3, Duplicates: .8}, {Rows: 777}, {Rows: 50, Duplicates: .83}, {Products: 10, Duplicates: -1}} {
		l := newLayout(o.filled())
		sum := 0
		for c, n := range l.level {
			sum += n
			if c > 0 && n > l.level[c-1] {
				t.Errorf("%+v: levels %v do not nest", o, l.level)
			}
		}
		if sum != l.rows() {
			t.Errorf("%+v: levels %v hold %d of %d rows", o, l.level, sum, l.rows())
		}
		seen := make(map[[2]int]bool)
		for r := range l.rows() {
			num, copyNo := l.at(r)
			if num < 0 || num >= l.level[0] || copyNo < 0 || copyNo >= maxCopies || seen[[2]int{num, copyNo}] {
				t.Fatalf("%+v: row %d is product %d copy %d, out of range or taken", o, r, num, copyNo)
			}
			seen[[2]int{num, copyNo}] = true
		}
		for key := range seen {
			if key[1] > 0 && !seen[[2]int{key[0], key[1] - 1}] {
				t.Fatalf("%+v: product %d has copy %d but not the one before", o, key[0], key[1])
			}
		}
	}
}

func TestCopiesHaveDifferentStyles(t *testing.T) {
	for _, s := range []Style{Plain, Wild} {
		if n := len(s.houses()); n < maxCopies || n%3 == 0 {
			t.Errorf("%d %v houses: steps of 3 would meet one twice in %d copies", n, s, maxCopies)
		}
	}
}
