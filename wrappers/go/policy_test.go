package memtier_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"memtier.dev/memtier"
	"memtier.dev/memtier/internal/native"
)

// A policyVector is a policy or an archive rule of the vectors.
type policyVector struct {
	Name, Kind, Action, Tag string
	Condition               json.RawMessage
	Level, Priority         int64
	Enabled                 *bool
}

func (v policyVector) disabled() bool { return v.Enabled != nil && !*v.Enabled }

func (v policyVector) policy() memtier.Policy {
	return memtier.Policy{
		Name: v.Name, Condition: memtier.FilterJSON(v.Condition), Tag: v.Tag,
		Action: memtier.PolicyAction(v.Action), Priority: v.Priority, Disabled: v.disabled(),
	}
}

func (v policyVector) rule() memtier.ArchiveRule {
	return memtier.ArchiveRule{
		Name: v.Name, Kind: v.Kind, Condition: memtier.FilterJSON(v.Condition), Level: v.Level,
		Priority: v.Priority, Disabled: v.disabled(),
	}
}

type policyStep struct {
	Apply   string
	Request struct {
		Names  []string
		DryRun bool `json:"dry_run"`
	}
	Results [][2]any
	Skipped []string
	Tiers   map[string]string
	Gone    []string
	Tagged  map[string][]string
	Error   string
}

func (step policyStep) run(t *testing.T, store *memtier.Store) {
	t.Helper()
	call := store.ApplyPolicies
	if step.Apply != "policies" {
		call = store.ApplyArchiveRules
	}
	applied, err := call(ctx, memtier.Apply{Names: step.Request.Names, DryRun: step.Request.DryRun})
	if step.Error != "" {
		expectContains(t, err.Error(), step.Error)
		return
	}
	check(t, err)
	var results [][2]any
	var skipped []string
	for _, one := range applied {
		results = append(results, [2]any{one.Name, float64(one.Count)})
		if one.Skipped != "" {
			skipped = append(skipped, one.Name)
		}
	}
	expect(t, "results", results, step.Results)
	expect(t, "skipped", skipped, step.Skipped)
	for id, tier := range step.Tiers {
		expect(t, id, refs(t, &store.Memory, memtier.List{Filter: memtier.And(
			memtier.Eq(memtier.FieldID, id), memtier.Eq(memtier.FieldTier, tier))})[0] != nil, true)
	}
	for _, id := range step.Gone {
		expect(t, id, byFilter(t, &store.Memory, memtier.Eq(memtier.FieldID, id)), []string{})
	}
	for tag, ids := range step.Tagged {
		expect(t, tag, byFilter(t, &store.Memory, memtier.Eq(memtier.FieldTags, tag)), ids)
	}
}

func TestPoliciesDoWhatTheVectorsSay(t *testing.T) {
	var file struct {
		Cases []struct {
			Name, Ladder string
			Items        []json.RawMessage
			Policies     []policyVector
			ArchiveRules []policyVector `json:"archive_rules"`
			Listed       []string
			ListedRules  []string `json:"listed_rules"`
			Steps        []policyStep
		}
	}
	loadVectors(t, "policies.json", &file)
	expect(t, "cases", len(file.Cases) >= 3, true)
	for _, one := range file.Cases {
		t.Run(one.Name, func(t *testing.T) {
			var options []memtier.Option
			if one.Ladder == "levels" {
				options = append(options, memtier.WithPreset(memtier.PresetLevels))
			}
			store := openForVectors(t, memtier.InMemory, options...)
			for _, item := range one.Items {
				put(t, &store.Memory, memtier.Draft{JSON: expandRepeats(t, item)})
			}
			for _, policy := range one.Policies {
				check(t, store.PutPolicy(ctx, policy.policy()))
			}
			for _, rule := range one.ArchiveRules {
				check(t, store.PutArchiveRule(ctx, rule.rule()))
			}
			if one.Listed != nil {
				var names []string
				for _, policy := range must[[]memtier.Policy](t)(store.Policies(ctx)) {
					names = append(names, policy.Name)
				}
				expect(t, "policies", names, one.Listed)
			}
			if one.ListedRules != nil {
				var names []string
				for _, rule := range must[[]memtier.ArchiveRule](t)(store.ArchiveRules(ctx)) {
					names = append(names, rule.Name)
				}
				expect(t, "rules", names, one.ListedRules)
			}
			for _, step := range one.Steps {
				step.run(t, store)
			}
		})
	}
}

func TestWrongPoliciesAreRefused(t *testing.T) {
	var file struct {
		Refused []struct {
			What, Error string
			Document    json.RawMessage
		}
	}
	loadVectors(t, "policies.json", &file)
	store := open(t)
	tried := 0
	for _, one := range file.Refused {
		var document policyVector
		var members map[string]any
		check(t, json.Unmarshal(one.Document, &members))
		if json.Unmarshal(one.Document, &document) != nil || members["unknown"] != nil ||
			members["name"] == nil || strings.Contains(one.Error, "is missing") || members["level"] == 0.0 {
			continue // it says what cannot be said here
		}
		var err error
		if one.What == "policy" {
			err = store.PutPolicy(ctx, document.policy())
		} else {
			err = store.PutArchiveRule(ctx, document.rule())
		}
		expectIs(t, err, memtier.ErrInvalid)
		expectContains(t, err.Error(), one.Error)
		tried++
	}
	expect(t, "tried", tried >= 8, true)
}

func TestWhatIsListedCanBePutAgain(t *testing.T) {
	store := open(t)
	policies := must[[]memtier.Policy](t)(store.Policies(ctx))
	for _, policy := range policies {
		check(t, store.PutPolicy(ctx, policy))
	}
	expect(t, "policies", must[[]memtier.Policy](t)(store.Policies(ctx)), policies)
	rules := must[[]memtier.ArchiveRule](t)(store.ArchiveRules(ctx))
	for _, rule := range rules {
		check(t, store.PutArchiveRule(ctx, rule))
	}
	expect(t, "rules", must[[]memtier.ArchiveRule](t)(store.ArchiveRules(ctx)), rules)
	check(t, store.DeletePolicy(ctx, "refresh_important"))
	expectIs(t, store.DeletePolicy(ctx, "refresh_important"), memtier.ErrNotFound)
	check(t, store.DeleteArchiveRule(ctx, "unaccessed_old"))
	expectIs(t, store.DeleteArchiveRule(ctx, "unaccessed_old"), memtier.ErrNotFound)
}

func TestADecideFuncChoosesItems(t *testing.T) {
	before := native.Registered()
	store := open(t)
	put(t, &store.Memory,
		memtier.Draft{ID: "a", Text: "drop this", Type: "note"},
		memtier.Draft{ID: "b", Text: "keep this", Type: "note"},
		memtier.Draft{ID: "c", Text: "drop that", Type: "fact"})
	policy := memtier.Policy{
		Name: "dropper", Condition: memtier.Eq(memtier.FieldType, "note"), Action: memtier.ActionDelete,
	}
	dry := 0
	check(t, store.PutPolicyFunc(ctx, policy, func(items []memtier.Item, dryRun bool) ([]bool, error) {
		chosen := make([]bool, len(items))
		for i, item := range items {
			chosen[i] = strings.HasPrefix(item.Text(), "drop")
		}
		if dryRun {
			dry++
		}
		return chosen, nil
	}))
	expect(t, "held", native.Registered(), before+1)
	one := []memtier.Applied{{Name: "dropper", Action: memtier.ActionDelete, Count: 1}}
	names := []string{"dropper"}
	expect(t, "dry", must[[]memtier.Applied](t)(
		store.ApplyPolicies(ctx, memtier.Apply{Names: names, DryRun: true})), one)
	expect(t, "dry runs", dry, 1)
	expect(t, "left", must[int64](t)(store.Count(ctx, memtier.Filter{})), int64(3))
	expect(t, "done", must[[]memtier.Applied](t)(store.ApplyPolicies(ctx, memtier.Apply{Names: names})), one)
	expect(t, "left", must[int64](t)(store.Count(ctx, memtier.Filter{})), int64(2))
	expectIs(t, store.PutPolicy(ctx, policy), memtier.ErrExists)
	check(t, store.DeletePolicy(ctx, "dropper"))
	expect(t, "held", native.Registered(), before)
	expectIs(t, store.PutPolicyFunc(ctx, policy, nil), memtier.ErrInvalid)

	fails := func(decide memtier.DecideFunc) error {
		check(t, store.PutPolicyFunc(ctx, memtier.Policy{Name: "fails"}, decide))
		_, err := store.ApplyPolicies(ctx, memtier.Apply{Names: []string{"fails"}})
		expectIs(t, err, memtier.ErrCallback)
		return err
	}
	expectIs(t, fails(func([]memtier.Item, bool) ([]bool, error) { return nil, errBroken }), errBroken)
	expectIs(t, fails(func([]memtier.Item, bool) ([]bool, error) { panic(errBroken) }), errBroken)
	expectIs(t, fails(func([]memtier.Item, bool) ([]bool, error) {
		_, err := store.Get(ctx, "c")
		return nil, err
	}), memtier.ErrReentrant)
	var e *memtier.Error
	err := fails(func([]memtier.Item, bool) ([]bool, error) { return []bool{}, nil })
	expect(t, "cause", errors.As(err, &e) && e.Cause != nil, true)
	check(t, store.Close())
	expect(t, "held", native.Registered(), before)
}
