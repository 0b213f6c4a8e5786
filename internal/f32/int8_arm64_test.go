//go:build arm64 && !purego

package f32

import "testing"

// TestInt8WithoutSDOT is for machines before ARMv8.2.
func TestInt8WithoutSDOT(t *testing.T) {
	before := sdot
	sdot = false
	defer func() { sdot = before }()
	eachPath(t, testInt8)
}
