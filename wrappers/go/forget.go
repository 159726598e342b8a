package memtier

import (
	"context"
	"runtime"

	"memtier.dev/memtier/internal/native"
)

// A Receipt tells what Memory.Forget took away.
type Receipt struct {
	Scope         map[string]string `json:"scope"`        // the names that were given
	ForgottenUS   int64             `json:"forgotten_us"` // when
	Items         int64             `json:"items"`
	Concepts      int64             `json:"concepts"`
	Transitions   int64             `json:"transitions"`
	Tombstones    int64             `json:"tombstones"`
	Scopes        int64             `json:"scopes"`         // whose names are gone
	Labels        int64             `json:"labels"`         // types and tags that nothing else had
	Blocks        int64             `json:"blocks"`         // of the archive, made anew
	DamagedBlocks int64             `json:"damaged_blocks"` // that could not be read, and stay
}

// Forget takes everything of this scope out of the store for good: items in all tiers, what indexes, the
// archive and logs have of them, and the names. The file is written anew, which takes its time. The scope
// must name somebody. Copies elsewhere are not touched. Stopped, what was done is told beside the error.
func (m *Memory) Forget(ctx context.Context) (Receipt, error) {
	if err := m.begin(ctx); err != nil {
		return Receipt{}, err
	}
	defer runtime.KeepAlive(m)
	var bytes uintptr
	err := controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.ScopeForget(m.store.ticket, m.ticket(), control, &bytes, &failure)
		return status, failure
	})
	var receipt Receipt
	err = readReport(bytes, err, &receipt)
	return receipt, err
}
