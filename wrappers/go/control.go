package memtier

import (
	"context"

	"memtier.dev/memtier/internal/native"
)

// A ProgressFunc hears how far long work is: done of total items (of an import from a file: bytes),
// -1 where the total is not known. It runs on the caller's goroutine, at most about 20 times a
// second and once at the end. ErrCancelled, or a context's error, ends the work with ErrCancelled;
// any other error ends it with ErrCallback and becomes the cause.
type ProgressFunc func(done, total int64) error

type progressKey struct{}

// WithProgress gives a context to be handed to calls that can take long: Search, Run, RunMany, Count,
// ExplainList, Cursor.Next, PutMany, GetMany, DeleteMany, UpdateWhere, DeleteWhere, Optimize, Clear,
// Sweep, Flush, Embed, Reembed, Collections, DropCollection, CopyTo, MoveTo, ApplyPolicies, ApplyArchiveRules,
// Conversation.AppendMany, RecentTurns, TurnContext, Sessions, ActiveContext,
// CreateIndex, CreateKeyIndex, DropIndex, PutVectors, Spaces, DropSpace, MeasureRecall, Export and Import
// tell progress how far they are.
func WithProgress(ctx context.Context, progress ProgressFunc) context.Context {
	return context.WithValue(ctx, progressKey{}, progress)
}

// controlled runs a call that takes a memtier_control: with the context's end as its cancel token,
// and the context's ProgressFunc. It returns when the call has ended, whatever becomes of the
// context.
func controlled(ctx context.Context, call func(*native.Control) (int32, uintptr)) error {
	if err := cancelled(ctx); err != nil {
		return err
	}
	progress, _ := ctx.Value(progressKey{}).(ProgressFunc)
	if ctx.Done() == nil && progress == nil {
		status, failure := call(nil)
		return check(ctx, status, failure)
	}
	control := &native.Control{}
	if ctx.Done() != nil {
		var cancel, failure uintptr
		if status := native.CancelCreate(&cancel, &failure); status != native.MEMTIER_OK {
			return failed(ctx, status, failure)
		}
		defer native.CancelDestroy(cancel)
		defer watch(ctx, cancel)()
		control.Cancel = cancel
	}
	if progress != nil {
		control.Progress = native.Register(native.Progress(func(done, total int64) (int32, error) {
			err := progress(done, total)
			if isCancel(err) {
				return native.MEMTIER_CALLBACK_CANCEL, nil
			}
			return native.MEMTIER_CALLBACK_OK, err
		}))
	}
	status, failure := call(control)
	return check(ctx, status, failure)
}

// watch trips the token when the context ends; the function that it returns ends the watch.
func watch(ctx context.Context, cancel uintptr) (stop func()) {
	finished, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-ctx.Done():
			native.CancelTrip(cancel, nil)
		case <-finished:
		}
	}()
	return func() {
		close(finished)
		<-watched
	}
}
