package memtier

import (
	"runtime"

	"memtier.dev/memtier/internal/native"
)

// A resource is what is to be closed: a cursor, a compiled query, a reference.
type resource struct{ state *resourceState }

// resourceState is apart from what users hold, so that a finalizer can let it go.
type resourceState struct {
	ticket  uintptr
	destroy func(uintptr)
}

func (r *resource) hold(ticket uintptr, destroy func(uintptr)) {
	r.state = &resourceState{ticket, destroy}
	runtime.SetFinalizer(r.state, func(s *resourceState) { s.destroy(s.ticket) })
}

func (r *resource) close() {
	if r.state != nil {
		r.state.destroy(r.state.ticket) // again and again does no harm: the ticket is known to be old
		runtime.KeepAlive(r.state)
	}
}

func closedResource() error {
	return &Error{Code: ErrClosed, Message: "it is closed, or was never opened"}
}

// takeBytes is what a call returned as bytes of C, which are released.
func takeBytes(bytes uintptr) []byte {
	defer native.BytesDestroy(bytes)
	return native.BytesData(bytes)
}
