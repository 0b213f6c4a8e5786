package db

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Options says how to open a file. The zero value, and nil, are the default.
type Options struct {
	// ReadOnly opens an existing file for reading. Several processes can at once.
	ReadOnly bool
	// MustExist gives ErrNotFound instead of making a new file.
	MustExist bool
	// LockTimeout is how long to wait for a file that is in use; 0 means 1 second.
	LockTimeout time.Duration
	// NoSync leaves out fsync. After a crash of the machine the file may be
	// damaged: only for files that can be made again.
	NoSync bool
}

const (
	defaultLockTimeout = time.Second
	fileMode           = 0o644
)

// Validate returns an ErrOptions for values that make no sense.
func (o Options) Validate() error {
	switch {
	case o.LockTimeout < 0:
		return fmt.Errorf("%w: lock timeout %v is negative", ErrOptions, o.LockTimeout)
	case o.ReadOnly && o.NoSync:
		return fmt.Errorf("%w: a file that is only read is never synced", ErrOptions)
	}
	return nil
}

// Open opens the file at path, and makes it if it does not exist or is empty.
// Any other file that is not doppel's is left as it is: ErrNotDoppel. Further
// errors: ErrVersion, ErrLocked, ErrCorrupt, ErrNotFound, ErrOptions.
//
// A file of which one of bbolt's two meta pages is damaged, as a crash while it
// was written may leave it, opens with what the transaction before the last one
// held; Check reports it.
//
// Opening reads the header of every page once: the time grows with the file,
// 66 ms for 42,000 pages (1,000,000 records without vectors) that the system has
// in memory.
func Open(path string, opts *Options) (*DB, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if o.LockTimeout == 0 {
		o.LockTimeout = defaultLockTimeout
	}
	db, err := open(path, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return db, nil
}

// OpenTemp opens a new, empty file in the system's temporary directory. It is
// gone after Close; where the system allows it, after a crash too.
func OpenTemp() (*DB, error) {
	f, err := os.CreateTemp("", "doppel-*.tmp")
	if err != nil {
		return nil, err
	}
	path := f.Name()
	if err := f.Close(); err != nil {
		return nil, err
	}
	db, err := Open(path, &Options{NoSync: true})
	if err != nil {
		os.Remove(path)
		return nil, err
	}
	// An open file without a name vanishes with its process. Windows refuses;
	// there, Close removes it.
	db.temporary, db.unlink = true, os.Remove(path) != nil
	return db, nil
}

// Temporary says whether the file is one of [OpenTemp]: nobody reads it again.
func (db *DB) Temporary() bool { return db.temporary }

func open(path string, o Options) (*DB, error) {
	recovered := false
	isNew, err := isNew(path, o.ReadOnly || o.MustExist)
	if err != nil {
		return nil, err
	}
	if !isNew {
		// First without the right to write: until we know whose file it is, and
		// that its pages hold together, nothing may change in it.
		reader, err := openBolt(path, Options{ReadOnly: true, LockTimeout: o.LockTimeout})
		if err != nil {
			return nil, err
		}
		err = reader.inspect(o.ReadOnly)
		if o.ReadOnly && err == nil {
			return reader, nil
		}
		recovered = reader.recovered
		if closeErr := reader.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return nil, err
		}
	}
	db, err := openBolt(path, o)
	if err != nil {
		return nil, err
	}
	db.recovered = recovered
	err = db.view(checkHead)
	if errors.Is(err, ErrNotDoppel) { // new, says inspect
		err = db.update(ensureHead)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// isNew says whether there is nothing yet at path; an empty file is nothing.
func isNew(path string, mustExist bool) (bool, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && mustExist:
		return false, ErrNotFound
	case errors.Is(err, fs.ErrNotExist):
		return true, nil
	case err != nil:
		return false, err
	case !info.Mode().IsRegular():
		return false, fmt.Errorf("%w: not a regular file", ErrNotDoppel)
	case info.Size() == 0 && mustExist:
		return false, fmt.Errorf("%w: it is empty", ErrNotDoppel)
	case info.Size() == 0:
		return true, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	// A torn read beside a writer is no harm: its meta pages keep their magic.
	if _, _, err := readMetas(f); errors.Is(err, ErrNotDoppel) {
		return false, err
	}
	return false, nil
}

// openBolt opens the bbolt file as it is. The lock is held from here on. While it
// was waited for, another file may have taken the place of the one that was
// opened, see Compact and Restore; what is written to the old one would be lost.
func openBolt(path string, o Options) (*DB, error) {
	for {
		db, err := lockBolt(path, o)
		if err != nil {
			return nil, err
		}
		info, err := os.Stat(path)
		mine, mineErr := db.file.Stat()
		if err != nil || mineErr != nil || os.SameFile(info, mine) {
			return db, nil
		}
		if err := db.Close(); err != nil {
			return nil, err
		}
	}
}

func lockBolt(path string, o Options) (*DB, error) {
	db := &DB{path: path, opts: o, collections: map[string]*Collection{}}
	err := guard(func() (err error) {
		db.bolt, err = bolt.Open(path, fileMode, &bolt.Options{
			Timeout:      o.LockTimeout,
			ReadOnly:     o.ReadOnly,
			NoSync:       o.NoSync,
			FreelistType: bolt.FreelistMapType, // the array type is slow once there are many free pages
			// The list of free pages is written: without it every Open would rebuild it
			// from all pages, and pages could not be checked against it.
			NoFreelistSync: false,
			NoStatistics:   true,
			OpenFile: func(name string, flag int, mode fs.FileMode) (*os.File, error) {
				f, err := os.OpenFile(name, flag, mode)
				if err == nil && db.file == nil {
					db.file = f
				}
				return f, err
			},
		})
		return err
	})
	if err == nil {
		return db, nil
	}
	if db.file != nil {
		db.file.Close() // a panic inside bbolt leaves it, and the lock, behind
	}
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, fmt.Errorf("%w: %s (waited %v)", ErrLocked, whoHolds(path), o.LockTimeout)
	case errors.Is(err, ErrCorrupt), errors.Is(err, fs.ErrPermission):
		return nil, err
	case errors.Is(err, bolterrors.ErrVersionMismatch), errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum):
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return nil, err
}

// whoHolds says who has a locked file open.
func whoHolds(path string) string {
	if who := lockHolders(path); len(who) > 0 {
		return strings.Join(who, ", ")
	}
	return "another program has it open"
}

// inspect says whether a file that is open for reading may be used.
func (db *DB) inspect(readOnly bool) error {
	info, err := db.file.Stat()
	if err != nil {
		return err
	}
	meta, damaged, err := checkPages(db.file, info.Size())
	if err != nil {
		return err
	}
	db.recovered = damaged > 0
	return db.view(func(tx *bolt.Tx) error {
		err := checkHead(tx)
		// A crash between bbolt's first pages and our head leaves a file that has
		// seen no transaction: there is nothing in it to lose.
		if errors.Is(err, ErrNotDoppel) && !readOnly && meta.txid <= 1 && isEmpty(tx) {
			return nil
		}
		return err
	})
}

func isEmpty(tx *bolt.Tx) bool {
	k, _ := tx.Cursor().First()
	return k == nil
}

// checkHead gives ErrNotDoppel, ErrVersion or ErrCorrupt for a file that is not to be used.
func checkHead(tx *bolt.Tx) error {
	meta := tx.Bucket(bucketMeta)
	if meta == nil {
		return fmt.Errorf("%w: a bbolt file of another program", ErrNotDoppel)
	}
	head := meta.Get(keyHead)
	if head == nil {
		return fmt.Errorf("%w: a bbolt file of another program", ErrNotDoppel)
	}
	if _, err := decodeFileHead(head); err != nil {
		return err
	}
	if tx.Bucket(bucketCollections) == nil || tx.Bucket(bucketModels) == nil {
		return fmt.Errorf("%w: a bucket is missing", ErrCorrupt)
	}
	return nil
}

// ensureHead writes the head of a new file and checks that of any other.
func ensureHead(tx *bolt.Tx) error {
	if !isEmpty(tx) {
		return checkHead(tx)
	}
	meta, err := tx.CreateBucket(bucketMeta)
	if err != nil {
		return err
	}
	for _, name := range [][]byte{bucketCollections, bucketModels} {
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	return meta.Put(keyHead, fileHead{version: fileVersion, created: uint64(time.Now().Unix())}.encode())
}

// upgrade marks a file of an older version as one of this: from the first write
// on, it may hold what the older doppel does not keep true.
func upgrade(tx *bolt.Tx) error {
	meta := tx.Bucket(bucketMeta)
	if meta == nil { // new, or damaged: f finds out
		return nil
	}
	head, err := decodeFileHead(meta.Get(keyHead))
	if err != nil || head.version == fileVersion {
		return err
	}
	head.version = fileVersion
	return meta.Put(keyHead, head.encode())
}
