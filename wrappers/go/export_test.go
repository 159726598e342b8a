package memtier

// Ticket is the native handle of a store, for tests.
func Ticket(s *Store) uintptr { return s.store.ticket }

// Failed is the error of a native call, for tests.
func Failed(status int32, failure uintptr) error { return check(nil, status, failure) }
