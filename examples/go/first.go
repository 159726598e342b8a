// A first program: remembers three things about Ada, and finds them again.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"memtier.dev/memtier"
)

func main() {
	path := "agent.mem"
	if len(os.Args) > 1 {
		path = os.Args[1]
	}
	if err := run(context.Background(), path); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, path string) error {
	store, err := memtier.Open(ctx, path)
	if err != nil {
		return err
	}
	defer store.Close()
	ada := store.In(memtier.Scope{User: "ada"})
	_, err = ada.PutMany(ctx, []memtier.Draft{
		{ID: "tea", Text: "Ada likes green tea", Tags: []string{"drink"},
			Metadata: map[string]string{"said": "at breakfast"}},
		{ID: "nuts", Text: "Ada is allergic to hazelnuts", Tags: []string{"health"},
			Importance: memtier.Importance(0.9)},
		{ID: "bari", Text: "Ada moved to Bari"},
	})
	if err != nil {
		return err
	}
	hits, err := ada.Search(ctx, memtier.Query{
		Text:   "what is Ada allergic to?",
		Filter: memtier.Eq(memtier.FieldTags, "health"),
	})
	for _, hit := range hits {
		fmt.Printf("%.2f  %s\n", hit.Score(), hit.Text())
	}
	return err
}
