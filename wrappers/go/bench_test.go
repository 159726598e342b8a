package memtier_test

import (
	"context"
	"strings"
	"testing"

	"memtier.dev/memtier"
)

func benchmarkStore(b *testing.B) *memtier.Store {
	store := open(b)
	draft := memtier.Draft{ID: "resident", Text: strings.Repeat("x", 100)}
	must[memtier.Item](b)(store.Put(ctx, draft))
	b.ReportAllocs()
	b.ResetTimer()
	return store
}

func BenchmarkGet(b *testing.B) {
	store := benchmarkStore(b)
	for i := 0; i < b.N; i++ {
		if _, err := store.Get(ctx, "resident"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGetWithACancellableContextInAScope(b *testing.B) {
	ada := benchmarkStore(b).In(memtier.Scope{User: "ada"})
	put(b, ada, memtier.Draft{ID: "resident", Text: strings.Repeat("x", 100)})
	cancellable, cancel := context.WithCancel(ctx)
	defer cancel()
	for i := 0; i < b.N; i++ {
		if _, err := ada.Get(cancellable, "resident"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGetMissing(b *testing.B) {
	store := benchmarkStore(b)
	for i := 0; i < b.N; i++ {
		if _, err := store.Get(ctx, "nobody"); err == nil {
			b.Fatal("found")
		}
	}
}

func BenchmarkPut(b *testing.B) {
	store := benchmarkStore(b)
	draft := memtier.Draft{ID: "resident", Text: strings.Repeat("x", 100)}
	for i := 0; i < b.N; i++ {
		if _, err := store.Put(ctx, draft, memtier.DurabilityRelaxed); err != nil {
			b.Fatal(err)
		}
	}
}
