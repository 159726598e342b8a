package memtier

import (
	"context"
	"runtime"
	"time"

	"memtier.dev/memtier/internal/native"
)

// A Job is one kind of maintenance.
type Job string

// The jobs, in their order.
const (
	JobExpire       Job = "expire"        // removes what has expired, as Sweep does
	JobDemote       Job = "demote"        // moves what lies idle one tier down, as Optimize does
	JobConsolidate  Job = "consolidate"   // consolidates, as WithConsolidation says
	JobPolicies     Job = "policies"      // applies policies
	JobArchiveRules Job = "archive_rules" // follows archive rules
	JobArchive      Job = "archive"       // packs what waits in the archive
	JobIndexes      Job = "indexes"       // folds the journal into the file, and merges what was added to indexes
	JobCompact      Job = "compact"       // writes the file anew where much of it is not needed any more
)

// A Tick says what maintenance is to be done; the zero Tick is all of it.
type Tick struct {
	Jobs   []Job         // nil: all
	Budget time.Duration // in whole milliseconds; 0: no limit
}

// A Ticked tells what a tick did.
type Ticked struct {
	Complete bool // false: the budget was used up, or it was stopped
	Next     Job  // the job that comes first in the next tick, where it was
	Total    int64
	Jobs     []JobDone
}

// A JobDone tells what a job did.
type JobDone struct {
	Name     Job
	Count    int64 // items moved, removed or changed
	Complete bool
	Results  []Applied     // of JobPolicies and JobArchiveRules
	Report   *Consolidated // of JobConsolidate, where it was due
}

// Tick does maintenance for the whole store, every collection and scope. ErrBusy if another tick is under
// way. What stops it leaves what was done, which is told beside the error; the next tick goes on.
func (s *Store) Tick(ctx context.Context, tick Tick) (Ticked, error) {
	if err := s.begin(ctx); err != nil {
		return Ticked{}, err
	}
	request, err := encodeText(struct {
		Jobs   []Job `json:"jobs,omitempty"`
		Budget int64 `json:"budget_ms"`
	}{tick.Jobs, milliseconds(tick.Budget)})
	if err != nil {
		return Ticked{}, err
	}
	defer runtime.KeepAlive(s.store)
	var bytes uintptr
	err = controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := native.StoreTick(s.store.ticket, string(request), control, &bytes, &failure)
		return status, failure
	})
	var told Ticked
	err = readReport(bytes, err, &told)
	return told, err
}

// PauseMaintenance pauses the maintenance in the background (WithMaintenance): no tick begins, and one
// that is under way ends soon.
func (s *Store) PauseMaintenance(ctx context.Context) error {
	return s.say(ctx, func(failure *uintptr) int32 {
		return native.StorePause(s.store.ticket, failure)
	})
}

// ResumeMaintenance ends a pause; a tick follows at once.
func (s *Store) ResumeMaintenance(ctx context.Context) error {
	return s.say(ctx, func(failure *uintptr) int32 {
		return native.StoreResume(s.store.ticket, failure)
	})
}

// WithMaintenance lets the store do its maintenance itself, on a thread of its own: a tick in each
// interval, which takes about as long as the budget at most (0: no limit). The clock and the ScoreFunc of the store are then called on that thread too; policies with a DecideFunc
// are left to Tick. An interval of 0, the default: none.
func WithMaintenance(interval, budget time.Duration) Option {
	return func(s *openSettings) {
		setOption(OptionMaintenanceInterval, milliseconds(interval))(s)
		setOption(OptionMaintenanceBudget, milliseconds(budget))(s)
	}
}
