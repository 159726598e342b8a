// An embedder of the program's own: vectors of words by hashing, in place of the model that comes with
// memtier. A real program would call a model here, a batch at a time.
package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"log"
	"strings"

	"memtier.dev/memtier"
)

const dimension = 64

// embedWords counts each word of a text in one component.
func embedWords(texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	for i, text := range texts {
		vectors[i] = make([]float32, dimension)
		for _, word := range strings.Fields(strings.ToLower(text)) {
			hash := fnv.New32a()
			hash.Write([]byte(word))
			vectors[i][hash.Sum32()%dimension]++
		}
	}
	return vectors, nil
}

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	// The name is that of the model, its version too.
	store, err := memtier.Open(ctx, memtier.InMemory, memtier.WithEmbedFunc("words-64-v1", dimension, embedWords))
	if err != nil {
		return err
	}
	defer store.Close()
	_, err = store.PutMany(ctx, []memtier.Draft{
		{ID: "tea", Text: "Ada likes green tea"},
		{ID: "bari", Text: "Ada moved to Bari"},
	})
	if err != nil {
		return err
	}
	hits, err := store.Search(ctx, memtier.Query{Text: "the green tea that she likes", Meaning: true, TopK: 1})
	if err != nil {
		return err
	}
	if len(hits) != 1 || hits[0].ID() != "tea" {
		return fmt.Errorf("not as expected: %v", hits)
	}
	fmt.Println("the nearest by meaning:", hits[0].Text())
	return nil
}
