package memtier_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"
	"time"

	"memtier.dev/memtier"
)

func Example() {
	ctx := context.Background()
	store, err := memtier.Open(ctx, memtier.InMemory)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	ada := store.In(memtier.Scope{User: "ada"})
	_, err = ada.PutMany(ctx, []memtier.Draft{
		{ID: "tea", Text: "Ada likes green tea", Tags: []string{"drink"}, TTL: 30 * 24 * time.Hour},
		{ID: "nuts", Text: "Ada is allergic to hazelnuts", Tags: []string{"health"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	hits, err := ada.Search(ctx, memtier.Query{
		Text: "what is Ada allergic to?", TopK: 5, Filter: memtier.Eq(memtier.FieldTags, "health"),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, hit := range hits {
		fmt.Println(hit.ID(), hit.Text())
	}
	// Output: nuts Ada is allergic to hazelnuts
}

func ExampleError() {
	ctx := context.Background()
	store, err := memtier.Open(ctx, memtier.InMemory)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	if _, err := store.Get(ctx, "nobody"); errors.Is(err, memtier.ErrNotFound) {
		fmt.Println("not found")
	}
	_, err = store.Count(ctx, memtier.Eq("colour", "red"))
	var e *memtier.Error
	if errors.As(err, &e) {
		fmt.Println(e.Code.Name(), strings.Contains(e.Message, "colour"))
	}
	// Output:
	// not found
	// MEMTIER_INVALID true
}

func ExampleMemory_Update() {
	ctx := context.Background()
	store, err := memtier.Open(ctx, memtier.InMemory)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	draft := memtier.Draft{ID: "rent", Text: "The rent is 900", Metadata: map[string]int{"euro": 900}}
	if _, err := store.Put(ctx, draft); err != nil {
		log.Fatal(err)
	}
	item, err := store.Update(ctx, "rent", memtier.SetText("The rent is 950"),
		memtier.SetMetadata(map[string]int{"euro": 950}), memtier.AddTags("home"), memtier.IfVersion(1))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(item.Version(), item.Text(), item.Tags(), string(item.Metadata()))
	// Output: 2 The rent is 950 [home] {"euro":950}
}

func ExampleMemory_Walk() {
	ctx := context.Background()
	store, err := memtier.Open(ctx, memtier.InMemory)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	for i, text := range []string{"one", "two", "three"} {
		if _, err := store.Put(ctx, memtier.Draft{Text: text, Priority: int64(i)}); err != nil {
			log.Fatal(err)
		}
	}
	list := memtier.List{Filter: memtier.Gte(memtier.FieldPriority, 1), OrderBy: memtier.FieldPriority}
	err = store.Walk(ctx, list, func(item memtier.Item) error {
		fmt.Println(item.Priority(), item.Text())
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// 2 three
	// 1 two
}

// Items that matter to the program stay, whatever their importance.
func ExampleWithEviction() {
	ctx := context.Background()
	keepFacts := func(candidates []memtier.Candidate) ([]float64, error) {
		scores := make([]float64, len(candidates))
		for i, candidate := range candidates {
			scores[i] = candidate.RetentionScore
			if candidate.Type == "fact" {
				scores[i] += 100
			}
		}
		return scores, nil
	}
	ladder := memtier.Ladder{Tiers: []memtier.Tier{{Name: "only", Medium: memtier.MediumRAM, CapacityItems: 2}}}
	store, err := memtier.Open(ctx, memtier.InMemory, memtier.WithLadder(ladder), memtier.WithEviction(keepFacts))
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	for _, draft := range []memtier.Draft{
		{ID: "fact", Type: "fact"}, {ID: "chat", Importance: memtier.Importance(0.9)}, {ID: "new", Importance: memtier.Importance(1)},
	} {
		if _, err := store.Put(ctx, draft); err != nil {
			log.Fatal(err)
		}
	}
	for _, id := range []string{"fact", "chat", "new"} {
		exists, err := store.Exists(ctx, id)
		fmt.Println(id, exists, err)
	}
	// Output:
	// fact true <nil>
	// chat false <nil>
	// new true <nil>
}

func ExampleWithProgress() {
	ctx := context.Background()
	store, err := memtier.Open(ctx, memtier.InMemory)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	ctx = memtier.WithProgress(ctx, func(done, total int64) error {
		if done > 0 {
			fmt.Println("so far:", done)
		}
		return nil
	})
	conversation := `{"role": "user", "text": "I moved to Bari.", "time": "2026-05-01T09:30:00Z", "session": "s1"}`
	statistics, err := store.Import(ctx, strings.NewReader(conversation), memtier.ImportOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("stored:", statistics.Stored)
	// Output:
	// so far: 1
	// stored: 1
}

func ExampleStore_CreateKeyIndex() {
	ctx := context.Background()
	store, err := memtier.Open(ctx, memtier.InMemory)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	// Whoever is mentioned, as @name.
	err = store.CreateKeyIndex(ctx, "mentions", func(items []memtier.Item) ([][]string, error) {
		keys := make([][]string, len(items))
		for i, item := range items {
			for _, word := range strings.Fields(item.Text()) {
				if strings.HasPrefix(word, "@") {
					keys[i] = append(keys[i], strings.ToLower(word[1:]))
				}
			}
		}
		return keys, nil
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err = store.Put(ctx, memtier.Draft{ID: "lunch", Text: "lunch with @Ada and @Bob"}); err != nil {
		log.Fatal(err)
	}
	hits, err := store.Search(ctx, memtier.Query{Filter: memtier.Eq(memtier.Indexed("mentions"), "ada")})
	if err != nil {
		log.Fatal(err)
	}
	for _, hit := range hits {
		fmt.Println(hit.ID())
	}
	// Output: lunch
}

func ExampleMemory_Spread() {
	ctx := context.Background()
	store, err := memtier.Open(ctx, memtier.InMemory)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	_, err = store.PutMany(ctx, []memtier.Draft{
		{ID: "trip", Text: "Ada flies to Bari in June"},
		{ID: "nuts", Text: "Ada is allergic to hazelnuts"},
		{ID: "cafe", Text: "The cafe in Bari bakes with nuts"},
	})
	if err != nil {
		log.Fatal(err)
	}
	trip, cafe, bari := memtier.ItemNode("trip"), memtier.ItemNode("cafe"), memtier.ConceptNode("Bari")
	err = store.PutLinks(ctx, []memtier.Link{
		{Source: trip, Target: bari, Kind: "about"},
		{Source: cafe, Target: bari, Kind: "about"},
		{Source: cafe, Target: memtier.ItemNode("nuts"), Kind: "conflicts"},
	})
	if err != nil {
		log.Fatal(err)
	}
	spread, err := store.Spread(ctx, memtier.SpreadQuery{Seeds: []memtier.Seed{{Node: trip}}})
	if err != nil {
		log.Fatal(err)
	}
	for _, node := range spread.Nodes {
		fmt.Println(node.ID+node.Concept, node.Hops)
	}
	// Output:
	// Bari 1
	// cafe 2
	// nuts 3
}
