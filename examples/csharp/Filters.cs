// Typed filters: no text is pasted together, whatever the user typed.
using System;
using System.Linq;
using Memtier;

using MemoryStore store = MemoryStore.OpenInMemory();

MemoryDraft Note(string text, string topic, double importance)
{
    var draft = new MemoryDraft(text) { Type = "note", Importance = importance };
    draft.SetMetadata(("topic", topic), ("source", "dinner"));
    return draft;
}

store.PutMany(
[
    Note("Ada likes green tea", "drinks", 0.4),
    Note("Ada drinks no coffee after six", "drinks", 0.8),
    Note("Bob \"the cook\" is late on Mondays", "people", 0.6),
]).ThrowIfFailed();

MemoryField topic = MemoryField.Metadata("topic");
MemoryFilter important = topic.Eq("drinks") & MemoryField.Importance.Gte(0.5);
Console.WriteLine($"{important} matches {store.Count(important)}");

var byImportance = new MemoryListOptions
{
    Filter = topic.In("drinks", "people") & !MemoryField.Content.ContainsIgnoreCase("GREEN"),
    OrderBy = MemoryField.Importance,
};
foreach (MemoryItem item in store.List(byImportance))
{
    Console.WriteLine($"{item.Importance:F1}  {item.Content}");
}

long changed = store.UpdateWhere(topic.Eq("people"), new MemoryChanges { AddTags = ["person"] });
string[] people = [.. store.List(MemoryField.Tags.Eq("person")).Select(item => item.Content)];
long deleted = store.DeleteWhere(MemoryField.Content.Contains("\"the cook\""));
Console.WriteLine($"{changed} changed, {deleted} deleted");
return store.Count(important) == 1 && people.Length == 1 && deleted == 1 ? 0 : 1;
