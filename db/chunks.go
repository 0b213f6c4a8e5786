package db

import (
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// Long values are kept in chunks, numbered from 0 in a bucket of their own: one
// value of many megabytes would need as many pages in a row. A chunk, after the
// frame's kind and version, is bytes.
const modelChunk = 1 << 20

// maxModel bounds what a model's head may claim.
const maxModel = 1 << 30

// putChunks writes data and gives the number of chunks.
func putChunks(bucket *bolt.Bucket, data []byte) (chunks uint32, err error) {
	bucket.FillPercent = sequentialFill
	for from := 0; from < len(data); from += modelChunk {
		chunk := append(startFrame(nil, frameChunk), data[from:min(from+modelChunk, len(data))]...)
		if err := bucket.Put(orderedKey(chunks), sealFrame(chunk, chunks)); err != nil {
			return 0, err
		}
		chunks++
	}
	return chunks, nil
}

// chunkBytes copies what putChunks wrote out of its transaction; it must be size bytes.
func chunkBytes(bucket *bolt.Bucket, size uint64, chunks uint32) ([]byte, error) {
	if size > maxModel || uint64(chunks) != (size+modelChunk-1)/modelChunk {
		return nil, fmt.Errorf("%w: %d bytes in %d chunks", ErrCorrupt, size, chunks)
	}
	var data []byte
	for i := range chunks {
		chunk, err := openFrame(bucket.Get(orderedKey(i)), frameChunk, i)
		if err != nil {
			return nil, err
		}
		data = append(data, chunk...)
	}
	if uint64(len(data)) != size {
		return nil, fmt.Errorf("%w: %d bytes of %d", ErrCorrupt, len(data), size)
	}
	return data, nil
}
