// Command measure tells what a resident get costs: through the package, and of an equal store, in
// turns with it, in C. It prints one line of JSON, in nanoseconds; each is the best of its rounds.
package main

/*
#cgo pkg-config: memtier
#define _POSIX_C_SOURCE 199309L
#include <stdint.h>
#include <time.h>
#include "memtier.h"

static double memtier_go_measure_round(uintptr_t store, int64_t calls) {
  static char image[4096];
  struct timespec begin, end;
  size_t size = 0;
  memtier_error* error = NULL;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  for (int64_t i = 0; i < calls; ++i) {
    if (memtier_item_get_into((memtier_store*)store, NULL, "resident", 8, image, sizeof image, &size,
                              &error) != MEMTIER_OK)
      return -1;
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  return ((double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec)) / (double)calls;
}
*/
import "C"

import (
	"context"
	"fmt"
	"log"
	"math"
	"strings"
	"time"

	"memtier.dev/memtier"
	"memtier.dev/memtier/internal/native"
)

const (
	rounds = 300
	calls  = 20000 // short enough to run undisturbed, long enough for a collection in each round
)

func main() {
	ctx := context.Background()
	store, err := memtier.Open(ctx, memtier.InMemory)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	text := strings.Repeat("x", 100)
	if _, err := store.Put(ctx, memtier.Draft{ID: "resident", Text: text}); err != nil {
		log.Fatal(err)
	}
	inC, inGo := math.Inf(1), math.Inf(1)
	raw := openRaw(text)
	defer native.StoreClose(raw, nil)
	for round := 0; round < rounds; round++ {
		inC = math.Min(inC, float64(C.memtier_go_measure_round(C.uintptr_t(raw), calls)))
		inGo = math.Min(inGo, goRound(ctx, store, len(text)))
	}
	if inC < 0 {
		log.Fatal("the item is not there")
	}
	fmt.Printf("{\"metric\": \"go_get_ns\", \"value\": %.1f, \"c_get_ns\": %.1f}\n", inGo, inC)
}

// openRaw is the same store again, for C: this package shows no handle.
func openRaw(text string) uintptr {
	var store, builder, failure uintptr
	native.StoreOpen(memtier.InMemory, 0, &store, &failure)
	native.ItemBuilderCreate(&builder, &failure)
	defer native.ItemBuilderDestroy(builder)
	native.ItemBuilderSetText(builder, native.MEMTIER_FIELD_ID, "resident", &failure)
	native.ItemBuilderSetText(builder, native.MEMTIER_FIELD_CONTENT, text, &failure)
	native.ItemPut(store, 0, builder, 0, 0, nil, &failure)
	return store
}

func goRound(ctx context.Context, store *memtier.Store, size int) float64 {
	begin := time.Now()
	for i := 0; i < calls; i++ {
		item, err := store.Get(ctx, "resident")
		if err != nil || len(item.Text()) != size {
			log.Fatal("the item is not what was put: ", err)
		}
	}
	return float64(time.Since(begin).Nanoseconds()) / calls
}
