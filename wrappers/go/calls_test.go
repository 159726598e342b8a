package memtier_test

import (
	"context"
	"io"
	"strings"

	"memtier.dev/memtier"
)

// callsOf are all calls of a store and of a memory of it.
func callsOf(store *memtier.Store) map[string]func(context.Context) error {
	all := memtier.Gte(memtier.FieldVersion, 1)
	query, err := memtier.Compile(memtier.Query{})
	if err != nil {
		panic(err)
	}
	calls := map[string]func(context.Context) error{
		"Get":     func(ctx context.Context) error { _, err := store.Get(ctx, "a"); return err },
		"Ref":     func(ctx context.Context) error { return closed(store.Ref(ctx, "a")) },
		"GetMany": func(ctx context.Context) error { _, err := store.GetMany(ctx, []string{"a"}); return err },
		"Put":     func(ctx context.Context) error { _, err := store.Put(ctx, memtier.Draft{}); return err },
		"PutJSON": func(ctx context.Context) error {
			_, err := store.Put(ctx, memtier.Draft{JSON: rawJSON("{}")})
			return err
		},
		"PutMany": func(ctx context.Context) error { _, err := store.PutMany(ctx, []memtier.Draft{{}}); return err },
		"Update":  func(ctx context.Context) error { _, err := store.Update(ctx, "a", memtier.SetText("")); return err },
		"UpdateWhere": func(ctx context.Context) error {
			_, err := store.UpdateWhere(ctx, all, memtier.SetText(""))
			return err
		},
		"Pin":         func(ctx context.Context) error { _, err := store.Pin(ctx, "a"); return err },
		"Unpin":       func(ctx context.Context) error { _, err := store.Unpin(ctx, "a"); return err },
		"Delete":      func(ctx context.Context) error { return store.Delete(ctx, "a") },
		"DeleteMany":  func(ctx context.Context) error { _, err := store.DeleteMany(ctx, []string{"a"}); return err },
		"DeleteWhere": func(ctx context.Context) error { _, err := store.DeleteWhere(ctx, all); return err },
		"Exists":      func(ctx context.Context) error { _, err := store.Exists(ctx, "a"); return err },
		"Validate":    func(ctx context.Context) error { _, err := store.Validate(ctx, "a"); return err },
		"Move":        func(ctx context.Context) error { return store.Move(ctx, "a", "archive") },
		"Count":       func(ctx context.Context) error { _, err := store.Count(ctx, all); return err },
		"List":        func(ctx context.Context) error { return closed(store.List(ctx, memtier.List{})) },
		"Walk": func(ctx context.Context) error {
			return store.Walk(ctx, memtier.List{}, func(memtier.Item) error { return nil })
		},
		"Search":  func(ctx context.Context) error { _, err := store.Search(ctx, memtier.Query{}); return err },
		"Explain": func(ctx context.Context) error { _, _, err := store.Explain(ctx, memtier.Query{}); return err },
		"Run":     func(ctx context.Context) error { _, err := store.Run(ctx, query); return err },
		"RunMany": func(ctx context.Context) error {
			_, err := store.RunMany(ctx, []*memtier.CompiledQuery{query})
			return err
		},
		"ExplainList": func(ctx context.Context) error {
			_, err := store.ExplainList(ctx, memtier.List{})
			return err
		},
		"Append": func(ctx context.Context) error {
			_, err := store.Conversation("s").Append(ctx, memtier.Turn{Role: memtier.RoleUser})
			return err
		},
		"AppendMany": func(ctx context.Context) error {
			_, err := store.Conversation("s").AppendMany(ctx, []memtier.Turn{{Role: memtier.RoleUser}})
			return err
		},
		"Last":    func(ctx context.Context) error { _, _, err := store.Conversation("s").Last(ctx, 1); return err },
		"Replace": func(ctx context.Context) error { _, _, err := store.Conversation("s").Replace(ctx, nil); return err },
		"Context": func(ctx context.Context) error {
			_, err := store.Conversation("s").Context(ctx, memtier.TurnContext{})
			return err
		},
		"RecentTurns": func(ctx context.Context) error { _, err := store.RecentTurns(ctx, 1, 1); return err },
		"Sessions":    func(ctx context.Context) error { _, err := store.Sessions(ctx, 1); return err },
		"Remember":    func(ctx context.Context) error { _, err := store.Remember(ctx, "k", "v", 0.5); return err },
		"ActiveContext": func(ctx context.Context) error {
			_, err := store.ActiveContext(ctx, memtier.WorkingContext{})
			return err
		},
		"PutKnowledge": func(ctx context.Context) error {
			_, err := store.PutKnowledge(ctx, memtier.Knowledge{ID: "known", Text: "x"})
			return err
		},
		"UpdateKnowledge": func(ctx context.Context) error {
			_, err := store.UpdateKnowledge(ctx, "known", memtier.Knowledge{Text: "y"})
			return err
		},
		"KnowledgeHistory": func(ctx context.Context) error {
			_, err := store.KnowledgeHistory(ctx, "known", 1)
			return err
		},
		"Contradictions": func(ctx context.Context) error { _, err := store.Contradictions(ctx, all, 1); return err },
		"PutEpisode": func(ctx context.Context) error {
			_, err := store.PutEpisode(ctx, memtier.Episode{Text: "x"})
			return err
		},
		"Around": func(ctx context.Context) error { _, err := store.Around(ctx, memtier.Around{}); return err },
		"RecordRun": func(ctx context.Context) error {
			_, err := store.RecordRun(ctx, memtier.RunRecord{Name: "x"})
			return err
		},
		"CreateCollection": func(ctx context.Context) error { return store.CreateCollection(ctx, "c", "") },
		"Collections":      func(ctx context.Context) error { _, err := store.Collections(ctx); return err },
		"DropCollection": func(ctx context.Context) error {
			_, err := store.DropCollection(ctx, "c", memtier.DropWithItems)
			return err
		},
		"CopyTo":      func(ctx context.Context) error { _, err := store.CopyTo(ctx, "d", all); return err },
		"MoveTo":      func(ctx context.Context) error { _, err := store.MoveTo(ctx, "d", all); return err },
		"CreateIndex": func(ctx context.Context) error { return store.CreateIndex(ctx, "a", memtier.Meta("a")) },
		"CreateKeyIndex": func(ctx context.Context) error {
			return store.CreateKeyIndex(ctx, "k", func([]memtier.Item) ([][]string, error) { return nil, nil })
		},
		"Embed":     func(ctx context.Context) error { _, err := store.Embed(ctx, "a"); return err },
		"Embedder":  func(ctx context.Context) error { _, err := store.Embedder(ctx); return err },
		"Indexes":   func(ctx context.Context) error { _, err := store.Indexes(ctx); return err },
		"DropIndex": func(ctx context.Context) error { return store.DropIndex(ctx, "a") },
		"PutLink":   func(ctx context.Context) error { return store.PutLink(ctx, memtier.Link{}) },
		"PutLinks":  func(ctx context.Context) error { return store.PutLinks(ctx, nil) },
		"Link": func(ctx context.Context) error {
			_, err := store.Link(ctx, memtier.ItemNode("a"), memtier.ItemNode("b"), "")
			return err
		},
		"DeleteLinks": func(ctx context.Context) error {
			_, err := store.DeleteLinks(ctx, memtier.LinkFilter{Source: memtier.ItemNode("a")})
			return err
		},
		"Links":         func(ctx context.Context) error { _, _, err := store.Links(ctx, memtier.LinkList{}); return err },
		"CreateConcept": func(ctx context.Context) error { return store.CreateConcept(ctx, "c", "") },
		"Concepts": func(ctx context.Context) error {
			_, _, err := store.Concepts(ctx, memtier.ConceptList{})
			return err
		},
		"DeleteConcept": func(ctx context.Context) error { return store.DeleteConcept(ctx, "c") },
		"Neighbours": func(ctx context.Context) error {
			_, _, err := store.Neighbours(ctx, memtier.ItemNode("a"), memtier.Walk{}, 0)
			return err
		},
		"Path": func(ctx context.Context) error {
			_, err := store.Path(ctx, memtier.ItemNode("a"), memtier.ItemNode("b"), memtier.PathQuery{})
			return err
		},
		"Spread": func(ctx context.Context) error {
			_, err := store.Spread(ctx, memtier.SpreadQuery{Seeds: []memtier.Seed{{Node: memtier.ItemNode("a")}}})
			return err
		},
		"ExportGraph": func(ctx context.Context) error {
			_, err := store.ExportGraph(ctx, memtier.GraphQuery{})
			return err
		},
		"DrawGraph": func(ctx context.Context) error { _, err := store.DrawGraph(ctx, memtier.GraphQuery{}); return err },
		"CreateSpace": func(ctx context.Context) error {
			return store.CreateSpace(ctx, memtier.Space{Name: "s", Dimension: 2})
		},
		"Spaces":    func(ctx context.Context) error { _, err := store.Spaces(ctx); return err },
		"DropSpace": func(ctx context.Context) error { return store.DropSpace(ctx, "s") },
		"MeasureRecall": func(ctx context.Context) error {
			_, err := store.MeasureRecall(ctx, memtier.RecallOptions{})
			return err
		},
		"AddFeedback": func(ctx context.Context) error {
			return store.AddFeedback(ctx, memtier.Feedback{ID: "a", Value: 1})
		},
		"Preferences":   func(ctx context.Context) error { _, err := store.Preferences(ctx); return err },
		"ClearFeedback": func(ctx context.Context) error { return store.ClearFeedback(ctx) },
		"PutVector":     func(ctx context.Context) error { return store.PutVector(ctx, "s", "a", []float32{1, 2}) },
		"PutVectors": func(ctx context.Context) error {
			_, err := store.PutVectors(ctx, "s", []memtier.ItemVector{{ID: "a", Vector: []float32{1, 2}}})
			return err
		},
		"Vector":       func(ctx context.Context) error { _, err := store.Vector(ctx, "s", "a"); return err },
		"DeleteVector": func(ctx context.Context) error { return store.DeleteVector(ctx, "s", "a") },
		"Similar": func(ctx context.Context) error {
			_, err := store.Similar(ctx, "s", "a", memtier.Query{})
			return err
		},
		"Optimize":       func(ctx context.Context) error { _, err := store.Optimize(ctx); return err },
		"Clear":          func(ctx context.Context) error { _, err := store.Clear(ctx, memtier.AllTiers); return err },
		"Sweep":          func(ctx context.Context) error { _, err := store.Sweep(ctx); return err },
		"Flush":          func(ctx context.Context) error { return store.Flush(ctx) },
		"Statistics":     func(ctx context.Context) error { _, err := store.Statistics(ctx); return err },
		"Tiers":          func(ctx context.Context) error { _, err := store.Tiers(ctx); return err },
		"Ladder":         func(ctx context.Context) error { _, err := store.Ladder(ctx); return err },
		"Export":         func(ctx context.Context) error { _, err := store.Export(ctx, io.Discard, all); return err },
		"PendingVectors": func(ctx context.Context) error { _, err := store.PendingVectors(ctx); return err },
		"Reembed":        func(ctx context.Context) error { _, err := store.Reembed(ctx); return err },
		"Tick":           func(ctx context.Context) error { _, err := store.Tick(ctx, memtier.Tick{}); return err },
		"Consolidate": func(ctx context.Context) error {
			_, err := store.Consolidate(ctx, memtier.Consolidation{})
			return err
		},
		"CompressWhere":     func(ctx context.Context) error { _, err := store.CompressWhere(ctx, all, 1); return err },
		"PauseMaintenance":  func(ctx context.Context) error { return store.PauseMaintenance(ctx) },
		"ResumeMaintenance": func(ctx context.Context) error { return store.ResumeMaintenance(ctx) },
		"PutPolicy": func(ctx context.Context) error {
			return store.PutPolicy(ctx, memtier.Policy{Name: "p", Action: memtier.ActionDemote})
		},
		"PutPolicyFunc": func(ctx context.Context) error {
			return store.PutPolicyFunc(ctx, memtier.Policy{Name: "f"},
				func([]memtier.Item, bool) ([]bool, error) { return nil, nil })
		},
		"Policies":      func(ctx context.Context) error { _, err := store.Policies(ctx); return err },
		"ApplyPolicies": func(ctx context.Context) error { _, err := store.ApplyPolicies(ctx, memtier.Apply{}); return err },
		"DeletePolicy":  func(ctx context.Context) error { return store.DeletePolicy(ctx, "p") },
		"PutArchiveRule": func(ctx context.Context) error {
			return store.PutArchiveRule(ctx, memtier.ArchiveRule{Name: "r", Kind: "time"})
		},
		"Pack": func(ctx context.Context) error { _, err := store.Pack(ctx, memtier.Pack{}); return err },
		"Forget": func(ctx context.Context) error {
			_, err := store.In(memtier.Scope{User: "nobody"}).Forget(ctx)
			return err
		},
		"Restore":           func(ctx context.Context) error { _, err := store.Restore(ctx, memtier.Restore{}); return err },
		"ArchiveStatistics": func(ctx context.Context) error { _, err := store.ArchiveStatistics(ctx); return err },
		"ArchiveRules":      func(ctx context.Context) error { _, err := store.ArchiveRules(ctx); return err },
		"ApplyArchiveRules": func(ctx context.Context) error {
			_, err := store.ApplyArchiveRules(ctx, memtier.Apply{})
			return err
		},
		"DeleteArchiveRule": func(ctx context.Context) error { return store.DeleteArchiveRule(ctx, "r") },
		"In": func(ctx context.Context) error {
			_, err := store.In(memtier.Scope{User: "ada"}).In(memtier.Scope{App: "x"}).Count(ctx, all)
			return err
		},
	}
	calls["Transitions"] = func(ctx context.Context) error {
		_, err := store.Transitions(ctx, memtier.TransitionQuery{})
		return err
	}
	calls["Import"] = func(ctx context.Context) error {
		_, err := store.Import(ctx, strings.NewReader(""), memtier.ImportOptions{})
		return err
	}
	calls["ExportFile"] = func(ctx context.Context) error {
		_, err := store.ExportFile(ctx, "/none/none", all)
		return err
	}
	calls["ImportFile"] = func(ctx context.Context) error {
		_, err := store.ImportFile(ctx, "/none/none", memtier.ImportOptions{})
		return err
	}
	return calls
}

// closed is the error of a call whose result is not needed.
func closed[T io.Closer](result T, err error) error {
	if closing := result.Close(); closing != nil {
		return closing
	}
	return err
}
