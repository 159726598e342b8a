package memtier_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"memtier.dev/memtier"
)

// errOwn is what callbacks of the vectors fail with.
var errOwn = errors.New("a failure of the test's own")

// keys are an object of the vectors. What is read of it is ticked off: a key that nobody read is one
// that this runner does not know.
type keys struct {
	vector
	read map[string]bool
}

func (k *keys) has(key string) bool {
	if k.read == nil {
		k.read = map[string]bool{}
	}
	k.read[key] = true
	return k.vector.has(key)
}

func value[T any](t *testing.T, k *keys, key string, fallback T) T {
	t.Helper()
	if k.has(key) {
		var given T
		k.decode(t, key, &given)
		return given
	}
	return fallback
}

func (k *keys) text(t *testing.T, key string) string { return value(t, k, key, "") }

func (k *keys) raw(t *testing.T, key string) json.RawMessage {
	k.has(key)
	return expandRepeats(t, k.members[key])
}

func (k *keys) finish(t *testing.T) {
	t.Helper()
	for key := range k.members {
		if !k.read[key] {
			t.Errorf("%q is not known", key)
		}
	}
}

// A machine runs the steps of one case: its stores, their clock, and what one step leaves to the next.
type machine struct {
	*testing.T
	folder   string
	file     bool
	ladder   json.RawMessage
	options  []memtier.Option
	stores   map[string]*memtier.Store
	now      time.Time
	clock    func() error // what the clock does beside telling the time
	exported []byte
	token    string

	// Of the step that is run.
	step   *keys
	name   string
	store  *memtier.Store
	memory *memtier.Memory
	ctx    context.Context
}

func newMachine(t *testing.T, test *keys) *machine {
	m := &machine{
		T: t, folder: t.TempDir(), file: value(t, test, "file", false), ladder: test.raw(t, "ladder"),
		stores: map[string]*memtier.Store{}, now: noon,
	}
	options := value(t, test, "options", keys{})
	switch order := options.text(t, "eviction_order"); order {
	case "":
	case "lru":
		m.options = append(m.options, memtier.WithEvictionOrder(memtier.EvictionLRU))
	case "lfu":
		m.options = append(m.options, memtier.WithEvictionOrder(memtier.EvictionLFU))
	case "expiry":
		m.options = append(m.options, memtier.WithEvictionOrder(memtier.EvictionExpiry))
	case "priority":
		m.options = append(m.options, memtier.WithEvictionOrder(memtier.EvictionPriority))
	default:
		t.Fatalf("%q is not known", order)
	}
	if value(t, &options, "ttl_refresh_on_read", false) {
		m.options = append(m.options, memtier.WithTTLRefreshOnRead(true))
	}
	options.finish(t)
	return m
}

func (m *machine) tellTime() (time.Time, error) {
	if m.clock != nil {
		if err := m.clock(); err != nil {
			return time.Time{}, err
		}
	}
	return m.now, nil
}

// run runs one step.
func (m *machine) run(step *keys) {
	m.step, m.ctx, m.clock = step, ctx, nil
	m.name = value(m.T, step, "store", "main")
	step.has("about")
	want := value(m.T, step, "status", "MEMTIER_OK")
	words := step.text(m.T, "error")
	m.prepare()
	inside := m.prepareClock()
	action, known := actions[step.text(m.T, "do")]
	if !known {
		m.Fatal("this step is not known")
	}
	err := action(m)
	if m.clock = nil; inside != nil {
		inside()
	}
	expect(m, "status", m.statusOf(err), want)
	if words != "" && err != nil {
		expectContains(m, err.Error(), words)
	}
	step.finish(m.T)
}

func (m *machine) prepare() {
	if m.stores[m.name] == nil {
		check(m, m.open(m.path(), m.ladder, "", true))
	}
	m.store = m.stores[m.name]
	m.memory = &m.store.Memory
	if m.step.has("scope") {
		m.memory = m.store.In(m.step.scope(m.T, "scope"))
	}
	if value(m.T, m.step, "cancel", false) {
		cancelled, cancel := context.WithCancel(ctx)
		cancel()
		m.ctx = cancelled
	}
	switch progress := m.step.text(m.T, "progress"); progress {
	case "":
	case "fails":
		m.ctx = memtier.WithProgress(m.ctx, func(int64, int64) error { return errOwn })
	default:
		m.Fatalf("progress: %q is not known", progress)
	}
}

// prepareClock returns what is to be looked at after the step.
func (m *machine) prepareClock() func() {
	switch want := m.step.text(m.T, "clock"); want {
	case "":
		return nil
	case "fails":
		m.clock = func() error { return errOwn }
		return nil
	default:
		got := "no call"
		m.clock = func() error {
			_, err := m.store.Exists(ctx, "x")
			got = m.statusOf(err)
			return nil
		}
		return func() { expect(m, "inside the clock", got, want) }
	}
}

// statusOf is the name of an error's status; the error must be what this language promises.
func (m *machine) statusOf(err error) string {
	m.Helper()
	if err == nil {
		return memtier.OK.Name()
	}
	var e *memtier.Error
	if !errors.As(err, &e) || e.Message == "" || !errors.Is(err, e.Code) {
		m.Fatalf("%v is no *memtier.Error with a status and a message", err)
	}
	expect(m, "is a failure of a callback", errors.Is(err, errOwn), e.Code == memtier.ErrCallback)
	expect(m, "has been cancelled", errors.Is(err, context.Canceled), e.Code == memtier.ErrCancelled)
	return e.Code.Name()
}

func (m *machine) path() string {
	if m.file {
		return filepath.Join(m.folder, m.name+".mem")
	}
	return memtier.InMemory
}

func (m *machine) open(path string, ladder json.RawMessage, tokenizer string, create bool) error {
	options := append([]memtier.Option{
		memtier.WithClockFunc(m.tellTime), memtier.WithTokenizer(memtier.Tokenizer(tokenizer)),
		memtier.WithCreate(create),
	}, m.options...)
	var preset memtier.Preset
	if json.Unmarshal(ladder, &preset) == nil {
		options = append(options, memtier.WithPreset(preset))
	} else if ladder != nil {
		options = append(options, memtier.WithLadder(memtier.Ladder{JSON: ladder}))
	}
	store, err := memtier.Open(ctx, path, options...)
	if err == nil {
		m.stores[m.name] = store
		m.Cleanup(func() { store.Close() })
	}
	return err
}

func microseconds(us int64) time.Duration {
	if us < 0 {
		return memtier.NoTTL
	}
	return time.Duration(us) * time.Microsecond
}

// draft is an item document as a typed draft.
func (m *machine) draft(source json.RawMessage) memtier.Draft {
	var k keys
	check(m, json.Unmarshal(source, &k))
	draft := memtier.Draft{
		ID: k.text(m.T, "id"), Type: k.text(m.T, "type"), Text: k.text(m.T, "content"),
		ContentType: k.text(m.T, "content_type"), Tags: value(m.T, &k, "tags", []string(nil)),
		Tier: k.text(m.T, "tier"), Importance: value(m.T, &k, "importance", (*float64)(nil)),
		Priority: value(m.T, &k, "priority", int64(0)), Pinned: value(m.T, &k, "pinned", false),
		TTL:             microseconds(value(m.T, &k, "ttl_us", int64(0))),
		AccessCount:     value(m.T, &k, "access_count", int64(0)),
		ValidationCount: value(m.T, &k, "validation_count", int64(0)),
	}
	if k.has("metadata") {
		draft.Metadata = k.raw(m.T, "metadata")
	}
	if k.has("expires_us") {
		draft.Expires = time.UnixMicro(value(m.T, &k, "expires_us", int64(0)))
	}
	if k.has("created_us") {
		draft.Created = time.UnixMicro(value(m.T, &k, "created_us", int64(0)))
	}
	k.finish(m.T)
	return draft
}

// changes are "set", "add_tags", "remove_tags", "version" and "durability".
func (m *machine) changes() []memtier.Change {
	set := value(m.T, m.step, "set", keys{})
	var changes []memtier.Change
	add := func(key string, change func() memtier.Change) {
		if set.has(key) {
			changes = append(changes, change())
		}
	}
	add("content", func() memtier.Change { return memtier.SetText(set.text(m.T, "content")) })
	add("type", func() memtier.Change { return memtier.SetType(set.text(m.T, "type")) })
	add("tier", func() memtier.Change { return memtier.SetTier(set.text(m.T, "tier")) })
	add("metadata", func() memtier.Change { return memtier.SetMetadata(set.raw(m.T, "metadata")) })
	add("importance", func() memtier.Change { return memtier.SetImportance(value(m.T, &set, "importance", 0.0)) })
	add("priority", func() memtier.Change { return memtier.SetPriority(value(m.T, &set, "priority", int64(0))) })
	add("pinned", func() memtier.Change { return memtier.SetPinned(value(m.T, &set, "pinned", false)) })
	add("ttl_us", func() memtier.Change { return memtier.SetTTL(microseconds(value(m.T, &set, "ttl_us", int64(0)))) })
	set.finish(m.T)
	return append(changes, memtier.AddTags(value(m.T, m.step, "add_tags", []string(nil))...),
		memtier.RemoveTags(value(m.T, m.step, "remove_tags", []string(nil))...),
		m.version(), m.durability())
}

func (m *machine) version() memtier.IfVersion {
	return memtier.IfVersion(value(m.T, m.step, "version", int64(0)))
}

func (m *machine) durability() memtier.Durability {
	durability, known := map[string]memtier.Durability{
		"default": memtier.DurabilityDefault, "relaxed": memtier.DurabilityRelaxed,
		"normal": memtier.DurabilityNormal, "full": memtier.DurabilityFull,
	}[value(m.T, m.step, "durability", "default")]
	expect(m, "durability is known", known, true)
	return durability
}

func (m *machine) mode() memtier.PutMode {
	mode, known := map[string]memtier.PutMode{
		"replace": memtier.PutReplace, "create": memtier.PutCreate, "update": memtier.PutUpdate,
	}[value(m.T, m.step, "mode", "replace")]
	expect(m, "mode is known", known, true)
	return mode
}

func (m *machine) filter() memtier.Filter {
	if m.step.has("filter") {
		return memtier.FilterJSON(m.step.raw(m.T, "filter"))
	}
	return memtier.Filter{}
}

// expectItem looks at "gives" and "absent".
func (m *machine) expectItem(item memtier.Item, err error) error {
	m.Helper()
	if err != nil {
		return err
	}
	actual := parsed(m.T, must[[]byte](m)(item.MarshalJSON()))
	if m.step.has("gives") {
		gives := m.step.raw(m.T, "gives")
		for key, value := range parsed(m.T, gives) {
			if key == "metadata" {
				var members map[string]json.RawMessage
				check(m, json.Unmarshal(gives, &members))
				expect(m, key, string(item.Metadata()), string(members[key]))
			} else {
				expect(m, key, actual[key], value)
			}
		}
	}
	for _, key := range value(m.T, m.step, "absent", []string(nil)) {
		expect(m, key, actual[key], nil)
	}
	return nil
}

// expectResult looks at a result where the call went well.
func expectResult[T any](m *machine, key string, actual T, err error) error {
	m.Helper()
	if err == nil && m.step.has(key) {
		var none T
		expect(m, key, actual, value(m.T, m.step, key, none))
	}
	return err
}

// expectNumbers looks at those of the numbers that the step names.
func (m *machine) expectNumbers(key string, actual map[string]int64, err error) error {
	m.Helper()
	if err != nil {
		return err
	}
	for name, want := range value(m.T, m.step, key, map[string]int64(nil)) {
		got, known := actual[name]
		expect(m, name, []any{got, known}, []any{want, true})
	}
	return nil
}
