package memtier_test

import (
	"fmt"
	"os"
	"path/filepath"
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

func TestAnExternalArchiveLiesBesideTheStore(t *testing.T) {
	folder := t.TempDir()
	ladder := memtier.Ladder{Tiers: []memtier.Tier{
		{Name: "near", Medium: memtier.MediumRAM},
		{Name: "far", Medium: memtier.MediumExternal, Target: "cold"},
	}}
	store := openAt(t, filepath.Join(folder, "agent.mem"), memtier.WithLadder(ladder))
	put(t, &store.Memory, memtier.Draft{ID: "a", Tier: "far", Text: "green tea"})
	expect(t, "packed", must[memtier.Packed](t)(store.Pack(ctx, memtier.Pack{})).Items, int64(1))
	expect(t, "files", len(must[[]os.DirEntry](t)(os.ReadDir(filepath.Join(folder, "cold")))), 1)
	expect(t, "content", must[memtier.Item](t)(store.Get(ctx, "a")).Text(), "green tea")
	expect(t, "ladder", must[memtier.Ladder](t)(store.Ladder(ctx)).Tiers, ladder.Tiers)
	tiers := must[[]memtier.TierStatistics](t)(store.Tiers(ctx))
	expect(t, "medium", tiers[1].Medium, memtier.MediumExternal)
	_, err := memtier.Open(ctx, memtier.InMemory, memtier.WithLadder(ladder))
	expectIs(t, err, memtier.ErrUnsupported)
}
