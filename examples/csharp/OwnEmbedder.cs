// An embedder of the program's own: vectors of words by hashing, in place of the model that comes with memtier. A
// real program would call a model here, a batch at a time.
using System;
using System.Linq;
using Memtier;

const int Dimension = 64;

// Each word of a text counts in one component.
float[] Embed(string text)
{
    float[] vector = new float[Dimension];
    foreach (string word in text.ToLowerInvariant().Split(' '))
    {
        uint hash = word.Aggregate(17u, (sum, letter) => (sum * 31) + letter);
        vector[hash % Dimension]++;
    }
    return vector;
}

// The name is that of the model, its version too.
var embedder = new MemoryTextEmbedder("words-64-v1", Dimension, texts => texts.Select(Embed).ToList());
using MemoryStore store = MemoryStore.OpenInMemory(new MemoryStoreOptions { Embedder = embedder });
store.Put(new MemoryDraft("Ada likes green tea") { Id = "tea" });
store.Put(new MemoryDraft("Ada moved to Bari") { Id = "bari" });

var query = new MemoryQuery("the green tea that she likes") { Meaning = true, Top = 1 };
MemoryHit nearest = store.Search(query).Single();
Console.WriteLine($"the nearest by meaning: {nearest.Item.Content}");
return nearest.Item.Id == "tea" ? 0 : 1;
