package db

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"
)

// The head of a named model, after the frame's kind and version; chunks beside it:
//
//	+------+--------+---------+----------+---------+-------------+------+
//	| size | chunks | version | created  | SHA-256 | kind length | kind |
//	| u64  | u32    | u32     | i64, µs  | 32      | u32         |      |
//	+------+--------+---------+----------+---------+-------------+------+

// ModelInfo is what is known of a named model.
type ModelInfo struct {
	Name        string
	Kind        string // what can read it, such as "match/scorer"; may be empty
	Version     int    // 1 when the name was first used, one more with every PutModel
	Size        int    // bytes
	Fingerprint string // SHA-256 of the bytes, in hex
	Created     time.Time
}

// maxKind is the most bytes of a model's kind.
const maxKind = 255

// PutModel stores data under a name, in one transaction, and replaces what was
// there. What is in it is nobody's business here: scorers and whatever else is
// learned from a collection marshal themselves. Encoders have a place of their
// own, see [Collection.SetEncoder].
//
// Errors: ErrName, ErrTooLarge above 1 GB, ErrReadOnly, ErrCorrupt.
func (db *DB) PutModel(name, kind string, data []byte) (ModelInfo, error) {
	if err := errors.Join(checkName(name), checkKind(kind)); err != nil {
		return ModelInfo{}, err
	}
	if len(data) > maxModel {
		return ModelInfo{}, fmt.Errorf("model %q: %w: %d bytes, at most %d are possible", name, ErrTooLarge, len(data), maxModel)
	}
	sum := sha256.Sum256(data)
	info := ModelInfo{
		Name: name, Kind: kind, Version: 1, Size: len(data), Fingerprint: hex.EncodeToString(sum[:]),
		Created: time.UnixMicro(time.Now().UnixMicro()).UTC(),
	}
	err := db.update(func(tx *bolt.Tx) error {
		all, err := makeBuckets(tx, bucketNamed)
		if err != nil {
			return err
		}
		if old := all.Bucket([]byte(name)); old != nil {
			before, _, err := namedHead(old, name)
			if err != nil {
				return err
			}
			info.Version = before.Version + 1
			if err := all.DeleteBucket([]byte(name)); err != nil {
				return err
			}
		}
		return putNamed(all, info, data)
	})
	if err != nil {
		return ModelInfo{}, err
	}
	return info, nil
}

func checkKind(kind string) error {
	if len(kind) > maxKind {
		return fmt.Errorf("%w: a kind of %d bytes, at most %d are possible", ErrName, len(kind), maxKind)
	}
	return nil
}

// putNamed writes a model whose name is free.
func putNamed(all *bolt.Bucket, info ModelInfo, data []byte) error {
	bucket, err := all.CreateBucket([]byte(info.Name))
	if err != nil {
		return err
	}
	chunks, err := putChunks(bucket, data)
	if err != nil {
		return err
	}
	sum, err := hex.DecodeString(info.Fingerprint)
	if err != nil {
		return err
	}
	le := binary.LittleEndian
	b := le.AppendUint64(startFrame(nil, frameNamed), uint64(len(data)))
	b = le.AppendUint32(le.AppendUint32(b, chunks), uint32(info.Version))
	b = append(le.AppendUint64(b, uint64(info.Created.UnixMicro())), sum...)
	b = append(le.AppendUint32(b, uint32(len(info.Kind))), info.Kind...)
	return bucket.Put(keyHead, sealFrame(b, 0))
}

// namedHead reads the head of a named model.
func namedHead(bucket *bolt.Bucket, name string) (info ModelInfo, chunks uint32, err error) {
	return decodeNamed(bucket.Get(keyHead), name)
}

func decodeNamed(value []byte, name string) (info ModelInfo, chunks uint32, err error) {
	body, err := openFrame(value, frameNamed, 0)
	if err != nil {
		return info, 0, fmt.Errorf("model %q: %w", name, err)
	}
	f := fields{b: body}
	size, chunks := f.u64(), f.u32()
	info = ModelInfo{Name: name, Version: int(f.u32()), Created: time.UnixMicro(int64(f.u64())).UTC()}
	info.Fingerprint = hex.EncodeToString(f.take(sha256.Size))
	info.Kind = string(f.take(int(f.u32())))
	if err := f.done(frameNamed); err != nil {
		return info, 0, fmt.Errorf("model %q: %w", name, err)
	}
	if size > maxModel {
		return info, 0, fmt.Errorf("model %q: %w: %d bytes", name, ErrCorrupt, size)
	}
	info.Size = int(size)
	return info, chunks, nil
}

// namedModel reads a named model and checks its fingerprint.
func namedModel(bucket *bolt.Bucket, name string) (ModelInfo, []byte, error) {
	info, chunks, err := namedHead(bucket, name)
	if err != nil {
		return info, nil, err
	}
	data, err := chunkBytes(bucket, uint64(info.Size), chunks)
	if err != nil {
		return info, nil, fmt.Errorf("model %q: %w", name, err)
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != info.Fingerprint {
		return info, nil, fmt.Errorf("model %q: %w: its bytes have another fingerprint", name, ErrCorrupt)
	}
	return info, data, nil
}

// Model gives the bytes stored under a name, or ErrNotFound; ErrCorrupt if they
// are not those that were put.
func (db *DB) Model(name string) (data []byte, info ModelInfo, err error) {
	err = db.view(func(tx *bolt.Tx) error {
		bucket := namedBucket(tx, name)
		if bucket == nil {
			return fmt.Errorf("model %q: %w", name, ErrNotFound)
		}
		info, data, err = namedModel(bucket, name)
		return err
	})
	return data, info, err
}

func namedBucket(tx *bolt.Tx, name string) *bolt.Bucket {
	if all := tx.Bucket(bucketNamed); all != nil && name != "" {
		return all.Bucket([]byte(name))
	}
	return nil
}

// Models lists the named models, in byte order of their names.
func (db *DB) Models() ([]ModelInfo, error) {
	out := []ModelInfo{}
	err := db.view(func(tx *bolt.Tx) (err error) {
		out, err = listModels(tx)
		return err
	})
	return out, err
}

func listModels(tx *bolt.Tx) ([]ModelInfo, error) {
	out := []ModelInfo{}
	all := tx.Bucket(bucketNamed)
	if all == nil {
		return out, nil
	}
	err := all.ForEachBucket(func(name []byte) error {
		info, _, err := namedHead(all.Bucket(name), string(name))
		out = append(out, info)
		return err
	})
	return out, err
}

// DeleteModel removes a named model, or gives ErrNotFound.
func (db *DB) DeleteModel(name string) error {
	return db.update(func(tx *bolt.Tx) error {
		if namedBucket(tx, name) == nil {
			return fmt.Errorf("model %q: %w", name, ErrNotFound)
		}
		return tx.Bucket(bucketNamed).DeleteBucket([]byte(name))
	})
}
