package memtier_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"testing"

	"memtier.dev/memtier"
)

// vectors are where the files of tests/conformance lie, seen from this folder.
const vectors = "../../tests/conformance"

// A vector is a case or an item of the files. Documents are kept as they are written: parsing them
// would lose 64-bit numbers.
type vector struct {
	source  json.RawMessage
	members map[string]json.RawMessage
}

func (v *vector) UnmarshalJSON(source []byte) error {
	v.source = append(json.RawMessage(nil), source...)
	return json.Unmarshal(source, &v.members)
}

func (v vector) has(key string) bool { return v.members[key] != nil }

func (v vector) decode(t *testing.T, key string, target any) {
	t.Helper()
	if v.has(key) {
		check(t, json.Unmarshal(expandRepeats(t, v.members[key]), target))
	}
}

func (v vector) text(t *testing.T, key string) (text string) {
	v.decode(t, key, &text)
	return text
}

func (v vector) scope(t *testing.T, key string) memtier.Scope {
	t.Helper()
	var names map[string]string
	v.decode(t, key, &names)
	return memtier.Scope{
		App: names["app"], User: names["user"], Agent: names["agent"], Session: names["session"],
		Collection: names["collection"],
	}
}

// document is the document of a case: a member, or "text", or what "build" says.
func (v vector) document(t *testing.T, key string) json.RawMessage {
	t.Helper()
	if v.has("text") {
		return json.RawMessage(v.text(t, "text"))
	}
	if !v.has("build") {
		return expandRepeats(t, v.members[key])
	}
	var build struct {
		Before, Open, Middle, Close, After string
		Count                              int
	}
	v.decode(t, "build", &build)
	return json.RawMessage(build.Before + strings.Repeat(build.Open, build.Count) + build.Middle +
		strings.Repeat(build.Close, build.Count) + build.After)
}

func (v vector) run(t *testing.T, test func(t *testing.T)) {
	label := string(v.source)
	if len(label) > 100 {
		label = label[:100]
	}
	t.Run(label, test)
}

// expandRepeats writes out {"repeat": "x", "count": n}.
func expandRepeats(t *testing.T, source json.RawMessage) json.RawMessage {
	t.Helper()
	begin := bytes.Index(source, []byte(`{"repeat":`))
	if begin < 0 {
		return source
	}
	decoder := json.NewDecoder(bytes.NewReader(source[begin:]))
	var macro struct {
		Repeat string
		Count  int
	}
	check(t, decoder.Decode(&macro))
	text := must[[]byte](t)(json.Marshal(strings.Repeat(macro.Repeat, macro.Count)))
	rest := expandRepeats(t, source[begin+int(decoder.InputOffset()):])
	return append(append(append(json.RawMessage(nil), source[:begin]...), text...), rest...)
}

func loadVectors(t *testing.T, file string, target any) {
	t.Helper()
	needSources(t)
	check(t, json.Unmarshal(must[[]byte](t)(os.ReadFile(filepath.Join(vectors, file))), target))
}

func openForVectors(t *testing.T, path string, options ...memtier.Option) *memtier.Store {
	t.Helper()
	return openAt(t, path, append(options, memtier.WithClock(&manualClock{now: noon}))...)
}

func sorted(texts []string) []string {
	texts = append([]string{}, texts...)
	sort.Strings(texts)
	return texts
}

func TestFiltersOfTheVectors(t *testing.T) {
	var file struct{ Items, Cases []vector }
	loadVectors(t, "filters.json", &file)
	store := openForVectors(t, memtier.InMemory)
	for _, item := range file.Items {
		must[memtier.Item](t)(store.In(item.scopeOfItself(t)).Put(ctx, memtier.Draft{JSON: item.source}))
	}
	seen := 0
	for _, c := range file.Cases {
		c := c
		c.run(t, func(t *testing.T) {
			filter := memtier.FilterJSON(c.document(t, "filter"))
			memory := store.In(c.scope(t, "scope"))
			if c.has("error") {
				_, err := memory.Count(ctx, filter)
				expectIs(t, err, memtier.ErrInvalid)
				expectContains(t, err.Error(), c.text(t, "error"))
				return
			}
			var matches []string
			c.decode(t, "matches", &matches)
			expect(t, "count", must[int64](t)(memory.Count(ctx, filter)), int64(len(matches)))
			expect(t, "list", sorted(ids(listed(t, memory, memtier.List{Filter: filter}))), sorted(matches))
			expect(t, "single", sorted(matchedOneByOne(t, memory, filter)), sorted(matches))
		})
		seen++
	}
	if seen < 200 {
		t.Errorf("only %d cases: the file has hundreds", seen)
	}
}

func (v vector) scopeOfItself(t *testing.T) memtier.Scope {
	return memtier.Scope{
		App: v.text(t, "app"), User: v.text(t, "user"), Agent: v.text(t, "agent"),
		Session: v.text(t, "session"), Collection: v.text(t, "collection"),
	}
}

// refs are references to what a list finds, without a read.
func refs(t *testing.T, memory *memtier.Memory, list memtier.List) []*memtier.Ref {
	t.Helper()
	cursor := must[*memtier.Cursor](t)(memory.List(ctx, list))
	defer cursor.Close()
	var all []*memtier.Ref
	for {
		page, err := cursor.NextRefs(ctx, 7)
		if err == io.EOF {
			return all
		}
		check(t, err)
		all = append(all, page...)
	}
}

// matchedOneByOne asks each item that a scope sees.
func matchedOneByOne(t *testing.T, memory *memtier.Memory, filter memtier.Filter) []string {
	t.Helper()
	matched := []string{}
	for _, ref := range refs(t, memory, memtier.List{}) {
		item := must[memtier.Item](t)(ref.Item())
		matches := must[bool](t)(ref.Matches(filter))
		expect(t, "the copy matches", must[bool](t)(item.Matches(filter)), matches)
		if matches {
			matched = append(matched, item.ID())
		}
		check(t, ref.Close())
	}
	return matched
}

func expectContains(t testing.TB, text, part string) {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Errorf("%.300q does not contain %q", text, part)
	}
}

// parsed is a document for comparison by value, with its numbers as they are written.
func parsed(t *testing.T, document []byte) map[string]any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	var members map[string]any
	check(t, decoder.Decode(&members))
	for key, member := range members {
		if number, ok := member.(json.Number); ok {
			if value, err := number.Float64(); err == nil && key == "importance" {
				members[key] = value
			}
		}
	}
	return members
}

func TestItemsOfTheVectors(t *testing.T) {
	var file struct{ Cases []vector }
	loadVectors(t, "items.json", &file)
	path := filepath.Join(t.TempDir(), "items.mem")
	store := openForVectors(t, path)
	written := map[string]json.RawMessage{}
	key := func(item memtier.Item) string { return item.ID() + "/" + item.Scope().User }
	for _, c := range file.Cases {
		c := c
		c.run(t, func(t *testing.T) {
			document := expandRepeats(t, c.members["put"])
			memory := store.In(c.scope(t, "scope"))
			item := must[memtier.Item](t)(memory.Put(ctx, memtier.Draft{JSON: document}))
			only := memtier.List{Filter: memtier.Eq(memtier.FieldChangeSequence, item.ChangeSequence())}
			ref := refs(t, store.In(item.Scope()), only)[0]
			defer ref.Close()
			own := must[json.RawMessage](t)(ref.JSON())
			expectRead(t, c, document, item)
			marshalled := must[[]byte](t)(item.MarshalJSON())
			if !bytes.Equal(marshalled, own) {
				t.Errorf("the reference's document is %.500s, and the copy's %.500s", own, marshalled)
			}
			written[key(item)] = marshalled
		})
	}
	expect(t, "items", len(written), len(file.Cases))
	expectSame := func(store *memtier.Store) []byte {
		all := store.In(memtier.Scope{Collection: memtier.AllCollections})
		items := listed(t, all, memtier.List{})
		expect(t, "items", len(items), len(file.Cases))
		for _, item := range items {
			if got := must[[]byte](t)(item.MarshalJSON()); !bytes.Equal(got, written[key(item)]) {
				t.Errorf("%.100s reads %.500s, was %.500s", key(item), got, written[key(item)])
			}
		}
		var exported bytes.Buffer
		must[int64](t)(all.Export(ctx, &exported, memtier.Filter{}))
		return exported.Bytes()
	}
	check(t, store.Close())
	exported := expectSame(openForVectors(t, path))
	other := openForVectors(t, filepath.Join(t.TempDir(), "other.mem"))
	must[memtier.ImportStatistics](t)(other.Import(ctx, bytes.NewReader(exported), memtier.ImportOptions{}))
	expect(t, "exported again", bytes.Equal(expectSame(other), exported), true)
}

func expectRead(t *testing.T, c vector, put json.RawMessage, item memtier.Item) {
	t.Helper()
	read := put
	if c.has("read") {
		read = expandRepeats(t, c.members["read"])
	}
	actual := parsed(t, must[[]byte](t)(item.MarshalJSON()))
	for key, value := range parsed(t, read) {
		if !reflect.DeepEqual(actual[key], value) {
			t.Errorf("%s is %.200v, want %.200v", key, actual[key], value)
		}
	}
	var absent []string
	c.decode(t, "absent", &absent)
	for _, key := range absent {
		expect(t, key, actual[key], nil)
	}
	var members map[string]json.RawMessage
	check(t, json.Unmarshal(put, &members))
	if string(item.Metadata()) != string(members["metadata"]) {
		t.Errorf("metadata are %.300s, want %.300s", item.Metadata(), members["metadata"])
	}
}

func TestErrorsOfTheVectors(t *testing.T) {
	var file struct{ Cases []vector }
	loadVectors(t, "errors.json", &file)
	statuses := map[string]memtier.Status{
		"MEMTIER_INVALID": memtier.ErrInvalid, "MEMTIER_MALFORMED": memtier.ErrMalformed,
		"MEMTIER_NOT_FOUND": memtier.ErrNotFound,
	}
	store := openForVectors(t, memtier.InMemory)
	for _, c := range file.Cases {
		c := c
		c.run(t, func(t *testing.T) {
			kind := c.text(t, "kind")
			want := memtier.ErrInvalid
			if kind == "line" {
				want = memtier.ErrMalformed
			}
			if c.has("status") {
				want = statuses[c.text(t, "status")]
			}
			err := give(store, kind, c.document(t, "document"))
			expectIs(t, err, want)
			expectContains(t, err.Error(), c.text(t, "error"))
			if kind == "line" {
				expectContains(t, err.Error(), "line 1")
			}
		})
	}
}

// give hands a document to the call that it is for.
func give(store *memtier.Store, kind string, document json.RawMessage) error {
	if document == nil {
		document = json.RawMessage{}
	}
	var err error
	switch kind {
	case "item":
		_, err = store.Put(ctx, memtier.Draft{JSON: document})
	case "list":
		_, err = store.List(ctx, memtier.List{JSON: document})
	case "query":
		_, err = memtier.Compile(memtier.Query{JSON: document})
	case "ladder":
		_, err = memtier.Open(ctx, memtier.InMemory, memtier.WithLadder(memtier.Ladder{JSON: document}))
	case "line":
		_, err = store.Import(ctx, bytes.NewReader(document), memtier.ImportOptions{})
	case "import":
		_, err = store.Import(ctx, strings.NewReader(""), memtier.ImportOptions{JSON: document})
	default:
		err = errors.New("the kind " + kind + " is not known")
	}
	return err
}

func TestSearchesOfTheVectors(t *testing.T) {
	var file struct{ Corpora []vector }
	loadVectors(t, "search.json", &file)
	for _, corpus := range file.Corpora {
		corpus := corpus
		t.Run(corpus.text(t, "name"), func(t *testing.T) {
			tokenizer := memtier.Tokenizer(corpus.text(t, "tokenizer"))
			store := openForVectors(t, memtier.InMemory, memtier.WithTokenizer(tokenizer))
			var items, cases []vector
			corpus.decode(t, "items", &items)
			corpus.decode(t, "cases", &cases)
			for _, item := range items {
				memory := store.In(item.scopeOfItself(t))
				must[memtier.Item](t)(memory.Put(ctx, memtier.Draft{JSON: item.source}))
			}
			if corpus.has("spaces") {
				putVectors(t, store, corpus)
			}
			var feedback []memtier.Feedback
			corpus.decode(t, "feedback", &feedback)
			check(t, store.AddFeedback(ctx, feedback...))
			for _, c := range cases {
				c := c
				c.run(t, func(t *testing.T) { searchVector(t, store.In(c.scope(t, "scope")), c) })
			}
		})
	}
}

func putVectors(t *testing.T, store *memtier.Store, corpus vector) {
	var spaces []memtier.Space
	var puts []struct {
		Space, ID string
		Vector    []float32
	}
	corpus.decode(t, "spaces", &spaces)
	corpus.decode(t, "vectors", &puts)
	for _, space := range spaces {
		check(t, store.CreateSpace(ctx, space))
	}
	for _, put := range puts {
		check(t, store.PutVector(ctx, put.Space, put.ID, put.Vector))
	}
}

func searchVector(t *testing.T, memory *memtier.Memory, c vector) {
	query := memtier.Query{JSON: c.document(t, "query")}
	hits := must[[]memtier.Hit](t)(memory.Search(ctx, query))
	found := []string{}
	for _, hit := range hits {
		found = append(found, hit.ID())
	}
	var want []string
	if c.has("ids") {
		c.decode(t, "ids", &want)
	} else {
		c.decode(t, "any_order", &want)
		found, want = sorted(found), sorted(want)
	}
	want = append([]string{}, want...)
	if c.has("open") {
		expect(t, "works now: remove \"open\"", reflect.DeepEqual(found, want), false)
		return
	}
	expect(t, "found", found, want)
	if c.has("snippet") && len(hits) > 0 {
		expectContains(t, hits[0].Snippet(), c.text(t, "snippet"))
	}
}
