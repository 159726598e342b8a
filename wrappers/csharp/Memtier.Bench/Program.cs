// What a resident get costs through the package, as one line of JSON:
//   {"metric":"csharp_get_ns","value":N}
// With the argument "all": also of an id in UTF-8, and of a get whose content is read.
using System;
using System.Diagnostics;
using System.Globalization;
using Memtier;

const int Rounds = 100;
const int Calls = 100_000;

using MemoryStore store = MemoryStore.OpenInMemory();
store.Put(new MemoryDraft(new string('x', 100)) { Id = "resident" });
long read = 0;

Print("csharp_get_ns", Measure(() => read += store.TryGet("resident", out MemoryItem? item) ? item.Version : 0));
if (args is ["all"])
{
    Print("csharp_get_utf8_ns", Measure(() => read += store.Get("resident"u8).Version));
    Print("csharp_get_content_ns", Measure(() => read += store.Get("resident").Content.Length));
    Print("csharp_put_ns", Measure(() => read += store.Put(new MemoryDraft("x") { Id = "put" }).Version, 1000));
}
return read > 0 ? 0 : 1;

static double Measure(Action call, int calls = Calls)
{
    double best = double.MaxValue;
    for (int round = 0; round < Rounds; round++)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < calls; i++)
        {
            call();
        }
        best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / calls);
    }
    return best;
}

static void Print(string metric, double value) => Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture, $"{{\"metric\":\"{metric}\",\"value\":{value:F1}}}"));
