package picture

import "errors"

// Errors for the world. Each comes wrapped in an [*Error].
var (
	// ErrNotPicture is returned for bytes that are no picture at all.
	ErrNotPicture = errors.New("not a picture")
	// ErrUnsupported is returned for pictures of a kind that is not read.
	ErrUnsupported = errors.New("kind of picture not supported")
	// ErrDamaged is returned for a picture that is cut off or contradicts itself.
	ErrDamaged = errors.New("damaged picture")
	// ErrTooLarge is returned for more bytes or pixels than [Limits] allow, before they are read.
	ErrTooLarge = errors.New("picture too large")
	// ErrEmpty is returned for a picture of no pixels and for a folder of no pictures.
	ErrEmpty = errors.New("no picture")
	// ErrFolder is returned for a folder or an archive that cannot be read.
	ErrFolder = errors.New("cannot read folder")
)

// Error says which picture is meant, what is wrong with it and what to do.
type Error struct {
	Name string // the file, "" where only bytes were given
	Msg  string
	Err  error // a sentinel of this package or the system's error
}

// Error gives "name: what is wrong; what to do".
func (e *Error) Error() string {
	if e.Name == "" {
		return e.Msg
	}
	return e.Name + ": " + e.Msg
}

// Unwrap gives the cause, for errors.Is.
func (e *Error) Unwrap() error { return e.Err }

// Named gives err the name of its file. An error that has a name keeps it.
func Named(name string, err error) error {
	var known *Error
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &known):
		return &Error{Name: name, Msg: err.Error(), Err: err}
	case known.Name != "":
		return err
	}
	return &Error{Name: name, Msg: known.Msg, Err: known.Err}
}
