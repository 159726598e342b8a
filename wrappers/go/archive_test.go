package memtier_test

import (
	"fmt"
	"testing"

	"memtier.dev/memtier"
)

func TestArchivedItemsArePackedAndRestored(t *testing.T) {
	store := open(t)
	for i := 0; i < 300; i++ {
		put(t, &store.Memory, memtier.Draft{
			ID: fmt.Sprint(i), Text: fmt.Sprintf("turn %d of a long talk about green tea and bicycles", i),
			Tier: "archive", Metadata: map[string]int{"n": i},
		})
	}
	packed := must[memtier.Packed](t)(store.Pack(ctx, memtier.Pack{Repack: true}))
	expect(t, "packed", packed, memtier.Packed{Items: 300})
	statistics := must[memtier.ArchiveStatistics](t)(store.ArchiveStatistics(ctx))
	expect(t, "items", statistics.Items, int64(300))
	expect(t, "waiting", statistics.Waiting, int64(0))
	expect(t, "periods", len(statistics.Periods), 1)
	expect(t, "saved", statistics.Saved > 0.5, true)
	expect(t, "text", must[memtier.Item](t)(store.Get(ctx, "7")).Text(), "turn 7 of a long talk about green tea and bicycles")
	restored := must[memtier.Restored](t)(store.Restore(ctx, memtier.Restore{IDs: []string{"8", "9", "none"}}))
	expect(t, "restored", restored.Items, int64(2))
	expect(t, "tier", restored.Tier, "short_term")
	restored = must[memtier.Restored](t)(store.Restore(ctx, memtier.Restore{
		Filter: memtier.Lt(memtier.Meta("n"), 10), Tier: "long_term",
	}))
	expect(t, "restored", restored.Items >= 7, true)
	expect(t, "text", must[memtier.Item](t)(store.Get(ctx, "8")).Text(), "turn 8 of a long talk about green tea and bicycles")
	_, err := store.Restore(ctx, memtier.Restore{Tier: "nowhere"})
	expectIs(t, err, memtier.ErrNotFound)
	_, err = store.Pack(ctx, memtier.Pack{Level: 10})
	expectIs(t, err, memtier.ErrInvalid)
}
