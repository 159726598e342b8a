//go:build go1.23

package memtier_test

import (
	"context"
	"fmt"
	"iter"
	"log"

	"memtier.dev/memtier"
)

func ExampleMemory_Items() {
	ctx := context.Background()
	store, err := memtier.Open(ctx, memtier.InMemory)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	if _, err := store.PutMany(ctx, []memtier.Draft{{ID: "a"}, {ID: "b"}}); err != nil {
		log.Fatal(err)
	}
	var items iter.Seq2[memtier.Item, error] = store.Items(ctx, memtier.List{OrderBy: memtier.FieldID})
	for item, err := range items {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(item.ID())
	}
	// Output:
	// b
	// a
}
