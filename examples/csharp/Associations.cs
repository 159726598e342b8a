// Links between memories and concepts; what comes to mind, and how one thing leads to another.
using System;
using Memtier;

using MemoryStore store = MemoryStore.Open(":memory:");
store.Put(new MemoryDraft("Ada flies to Bari in June") { Id = "trip" });
store.Put(new MemoryDraft("Ada is allergic to hazelnuts") { Id = "nuts" });
store.Put(new MemoryDraft("The cafe in Bari bakes with nuts") { Id = "cafe" });
MemoryNode bari = MemoryNode.Concept("Bari");
store.PutLinks([new("trip", bari, "about"), new("cafe", bari, "about"), new("cafe", "nuts", "conflicts")]);

foreach (MemoryActivation found in store.Spread(["trip"]).Nodes)
{
    Console.WriteLine($"{found.Activation:F4}  {found.Node.Name}");
}

MemoryPath path = store.FindPath("trip", "nuts");
if (path.Links.Count != 3)
{
    throw new InvalidOperationException("the trip leads to the allergy by Bari and the cafe");
}
