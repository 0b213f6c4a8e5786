package vision

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
)

// ErrModel is returned for bytes that are not a network.
var ErrModel = errors.New("vision: bad network")

// A network's bytes, little-endian:
//
//	+----------+-------------+-----------------+------+-----------------+-----------------+
//	| "DPLNET" | version u16 | spec length u32 | spec | f32 x parameters | f32 x statistics |
//	+----------+-------------+-----------------+------+-----------------+-----------------+
//	| CRC32C of all before, u32                                                            |
//	+--------------------------------------------------------------------------------------+
const (
	modelMagic   = "DPLNET"
	modelVersion = 1
	maxSpecText  = 1 << 14
)

// Marshal gives the bytes of a network.
func (n *Net) Marshal() []byte {
	le := binary.LittleEndian
	spec := n.spec.String()
	b := le.AppendUint16([]byte(modelMagic), modelVersion)
	b = le.AppendUint32(b, uint32(len(spec)))
	b = append(b, spec...)
	b = appendFloats(b, n.params)
	b = appendFloats(b, n.stats)
	return le.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// Unmarshal is the inverse of [Net.Marshal]. Whatever the bytes are, it gives a network that works or [ErrModel].
func Unmarshal(data []byte) (*Net, error) {
	bad := func(format string, args ...any) (*Net, error) {
		return nil, fmt.Errorf("%w: %s", ErrModel, fmt.Sprintf(format, args...))
	}
	head := len(modelMagic) + 2 + 4
	if len(data) < head+4 || string(data[:len(modelMagic)]) != modelMagic {
		return bad("it does not begin as one")
	}
	body := data[:len(data)-4]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(data[len(body):]) {
		return bad("the checksum differs: the bytes are damaged")
	}
	r := reader{b: body[len(modelMagic):]}
	if v := binary.LittleEndian.Uint16(r.take(2)); v != modelVersion {
		return bad("version %d, this doppel reads %d", v, modelVersion)
	}
	length := int(r.u32())
	if length > maxSpecText || length > len(r.b) {
		return bad("an architecture of %d bytes", length)
	}
	spec, err := ParseSpec(string(r.take(length)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	n := &Net{spec: spec, plan: newPlan(spec)}
	if len(r.b) != 4*(n.plan.params+n.plan.stats) {
		return bad("%d bytes of numbers, the architecture has %d", len(r.b), 4*(n.plan.params+n.plan.stats))
	}
	n.params, n.stats = make([]float32, n.plan.params), make([]float32, n.plan.stats)
	r.floats(n.params)
	r.floats(n.stats)
	for _, b := range n.plan.blocks {
		for c := range b.out {
			if v := n.stats[b.stat+b.out+c]; !(v >= 0) {
				return bad("a variance of %v", v)
			}
		}
	}
	for _, x := range [][]float32{n.params, n.stats} {
		for _, v := range x {
			if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
				return bad("a number that is not finite")
			}
		}
	}
	return n, nil
}
