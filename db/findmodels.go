package db

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/doppeldb/doppel/encoder"
)

// blob is what is intact of a value in chunks.
type blob struct {
	name   string
	head   []byte // frame; nil if it is missing
	chunks map[uint32][]byte
	page   span
}

type foundModel struct {
	info ModelInfo
	data []byte
}

// blobs reads a bucket of encoders or of named models.
func (f *findings) blobs(what string, n node) (out []blob) {
	if n.root == 0 && n.inline == nil {
		return nil
	}
	_, all, whole := f.parts(n)
	if !whole {
		f.report.lost(what, "some may be missing: the list of them is damaged")
	}
	for _, name := range inOrder(all) {
		b := blob{name: name, chunks: map[uint32][]byte{}, page: all[name].page}
		f.s.walk(all[name], func(e element) {
			if string(e.key) == string(keyHead) {
				b.head = e.value
				return
			}
			if i, ok := orderedNumber(e.key); ok {
				if chunk, err := openFrame(e.value, frameChunk, i); err == nil {
					b.chunks[i] = chunk
					return
				}
			}
			f.s.suspects = append(f.s.suspects, e.page)
		})
		out = append(out, b)
	}
	return out
}

// data puts the chunks together. What is missing of size bytes is looked for among
// the chunks that nothing leads to; nil if it is not there either.
func (f *findings) data(b blob, size uint64) []byte {
	data := []byte{}
	for i := uint32(0); uint64(len(data)) < size; i++ {
		chunk := b.chunks[i]
		want := int(min(modelChunk, size-uint64(len(data))))
		if chunk == nil {
			chunk = f.looseChunk(i, want)
		}
		if len(chunk) != want {
			return nil
		}
		data = append(data, chunk...)
	}
	return data
}

// looseChunk finds chunk i of a size among those that nothing leads to.
func (f *findings) looseChunk(i uint32, size int) []byte {
	for _, c := range f.carved {
		if n, _ := orderedNumber(c.key); c.kind != frameChunk || n != i {
			continue
		}
		frame := make([]byte, size+frameOverhead)
		if _, err := f.r.ReadAt(frame, c.at); err != nil {
			continue
		}
		if chunk, err := openFrame(frame, frameChunk, i); err == nil {
			return chunk
		}
	}
	return nil
}

// openEncoders makes the encoders that are whole. They know their fingerprint themselves.
func (f *findings) openEncoders(all []blob) {
	f.encoders = map[encoder.Fingerprint]*encoder.Encoder{}
	for _, b := range all {
		size := uint64(0)
		if body, err := openFrame(b.head, frameModel, 0); err == nil {
			head := fields{b: body}
			size = head.u64()
		} else {
			for i := uint32(0); b.chunks[i] != nil; i++ { // all of them, or Unmarshal tells
				size += uint64(len(b.chunks[i]))
			}
		}
		var enc *encoder.Encoder
		err := fmt.Errorf("%w: chunks are missing", ErrCorrupt)
		if data := f.data(b, min(size, maxModel)); data != nil {
			enc, err = encoder.Unmarshal(data)
		}
		if err != nil {
			f.report.lost(fmt.Sprintf("encoder %x", b.name), "%v", err)
			continue
		}
		f.encoders[enc.Fingerprint()] = enc
	}
}

// openNamed takes the named models that are whole.
func (f *findings) openNamed(all []blob) {
	for _, b := range all {
		where := fmt.Sprintf("model %q", b.name)
		info, _, err := decodeNamed(b.head, b.name)
		if err != nil {
			f.report.lost(where, "%v", err)
			continue
		}
		data := f.data(b, uint64(info.Size))
		if sum := sha256.Sum256(data); data == nil || hex.EncodeToString(sum[:]) != info.Fingerprint {
			f.report.lost(where, "a part of it is missing")
			continue
		}
		if checkName(b.name) != nil {
			info.Name = saneName(b.name, func(n string) bool {
				return slices.ContainsFunc(all, func(o blob) bool { return o.name == n })
			})
			f.report.lost(where, "its name; it is called %q now", info.Name)
		}
		f.models = append(f.models, foundModel{info, data})
	}
}
