package memtier

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"

	"memtier.dev/memtier/internal/native"
)

// What conditions of policies and archive rules ask beside the fields of a filter. Each takes Gt, Gte,
// Lt and Lte; FieldArchived takes Eq with true or false.
const (
	FieldAgeDays        Field = "age_days"         // since the creation
	FieldAgeSeconds     Field = "age_seconds"      // since the creation
	FieldIdleDays       Field = "idle_days"        // since the last read
	FieldIdleSeconds    Field = "idle_seconds"     // since the last read
	FieldAccessesPerDay Field = "accesses_per_day" // since the creation, of at least a day
	FieldArchived       Field = "archived"         // whether its tier's medium is the archive
)

// A PolicyAction is what a policy does with the items that it concerns.
type PolicyAction string

// The actions.
const (
	ActionDemote   PolicyAction = "demote"   // one tier down
	ActionPromote  PolicyAction = "promote"  // one tier up
	ActionArchive  PolicyAction = "archive"  // into the first tier whose medium is the archive
	ActionDelete   PolicyAction = "delete"   //
	ActionRefresh  PolicyAction = "refresh"  // idle time and time to live begin anew
	ActionTag      PolicyAction = "tag"      // gives them Policy.Tag
	ActionCallback PolicyAction = "callback" // the DecideFunc has done it itself
)

// A Policy says what is to be done with which items. It is kept in the store, under its name.
type Policy struct {
	Name      string
	Condition Filter // the zero Filter: every item
	Action    PolicyAction
	Tag       string // of ActionTag
	Priority  int64  // the highest is applied first
	Disabled  bool   // applied only where it is named
	Decides   bool   // a DecideFunc of this Store chooses the items; set by Policies
}

// A DecideFunc chooses those of a batch that a policy concerns: one bool for each item, or nil for none
// of them. It runs on the goroutine that applies the policy, and must not use the store (ErrReentrant).
// Where the action is ActionCallback it does itself what is to be done with them, but not in a dry run.
// When it fails, so does the call: with ErrCallback, its error as the cause.
type DecideFunc func(items []Item, dryRun bool) ([]bool, error)

// An ArchiveRule says what goes into the archive, and how hard it is compressed there.
type ArchiveRule struct {
	Name      string
	Kind      string // "time", "importance", "access" or "size": what it is about
	Condition Filter
	Level     int64 // 1, quick, to 9, small; 0: 6
	Priority  int64 // the highest is applied first
	Disabled  bool  // applied only where it is named
}

// An Apply says what to apply; the zero Apply is all that are not disabled.
type Apply struct {
	Names  []string // nil: all; else only these, also where they are disabled
	DryRun bool     // count, and change nothing
}

// An Applied tells what a policy or an archive rule did.
type Applied struct {
	Name    string
	Action  PolicyAction
	Count   int64
	Level   int64  // of an archive rule
	Skipped string // why nothing could be done, if so
}

// PutPolicy puts a policy in the place of the one of its name, if there is one.
func (s *Store) PutPolicy(ctx context.Context, policy Policy) error {
	document, err := policy.document()
	if err != nil {
		return err
	}
	return s.say(ctx, func(failure *uintptr) int32 {
		return native.PolicyPut(s.store.ticket, document, failure)
	})
}

// PutPolicyFunc puts a policy whose items a DecideFunc chooses, among those that its condition holds
// for. It belongs to this Store, and is not kept in the file. No action is ActionCallback.
func (s *Store) PutPolicyFunc(ctx context.Context, policy Policy, decide DecideFunc) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	if decide == nil {
		return invalid("PutPolicyFunc: the DecideFunc is nil")
	}
	document, err := policy.document()
	if err != nil {
		return err
	}
	callback := decide.native(s.store.tiers) // not of the store, which could not be collected then
	return s.say(ctx, func(failure *uintptr) int32 {
		return native.PolicyPutCallback(s.store.ticket, document, native.Register(callback), failure)
	})
}

func (decide DecideFunc) native(tiers *tierNames) native.Decide {
	return func(handle uintptr, dryRun bool, chosen []int32) error {
		items, err := readItems(handle, tiers)
		if err != nil {
			return err
		}
		given, err := decide(items, dryRun)
		if err != nil || given == nil {
			return err
		}
		if len(given) != len(items) {
			return fmt.Errorf("a DecideFunc decided on %d items of %d", len(given), len(items))
		}
		for i, one := range given {
			if one {
				chosen[i] = 1
			}
		}
		return nil
	}
}

// Policies are the policies of the store, in order of their names.
func (s *Store) Policies(ctx context.Context) ([]Policy, error) {
	var told []policyDocument
	err := s.ask(ctx, &told, func(list, failure *uintptr) int32 {
		return native.PolicyList(s.store.ticket, list, failure)
	})
	policies := make([]Policy, len(told))
	for i, one := range told {
		policies[i] = Policy{
			one.Name, FilterJSON(one.Condition), one.Action, one.Tag, one.Priority, !one.Enabled,
			one.DecidedBy == "callback",
		}
	}
	return policies, err
}

// DeletePolicy deletes a policy; no item changes. ErrNotFound if there is none.
func (s *Store) DeletePolicy(ctx context.Context, name string) error {
	return s.say(ctx, func(failure *uintptr) int32 {
		return native.PolicyDelete(s.store.ticket, name, failure)
	})
}

// ApplyPolicies applies policies to the items of this memory, and tells what each did, in their order.
// A ProgressFunc hears of items done. Stopped or failed, what was done before stays, and is told beside
// the error.
func (m *Memory) ApplyPolicies(ctx context.Context, apply Apply) ([]Applied, error) {
	return m.apply(ctx, apply, native.PolicyApply)
}

// PutArchiveRule puts an archive rule in the place of the one of its name, if there is one.
func (s *Store) PutArchiveRule(ctx context.Context, rule ArchiveRule) error {
	document, err := rule.document()
	if err != nil {
		return err
	}
	return s.say(ctx, func(failure *uintptr) int32 {
		return native.ArchiveRulePut(s.store.ticket, document, failure)
	})
}

// ArchiveRules are the archive rules of the store, in order of their names.
func (s *Store) ArchiveRules(ctx context.Context) ([]ArchiveRule, error) {
	var told []policyDocument
	err := s.ask(ctx, &told, func(list, failure *uintptr) int32 {
		return native.ArchiveRuleList(s.store.ticket, list, failure)
	})
	rules := make([]ArchiveRule, len(told))
	for i, one := range told {
		rules[i] = ArchiveRule{
			one.Name, one.Kind, FilterJSON(one.Condition), one.Level, one.Priority, !one.Enabled,
		}
	}
	return rules, err
}

// DeleteArchiveRule deletes an archive rule; no item changes. ErrNotFound if there is none.
func (s *Store) DeleteArchiveRule(ctx context.Context, name string) error {
	return s.say(ctx, func(failure *uintptr) int32 {
		return native.ArchiveRuleDelete(s.store.ticket, name, failure)
	})
}

// ApplyArchiveRules follows archive rules for the items of this memory, and tells what each did, in
// their order, also beside an error. An item is archived by the first rule that holds for it.
func (m *Memory) ApplyArchiveRules(ctx context.Context, apply Apply) ([]Applied, error) {
	return m.apply(ctx, apply, native.ArchiveRuleApply)
}

// policyDocument is a policy or an archive rule as memtier.h knows it.
type policyDocument struct {
	Name      string          `json:"name"`
	Kind      string          `json:"kind,omitempty"`
	Condition json.RawMessage `json:"condition"`
	Action    PolicyAction    `json:"action,omitempty"`
	Tag       string          `json:"tag,omitempty"`
	Level     int64           `json:"level,omitempty"`
	Priority  int64           `json:"priority"`
	Enabled   bool            `json:"enabled"`
	DecidedBy string          `json:"decided_by,omitempty"`
}

func (p Policy) document() (string, error) {
	return policyDocument{
		Name: p.Name, Action: p.Action, Tag: p.Tag, Priority: p.Priority, Enabled: !p.Disabled,
	}.with(p.Condition)
}

func (r ArchiveRule) document() (string, error) {
	return policyDocument{
		Name: r.Name, Kind: r.Kind, Level: r.Level, Priority: r.Priority, Enabled: !r.Disabled,
	}.with(r.Condition)
}

func (d policyDocument) with(condition Filter) (string, error) {
	text, err := condition.embedded()
	if err != nil {
		return "", err
	}
	d.Condition = json.RawMessage(text)
	document, err := encodeText(d)
	return string(document), err
}

// say makes a call that gives nothing back.
func (s *Store) say(ctx context.Context, call func(failure *uintptr) int32) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	var failure uintptr
	status := call(&failure)
	runtime.KeepAlive(s.store)
	return check(ctx, status, failure)
}

// ask makes a call that gives a document back.
func (s *Store) ask(ctx context.Context, target any, call func(bytes, failure *uintptr) int32) error {
	var bytes uintptr
	err := s.say(ctx, func(failure *uintptr) int32 { return call(&bytes, failure) })
	if err != nil {
		return err
	}
	return readDocument(bytes, target)
}

func readDocument(bytes uintptr, target any) error {
	if err := json.Unmarshal(takeBytes(bytes), target); err != nil {
		return &Error{Code: ErrInternal, Message: "the answer is not what it should be", Cause: err}
	}
	return nil
}

// readReport reads what a call told of itself, also where it failed in between; err is the call's.
func readReport(bytes uintptr, err error, target any) error {
	if bytes == 0 {
		return err
	}
	if unread := readDocument(bytes, target); err == nil {
		return unread
	}
	return err
}

type applyCall func(store, scope uintptr, request string, control *native.Control,
	json, failure *uintptr) int32

func (m *Memory) apply(ctx context.Context, apply Apply, call applyCall) ([]Applied, error) {
	if err := m.begin(ctx); err != nil {
		return nil, err
	}
	request, err := encodeText(struct {
		Names  []string `json:"names,omitempty"`
		DryRun bool     `json:"dry_run"`
	}{apply.Names, apply.DryRun})
	if err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(m)
	var bytes uintptr
	err = controlled(ctx, func(control *native.Control) (int32, uintptr) {
		var failure uintptr
		status := call(m.store.ticket, m.ticket(), string(request), control, &bytes, &failure)
		return status, failure
	})
	var told struct{ Results []Applied }
	err = readReport(bytes, err, &told)
	return told.Results, err
}
