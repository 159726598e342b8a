// Package memtier is the memory of AI agents, in one library and one file. What SQLite is to data,
// memtier is to what an agent remembers.
//
// A Store is one file. It holds items: a text (or any bytes) with an id, a type, tags, metadata and
// an importance. Each lies in a tier of the store's ladder: in RAM, in the file, or in its
// compressed archive; reads and the passage of time move items along it. In whichever tier it lies,
// an item is found by id (Get), by filter (List, Count) and by words (Search).
//
//	store, err := memtier.Open(ctx, "agent.mem")
//	if err != nil {
//		return err
//	}
//	defer store.Close()
//	ada := store.In(memtier.Scope{User: "ada"})
//	_, err = ada.Put(ctx, memtier.Draft{Text: "Ada is allergic to hazelnuts", Tags: []string{"health"}})
//	if err != nil {
//		return err
//	}
//	hits, err := ada.Search(ctx, memtier.Query{Text: "what is Ada allergic to?", TopK: 5})
//
// # Errors
//
// Every error is an *Error, and matches a Status:
//
//	item, err := ada.Get(ctx, "tea")
//	if errors.Is(err, memtier.ErrNotFound) { ... }
//
// What a callback returned, and a context's error, is the cause of the error and matches as well.
//
// # Contexts
//
// Calls that can take long (see WithProgress) are stopped when their context ends, and return only
// when they have stopped. The others look at the context before they begin; they wait for other
// writers at most as long as WithBusyTimeout says.
//
// # Goroutines
//
// Everything can be used by any number of goroutines at once, except that a Cursor belongs to one
// at a time.
package memtier
