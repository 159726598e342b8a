package memtier

import (
	"io/fs"

	"memtier.dev/memtier/internal/native"
)

// A Status says what kind of thing happened: why a call failed. The constants are errors that every
// error of this package matches:
//
//	if errors.Is(err, memtier.ErrNotFound) { ... }
type Status int32

// OK is the Status of what succeeded. No call returns it as an error.
const OK Status = native.MEMTIER_OK

// The call was wrong: mend the program.
const (
	ErrInvalid     Status = native.MEMTIER_INVALID     // an argument is malformed, too long, out of range
	ErrTooSmall    Status = native.MEMTIER_TOO_SMALL   // a buffer is too small; this package never lets it out
	ErrClosed      Status = native.MEMTIER_CLOSED      // the store, cursor, query or reference was closed
	ErrUnsupported Status = native.MEMTIER_UNSUPPORTED // this build, file system or tier cannot do it
	ErrReentrant   Status = native.MEMTIER_REENTRANT   // a store was used from inside a callback
	ErrMalformed   Status = native.MEMTIER_MALFORMED   // a line that is imported is not what it should be
)

// The data say no: an answer, not an accident.
const (
	ErrNotFound  Status = native.MEMTIER_NOT_FOUND // no such item, tier, file
	ErrExists    Status = native.MEMTIER_EXISTS    // PutCreate, and it is there
	ErrConflict  Status = native.MEMTIER_CONFLICT  // the version has moved on
	ErrAmbiguous Status = native.MEMTIER_AMBIGUOUS // several items of this id lie in the scope: narrow it
	ErrMismatch  Status = native.MEMTIER_MISMATCH  // the store was made with other settings, e.g. another ladder
)

// Something stood in the way: trying again, or asking for less, can help.
const (
	ErrBusy      Status = native.MEMTIER_BUSY      // another writer held the store for the whole busy timeout
	ErrCancelled Status = native.MEMTIER_CANCELLED // the context ended, a ProgressFunc said so, or the store was closed
	ErrCallback  Status = native.MEMTIER_CALLBACK  // a callback failed; Error.Cause is what it returned
	ErrLimit     Status = native.MEMTIER_LIMIT     // a limit was reached, e.g. too many open handles
)

// The file: look at the message, then at the disk.
const (
	ErrIO          Status = native.MEMTIER_IO           // the operating system reported an error
	ErrFull        Status = native.MEMTIER_FULL         // the disk, or the quota, is full
	ErrCorrupt     Status = native.MEMTIER_CORRUPT      // the file is damaged, or is no store
	ErrReadOnly    Status = native.MEMTIER_READ_ONLY    // the file or its folder cannot be written
	ErrNewerFormat Status = native.MEMTIER_NEWER_FORMAT // written by a newer memtier than this one
	ErrDenied      Status = native.MEMTIER_DENIED       // no permission
)

// The rest.
const (
	ErrNoMemory Status = native.MEMTIER_NO_MEMORY
	ErrInternal Status = native.MEMTIER_INTERNAL // a defect of memtier: please report it
)

// Error is one sentence for people.
func (s Status) Error() string { return native.StatusText(int32(s)) }

// Name is the name that memtier.h gives to it, such as "MEMTIER_NOT_FOUND".
func (s Status) Name() string { return native.StatusName(int32(s)) }

// Is makes statuses match the errors of package io/fs that mean the same.
func (s Status) Is(target error) bool {
	switch target {
	case fs.ErrNotExist:
		return s == ErrNotFound
	case fs.ErrExist:
		return s == ErrExists
	case fs.ErrPermission:
		return s == ErrDenied || s == ErrReadOnly
	case fs.ErrClosed:
		return s == ErrClosed
	case fs.ErrInvalid:
		return s == ErrInvalid
	}
	return false
}

// isRetriable is memtier_error_is_retriable for an entry of many, which has no error object.
func (s Status) isRetriable() bool {
	return s == ErrBusy || s == ErrFull || s == ErrNoMemory || s == ErrLimit
}
