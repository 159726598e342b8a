package native

import (
	"encoding/binary"
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

const content = "tea \U0001F375 and a NUL\x00 inside"

// must fails the test with the message of the error object.
func must(t testing.TB, status int32, failure uintptr) {
	t.Helper()
	if status != MEMTIER_OK {
		t.Fatalf("%s: %s", StatusName(status), ErrorMessage(failure))
	}
}

type fixture struct {
	store, builder uintptr
	now            int64
}

// open makes a store in a file whose clock is f.now.
func open(t testing.TB) *fixture {
	t.Helper()
	f := &fixture{now: 1_700_000_000_000_000}
	var options, failure uintptr
	must(t, OptionsCreate(&options, &failure), failure)
	must(t, OptionsSetInt64(options, MEMTIER_OPTION_BACKGROUND, 0, &failure), failure)
	clock := Register(Clock(func() (int64, error) { return f.now, nil }))
	must(t, OptionsSetClock(options, clock, &failure), failure)
	store := uintptr(0)
	path := filepath.Join(t.TempDir(), "smoke.mem")
	must(t, StoreOpen(path, options, &store, &failure), failure)
	OptionsDestroy(options)
	f.store = store
	builder := uintptr(0)
	must(t, ItemBuilderCreate(&builder, &failure), failure)
	f.builder = builder
	t.Cleanup(func() {
		ItemBuilderDestroy(f.builder)
		must(t, StoreClose(f.store, &failure), failure)
		if n := Registered(); n != 0 {
			t.Errorf("%d callbacks were never let go", n)
		}
	})
	return f
}

func (f *fixture) put(t testing.TB, id, text string) {
	t.Helper()
	var failure uintptr
	must(t, ItemBuilderSetText(f.builder, MEMTIER_FIELD_ID, id, &failure), failure)
	must(t, ItemBuilderSetBytes(f.builder, MEMTIER_FIELD_CONTENT, []byte(text), &failure), failure)
	must(t, ItemPut(f.store, 0, f.builder, MEMTIER_PUT_REPLACE, 0, nil, &failure), failure)
}

func imageText(image []byte, text int) string {
	header := int(binary.LittleEndian.Uint16(image[10:]))
	end := func(i int) int { return header + int(binary.LittleEndian.Uint32(image[120+4*i:])) }
	return string(image[end(text-1):end(text)])
}

func TestGetReturnsTheWholeItemInOneCall(t *testing.T) {
	f := open(t)
	f.put(t, "a\u00e9\U0001F375", content)
	buffer := make([]byte, 4096)
	status, size, failure := GetInto(f.store, 0, "a\u00e9\U0001F375", buffer)
	must(t, status, failure)
	if got := imageText(buffer[:size], 10); got != content {
		t.Errorf("content %q", got)
	}
	if created := int64(binary.LittleEndian.Uint64(buffer[32:])); created != f.now {
		t.Errorf("created %d, but the clock says %d", created, f.now)
	}
	var needed int64
	if s := ItemGetInto(f.store, 0, "a\u00e9\U0001F375", buffer[:8], &needed, &failure); s != MEMTIER_TOO_SMALL {
		t.Errorf("status %d", s)
	}
	ErrorDestroy(failure)
	if needed != int64(size) {
		t.Errorf("%d bytes are needed, not %d", needed, size)
	}
}

func TestABufferInsideAStructWithPointersIsAllowed(t *testing.T) {
	f := open(t)
	f.put(t, "a", content)
	holder := &struct {
		name   *string
		buffer [1024]byte
	}{name: new(string)}
	status, _, failure := GetInto(f.store, 0, "a", holder.buffer[:])
	must(t, status, failure)
}

func TestManyListSearchAndStatistics(t *testing.T) {
	f := open(t)
	f.put(t, "a", "green tea")
	f.put(t, "b", "black coffee")
	var items, cursor, hits, failure, bytes uintptr
	must(t, ItemGetMany(f.store, 0, "abx", []int64{1, 2, 3}, nil, &items, &failure), failure)
	var status int32
	must(t, ItemsReadStatus(items, 2, &status, nil, &failure), failure)
	if ItemsCount(items) != 3 || status != MEMTIER_NOT_FOUND {
		t.Errorf("count %d, status %d", ItemsCount(items), status)
	}
	var size, count int64
	buffer := make([]byte, 4096)
	must(t, ItemsCopyImages(items, 0, buffer, &size, &count, &failure), failure)
	if count != 3 || imageText(buffer, 10) != "green tea" {
		t.Errorf("%d images", count)
	}
	ItemsDestroy(items)
	must(t, ItemList(f.store, 0, `{"order_by": "id", "descending": false}`, &cursor, &failure), failure)
	must(t, CursorNext(cursor, 10, nil, &items, &failure), failure)
	var item uintptr
	var id Slice
	must(t, ItemsGet(items, 1, &item, &failure), failure)
	must(t, ItemReadText(item, MEMTIER_FIELD_ID, &id, &failure), failure)
	if id.Text() != "b" {
		t.Errorf("id %q", id.Text())
	}
	ItemDestroy(item)
	ItemsDestroy(items)
	CursorDestroy(cursor)
	must(t, StoreSearch(f.store, 0, `{"text": "tea"}`, nil, &hits, &failure), failure)
	var scores *float64
	must(t, HitsColumnDouble(hits, MEMTIER_FIELD_SCORE, &scores, &failure), failure)
	if s := Float64s(scores, HitsCount(hits)); len(s) != 1 || s[0] <= 0 {
		t.Errorf("scores %v", s)
	}
	HitsDestroy(hits)
	statistics, tier := NewStoreStatistics(), NewTierStatistics()
	must(t, StoreGetStatistics(f.store, statistics, &failure), failure)
	must(t, TierGetStatistics(f.store, 0, tier, &failure), failure)
	if statistics.GetItemCount() != 2 || tier.GetName() != "working" {
		t.Errorf("%d items, first tier %q", statistics.GetItemCount(), tier.GetName())
	}
	DeleteStoreStatistics(statistics)
	DeleteTierStatistics(tier)
	must(t, StoreGetLadder(f.store, &bytes, &failure), failure)
	if ladder := string(BytesData(bytes)); !strings.Contains(ladder, `"working"`) {
		t.Errorf("ladder %s", ladder)
	}
	BytesDestroy(bytes)
}

func TestAnErrorHasItsMessageAndACallbackItsCause(t *testing.T) {
	f := open(t)
	f.put(t, "a", content)
	var count int64
	var failure uintptr
	if s := ItemCount(f.store, 0, `{"colour": 1}`, nil, &count, &failure); s != MEMTIER_INVALID {
		t.Errorf("status %d", s)
	}
	if m := ErrorMessage(failure); !strings.Contains(m, "colour") || ErrorCode(failure) != MEMTIER_INVALID {
		t.Errorf("message %q", m)
	}
	ErrorDestroy(failure)

	broken := errors.New("the disk of the writer is full")
	writer := Register(Write(func([]byte) error { return broken }))
	status := StoreExport(f.store, 0, "", writer, nil, &count, &failure)
	if cause := TakeFailure(ErrorCallbackCode(failure)); status != MEMTIER_CALLBACK || cause != broken {
		t.Errorf("status %d, cause %v", status, cause)
	}
	ErrorDestroy(failure)
	writer = Register(Write(func([]byte) error { panic("oops") }))
	status = StoreExport(f.store, 0, "", writer, nil, &count, &failure)
	if cause := TakeFailure(ErrorCallbackCode(failure)); status != MEMTIER_CALLBACK || cause == nil {
		t.Errorf("status %d, cause %v", status, cause)
	}
	ErrorDestroy(failure)
}

func TestExportImportAndAProgressThatCancels(t *testing.T) {
	f := open(t)
	f.put(t, "a", content)
	var exported []byte
	var count int64
	var failure uintptr
	writer := Register(Write(func(data []byte) error { exported = append(exported, data...); return nil }))
	must(t, StoreExport(f.store, 0, "", writer, nil, &count, &failure), failure)
	reader := Register(Read(func(buffer []byte) (int, error) {
		n := copy(buffer, exported)
		exported = exported[n:]
		return n, nil
	}))
	statistics := NewImportStatistics()
	defer DeleteImportStatistics(statistics)
	must(t, StoreImport(f.store, 0, "", reader, nil, statistics, &failure), failure)
	if count != 1 || statistics.GetReplaced() != 1 {
		t.Errorf("%d exported, %d replaced", count, statistics.GetReplaced())
	}
	stop := Progress(func(done, total int64) (int32, error) { return MEMTIER_CALLBACK_CANCEL, nil })
	control := &Control{Progress: Register(stop)}
	if s := StoreSweep(f.store, control, &count, &failure); s != MEMTIER_CANCELLED {
		t.Errorf("status %d", s)
	}
	ErrorDestroy(failure)
}

func TestTheEvictionCallbackDecides(t *testing.T) {
	var options, store, builder, failure uintptr
	must(t, OptionsCreate(&options, &failure), failure)
	ladder := `{"tiers": [{"name": "only", "medium": "ram", "capacity_items": 2}]}`
	must(t, OptionsSetText(options, MEMTIER_OPTION_LADDER, ladder, &failure), failure)
	score := Register(Score(func(candidates uintptr, scores []float64) (int32, error) {
		var ids *Slice
		var failure uintptr
		if s := CandidatesColumnText(candidates, MEMTIER_FIELD_ID, &ids, &failure); s != MEMTIER_OK {
			return 0, errors.New(ErrorMessage(failure))
		}
		for i, id := range Texts(ids, CandidatesCount(candidates)) {
			scores[i] = 1
			if id == "1" {
				scores[i] = 0
			}
		}
		return MEMTIER_CALLBACK_OK, nil
	}))
	must(t, OptionsSetEviction(options, score, &failure), failure)
	var lines []string
	log := Register(LogLine(func(level int32, m string) error { lines = append(lines, m); return nil }))
	must(t, OptionsSetLog(options, &Log{Callback: log, Level: MEMTIER_LOG_DEBUG}, &failure), failure)
	must(t, OptionsSetInt64(options, MEMTIER_OPTION_BACKGROUND, 0, &failure), failure)
	must(t, StoreOpen(":memory:", options, &store, &failure), failure)
	must(t, ItemBuilderCreate(&builder, &failure), failure)
	f := fixture{store: store, builder: builder}
	for _, id := range []string{"0", "1", "2"} {
		f.put(t, id, id)
	}
	for id, want := range map[string]int32{"0": 1, "1": 0, "2": 1} {
		var there int32
		must(t, ItemExists(store, 0, id, &there, &failure), failure)
		if there != want {
			t.Errorf("item %s: %d", id, there)
		}
	}
	ItemBuilderDestroy(builder)
	OptionsDestroy(options)
	must(t, StoreClose(store, &failure), failure)
	if n := Registered(); n != 0 {
		t.Errorf("%d callbacks were never let go", n)
	}
}

func BenchmarkGetResident(b *testing.B) {
	var store, builder, failure uintptr
	must(b, StoreOpen(":memory:", 0, &store, &failure), failure)
	must(b, ItemBuilderCreate(&builder, &failure), failure)
	f := fixture{store: store, builder: builder}
	f.put(b, "resident", strings.Repeat("x", 100))
	buffer := make([]byte, 4096)
	b.Run("hot", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; i < b.N; i++ {
			GetInto(store, 0, "resident", buffer)
		}
	})
	b.Run("generated", func(b *testing.B) {
		b.ReportAllocs()
		var size int64
		for i := 0; i < b.N; i++ {
			ItemGetInto(store, 0, "resident", buffer, &size, &failure)
		}
	})
	ItemBuilderDestroy(builder)
	StoreClose(store, &failure)
}
