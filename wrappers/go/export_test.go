package memtier

// Ticket is the native handle of a store, for tests.
func Ticket(s *Store) uintptr { return s.store.ticket }

// Failed is the error of a native call, for tests.
func Failed(status int32, failure uintptr) error { return check(nil, status, failure) }

// HeldScopes counts the native scopes that a store is to let go.
func HeldScopes(s *Store) int {
	s.store.mutex.Lock()
	defer s.store.mutex.Unlock()
	return len(s.store.scopes)
}
