package memtier

import (
	"context"
	"errors"
	"fmt"

	"memtier.dev/memtier/internal/native"
)

// An Error is why a call failed. A long call that gives a report gives it beside its error as well: what it
// had done until then. Every error that this package returns is one, except for io.EOF at
// the end of a Cursor and for errors of a function of the caller's that Walk was given.
type Error struct {
	Code      Status // what kind of thing happened
	Message   string // what was wrong and what to do
	Retriable bool   // the same call may succeed later without a change
	Cause     error  // what a callback returned, or the context's error; else nil
}

// Error is the message, with the cause where there is one.
func (e *Error) Error() string {
	if e.Cause != nil {
		return "memtier: " + e.Message + ": " + e.Cause.Error()
	}
	return "memtier: " + e.Message
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Is reports whether target is the Status of e, or an error of package io/fs that means the same.
func (e *Error) Is(target error) bool {
	if status, ok := target.(Status); ok {
		return status == e.Code
	}
	return e.Code.Is(target)
}

// UseDefault is what a ClockFunc, a ScoreFunc and a PromoteFunc return to have memtier behave, this time, as if
// they were not set.
var UseDefault = native.ErrDefault

func invalid(format string, args ...any) error {
	return &Error{Code: ErrInvalid, Message: fmt.Sprintf(format, args...)}
}

// failed makes the error of a call that returned a status other than OK, and lets its error object
// go.
func failed(ctx context.Context, status int32, failure uintptr) error {
	e := &Error{Code: Status(status)}
	if failure == 0 { // there was no memory even for that
		e.Message = native.StatusText(status)
		return e
	}
	f := native.TakeError(failure)
	e.Message, e.Retriable = f.Message, f.Retriable
	switch {
	case e.Code == ErrCallback:
		e.Cause = native.TakeFailure(f.CallbackCode)
	case e.Code == ErrCancelled && ctx != nil:
		e.Cause = ctx.Err()
	}
	return e
}

// check is failed for a status that may be OK.
func check(ctx context.Context, status int32, failure uintptr) error {
	if status == native.MEMTIER_OK {
		return nil
	}
	return failed(ctx, status, failure)
}

// cancelled is the error of a call that was not begun, since its context had ended.
func cancelled(ctx context.Context) error {
	if ctx == nil {
		return invalid("the context is nil")
	}
	if err := ctx.Err(); err != nil {
		return &Error{Code: ErrCancelled, Message: "the context ended before the call", Cause: err}
	}
	return nil
}

func isCancel(err error) bool {
	return errors.Is(err, ErrCancelled) || errors.Is(err, context.Canceled) ||
		errors.Is(err, context.DeadlineExceeded)
}
