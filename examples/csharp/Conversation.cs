// Half a year of conversations is imported, and asked. The first argument is a file of turns, one on each line.
using System;
using System.Threading;
using Memtier;

string file = args.Length > 0 ? args[0] : "examples/assistant_history.jsonl";
using MemoryStore store = MemoryStore.OpenInMemory();
using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
Console.CancelKeyPress += (_, key) => (key.Cancel, _) = (true, patience.CancelAsync());

try
{
    MemoryImportStatistics done = store.ImportFile(
        file, new MemoryImportOptions { Format = MemoryImportFormat.Conversation }, new MemoryScope { User = "ada" },
        new Tell(), patience.Token);
    Console.WriteLine($"{done.Stored} turns of {done.Lines} lines");
}
catch (MemoryCanceledException stopped)
{
    Console.WriteLine($"stopped after {stopped.CompletedCount}");
    return 1;
}
catch (MemoryMalformedException bad)
{
    Console.WriteLine($"{bad.Message}; {bad.CompletedCount} turns before it are stored");
    return 1;
}

var question = new MemoryQuery("Was cashew positive in the allergy test?") { Top = 3, Snippets = true };
MemorySearchResult hits = store.Search(question);
foreach (MemoryHit hit in hits)
{
    Console.WriteLine($"{hit.Item.CreatedAt:yyyy-MM-dd}  {hit.Snippet}");
}
return hits.Count > 0 ? 0 : 1;

internal sealed class Tell : IProgress<MemoryProgress>
{
    public void Report(MemoryProgress value) => Console.WriteLine($"  {value.Done} of {value.Total} bytes");
}
