package memtier_test

import (
	"testing"

	"memtier.dev/memtier"
)

func TestAnswersAreKept(t *testing.T) {
	store := open(t, memtier.WithQueryCache(1<<20))
	put(t, &store.Memory, memtier.Draft{ID: "a", Text: "tea"})
	for i := 0; i < 2; i++ {
		expect(t, "hits", len(must[[]memtier.Hit](t)(store.Search(ctx, memtier.Query{Text: "tea"}))), 1)
	}
	put(t, &store.Memory, memtier.Draft{ID: "b", Text: "tea"})
	expect(t, "hits", len(must[[]memtier.Hit](t)(store.Search(ctx, memtier.Query{Text: "tea"}))), 2)
	statistics := must[memtier.Statistics](t)(store.Statistics(ctx))
	expect(t, "from the cache", statistics.QueryCacheHits, int64(1))
	expect(t, "anew", statistics.QueryCacheMisses, int64(2))
	expect(t, "kept", statistics.QueryCacheEntries, int64(1))
	expect(t, "bytes", statistics.QueryCacheBytes > 0, true)
}

func TestWhatWasReadTogetherComesTogether(t *testing.T) {
	store := open(t, memtier.WithPrefetch(4))
	write := func() {
		for _, id := range []string{"a", "b"} {
			put(t, &store.Memory, memtier.Draft{ID: id, Tier: "long_term"})
		}
	}
	read := func() {
		for _, id := range []string{"a", "b"} {
			must[memtier.Item](t)(store.Get(ctx, id))
		}
	}
	write()
	read()
	read()
	write()
	check(t, store.Flush(ctx)) // what has just been written is in RAM anyway
	read()
	statistics := must[memtier.Statistics](t)(store.Statistics(ctx))
	expect(t, "prefetched", statistics.Prefetched, int64(1))
	expect(t, "read then", statistics.PrefetchHits, int64(1))
}
