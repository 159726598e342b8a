// A first program: remembers three things about Ada, and finds them again.
using System;
using Memtier;

using MemoryStore store = MemoryStore.Open(args.Length > 0 ? args[0] : "agent.mem");
var ada = new MemoryScope { User = "ada" };

store.Put(new MemoryDraft("Ada likes green tea") { Id = "tea", Tags = ["drink"] }, ada);
store.Put(new MemoryDraft("Ada is allergic to hazelnuts") { Id = "nuts", Tags = ["health"], Importance = 0.9 }, ada);
store.Put(new MemoryDraft("Ada moved to Bari") { Id = "bari" }, ada);

var question = new MemoryQuery("what is Ada allergic to?") { Filter = MemoryField.Tags.Eq("health") };
foreach (MemoryHit hit in store.Search(question, ada))
{
    Console.WriteLine($"{hit.Score:F2}  {hit.Item.Content}");
}

if (store.TryGet("tea", out MemoryItem? tea, ada))
{
    Console.WriteLine($"{tea.Content} ({string.Join(", ", tea.Tags)}), in {tea.Tier}");
}
