package memtier_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"memtier.dev/memtier"
)

var actions = map[string]func(*machine) error{
	"advance": func(m *machine) error {
		us := math.Round(value(m.T, m.step, "seconds", 0.0) * 1e6)
		m.now = m.now.Add(time.Duration(us) * time.Microsecond)
		return nil
	},
	"open": func(m *machine) error {
		path := m.path()
		if other := m.step.text(m.T, "path"); strings.Contains(other, "://") {
			path = other
		} else if other != "" {
			path = filepath.Join(m.folder, other)
		}
		if m.step.has("bytes") {
			check(m, os.WriteFile(path, []byte(m.step.text(m.T, "bytes")), 0o600))
		}
		ladder := m.ladder
		if m.step.has("ladder") {
			ladder = m.step.raw(m.T, "ladder")
		}
		check(m, m.store.Close())
		return m.open(path, ladder, m.step.text(m.T, "tokenizer"), value(m.T, m.step, "create", true))
	},
	"close": func(m *machine) error { return m.store.Close() },
	"flush": func(m *machine) error { return m.store.Flush(m.ctx) },
	"put": func(m *machine) error {
		draft := m.draft(m.step.raw(m.T, "item"))
		draft.ExpectedVersion = value(m.T, m.step, "version", int64(0))
		return m.expectItem(m.memory.Put(m.ctx, draft, m.mode(), m.durability()))
	},
	"put_many": func(m *machine) error {
		var drafts []memtier.Draft
		for _, item := range value(m.T, m.step, "items", []json.RawMessage(nil)) {
			drafts = append(drafts, m.draft(item))
		}
		results, err := m.memory.PutMany(m.ctx, drafts, m.mode(), m.durability())
		if results != nil {
			m.expectStatuses(results, nil)
		}
		return err
	},
	"get": func(m *machine) error {
		return m.expectItem(m.memory.Get(m.ctx, m.step.text(m.T, "id")))
	},
	"get_many": func(m *machine) error {
		ids := value(m.T, m.step, "ids", []string(nil))
		results, err := m.memory.GetMany(m.ctx, ids)
		if err == nil {
			m.expectStatuses(results, ids)
		}
		return err
	},
	"update": func(m *machine) error {
		id := m.step.text(m.T, "id")
		return m.expectItem(m.memory.Update(m.ctx, id, m.changes()...))
	},
	"delete": func(m *machine) error {
		return m.memory.Delete(m.ctx, m.step.text(m.T, "id"), m.version(), m.durability())
	},
	"delete_many": func(m *machine) error {
		errs, err := m.memory.DeleteMany(m.ctx, value(m.T, m.step, "ids", []string(nil)), m.durability())
		results := make([]memtier.Result, len(errs))
		for i := range errs {
			results[i].Err = errs[i]
		}
		if err == nil {
			m.expectStatuses(results, nil)
		}
		return err
	},
	"exists": func(m *machine) error {
		exists, err := m.memory.Exists(m.ctx, m.step.text(m.T, "id"))
		return expectResult(m, "exists", exists, err)
	},
	"validate": func(m *machine) error {
		count, err := m.memory.Validate(m.ctx, m.step.text(m.T, "id"))
		return expectResult(m, "count", count, err)
	},
	"move": func(m *machine) error {
		return m.memory.Move(m.ctx, m.step.text(m.T, "id"), m.step.text(m.T, "tier"))
	},
	"count": func(m *machine) error {
		count, err := m.memory.Count(m.ctx, m.filter())
		return expectResult(m, "count", count, err)
	},
	"list": (*machine).list,
	"update_where": func(m *machine) error {
		count, err := m.memory.UpdateWhere(m.ctx, m.filter(), m.changes()...)
		return expectResult(m, "count", count, err)
	},
	"delete_where": func(m *machine) error {
		count, err := m.memory.DeleteWhere(m.ctx, m.filter(), m.durability())
		return expectResult(m, "count", count, err)
	},
	"search": func(m *machine) error {
		hits, err := m.memory.Search(m.ctx, memtier.Query{JSON: m.step.raw(m.T, "query")})
		return expectResult(m, "ids", hitIDs(hits), err)
	},
	"sweep": func(m *machine) error {
		count, err := m.store.Sweep(m.ctx)
		return expectResult(m, "count", count, err)
	},
	"optimize": func(m *machine) error {
		demoted, err := m.memory.Optimize(m.ctx)
		for _, tier := range m.tiers(err) {
			demoted.From[tier.Name] += 0 // named, also where none left
		}
		_ = expectResult(m, "count", demoted.Total, err)
		return expectResult(m, "demoted", demoted.From, err)
	},
	"tier_clear": func(m *machine) error {
		count, err := m.memory.Clear(m.ctx, value(m.T, m.step, "tiers", []string(nil))...)
		return expectResult(m, "count", count, err)
	},
	"transitions": func(m *machine) error {
		query := memtier.TransitionQuery{ID: m.step.text(m.T, "id"), Limit: value(m.T, m.step, "limit", int64(0))}
		transitions, err := m.memory.Transitions(m.ctx, query)
		rows := [][]string{}
		for _, row := range transitions {
			rows = append(rows, []string{row.ID, row.FromTier, row.ToTier, row.Reason})
		}
		return expectResult(m, "rows", rows, err)
	},
	"tiers": func(m *machine) error {
		tiers, err := m.store.Tiers(m.ctx)
		items := map[string]int64{}
		for _, tier := range tiers {
			items[tier.Name] = tier.ItemCount
		}
		return expectResult(m, "items", items, err)
	},
	"statistics": func(m *machine) error {
		s, err := m.store.Statistics(m.ctx)
		return m.expectNumbers("values", map[string]int64{
			"item_count": s.ItemCount, "expired_count": s.ExpiredCount, "gets": s.Gets,
			"gets_missed": s.GetsMissed, "puts": s.Puts, "deletes": s.Deletes, "searches": s.Searches,
			"promotions": s.Promotions, "demotions": s.Demotions, "evictions": s.Evictions,
			"expirations": s.Expirations,
		}, err)
	},
	"export": func(m *machine) error {
		var lines bytes.Buffer
		count, err := m.memory.Export(m.ctx, &lines, m.filter())
		if value(m.T, m.step, "same", false) {
			expect(m, "exported", lines.String(), string(m.exported))
		}
		m.exported = lines.Bytes()
		return expectResult(m, "count", count, err)
	},
	"import": func(m *machine) error {
		var lines []byte
		if value(m.T, m.step, "exported", false) {
			lines = m.exported
		}
		for _, line := range value(m.T, m.step, "lines", []json.RawMessage(nil)) {
			lines = append(append(lines, line...), '\n')
		}
		options := memtier.ImportOptions{JSON: m.step.raw(m.T, "options")}
		s, err := m.memory.Import(m.ctx, bytes.NewReader(lines), options)
		return m.expectNumbers("report", map[string]int64{
			"lines": s.Lines, "stored": s.Stored, "replaced": s.Replaced, "skipped": s.Skipped,
			"failed": s.Failed, "first_failed_line": s.FirstFailedLine,
		}, err)
	},
}

func (m *machine) tiers(err error) []memtier.TierStatistics {
	if err != nil {
		return nil
	}
	return must[[]memtier.TierStatistics](m)(m.store.Tiers(ctx))
}

// expectStatuses looks at "statuses"; a result with an item has the id that was asked for.
func (m *machine) expectStatuses(results []memtier.Result, ids []string) {
	m.Helper()
	statuses := []string{}
	for i, result := range results {
		statuses = append(statuses, m.statusOf(result.Err))
		if result.Err == nil && ids != nil {
			expect(m, "id", result.Item.ID(), ids[i])
		}
	}
	_ = expectResult(m, "statuses", statuses, nil)
}

func (m *machine) list() error {
	list := memtier.List{
		Filter: m.filter(), OrderBy: memtier.Field(m.step.text(m.T, "order_by")),
		Ascending: !value(m.T, m.step, "descending", true), Skip: value(m.T, m.step, "skip", int64(0)),
		Limit: value(m.T, m.step, "limit", int64(0)),
	}
	if value(m.T, m.step, "after", false) {
		list.After = m.token
	}
	size, pages := value(m.T, m.step, "page", 100), value(m.T, m.step, "pages", -1)
	cursor, err := m.memory.List(m.ctx, list)
	if err != nil {
		return err
	}
	defer cursor.Close()
	found := []string{}
	for ; pages != 0; pages-- {
		page, err := cursor.Next(m.ctx, size)
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		found = append(found, ids(page)...)
	}
	m.token = must[string](m)(cursor.Token())
	return expectResult(m, "ids", found, nil)
}

func contains(texts []string, text string) bool {
	for _, t := range texts {
		if t == text {
			return true
		}
	}
	return false
}

func TestOperationsOfTheVectors(t *testing.T) {
	var file struct{ Cases []*keys }
	loadVectors(t, "operations.json", &file)
	steps := 0
	for _, test := range file.Cases {
		test := test
		t.Run(test.text(t, "name"), func(t *testing.T) {
			languages := value(t, test, "languages", []string{"go"})
			if !contains(languages, "go") {
				t.Skip("not in this language")
			}
			m := newMachine(t, test)
			all := value(t, test, "steps", []*keys(nil))
			test.finish(t)
			for i, step := range all {
				m.run(step)
				if t.Failed() {
					t.Fatalf("step %d: %.300s", i+1, step.source)
				}
			}
			steps += len(all)
		})
	}
	if len(file.Cases) < 70 || steps < 570 {
		t.Errorf("only %d cases and %d steps: the file has more", len(file.Cases), steps)
	}
}
