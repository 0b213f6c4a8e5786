//go:build amd64 && !purego

package f32

import "testing"

// TestInt8WithoutVNNI is for machines with AVX-512 that lack VPDPBUSD.
func TestInt8WithoutVNNI(t *testing.T) {
	before := vnni
	vnni = false
	defer func() { vnni = before }()
	eachPath(t, testInt8)
}
