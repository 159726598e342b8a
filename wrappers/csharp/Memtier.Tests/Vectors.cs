using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Memtier.Tests;

/// <summary>The conformance vectors: documents as they are written, for parsing them loses numbers.</summary>
internal static class Vectors
{
    internal static IEnumerable<JsonElement> Load(string file, string list) => JsonDocument
        .Parse(File.ReadAllBytes(Path.Combine(StoreTest.Source, "tests", "conformance", file)))
        .RootElement.GetProperty(list).EnumerateArray();

    /// <summary>The document of a case: its source, a text, or one that is built.</summary>
    internal static string Document(JsonElement test, string key)
    {
        if (test.TryGetProperty("text", out JsonElement text))
        {
            return text.GetString()!;
        }
        if (!test.TryGetProperty("build", out JsonElement build))
        {
            return Expand(test.GetProperty(key).GetRawText());
        }
        string Part(string name) => build.GetProperty(name).GetString()!;
        int count = build.GetProperty("count").GetInt32();
        return Part("before") + string.Concat(Enumerable.Repeat(Part("open"), count)) + Part("middle") +
            string.Concat(Enumerable.Repeat(Part("close"), count)) + Part("after");
    }

    /// <summary>Puts n times the text in place of <c>{"repeat": text, "count": n}</c>.</summary>
    internal static string Expand(string json) => Regex.Replace(
        json, """\{"repeat":[^{}]*\}""", found =>
        {
            using JsonDocument macro = JsonDocument.Parse(found.Value);
            string text = macro.RootElement.GetProperty("repeat").GetString()!;
            int count = macro.RootElement.GetProperty("count").GetInt32();
            var all = new StringBuilder(text.Length * count);
            return "\"" + JsonEncodedText.Encode(all.Insert(0, text, count).ToString()) + "\"";
        });

    internal static MemoryScope? Scope(JsonElement test)
    {
        if (!test.TryGetProperty("scope", out JsonElement names))
        {
            return null;
        }
        using JsonDocument expanded = JsonDocument.Parse(Expand(names.GetRawText()));
        return Names(expanded.RootElement);
    }

    internal static MemoryScope Names(JsonElement names) => new()
    {
        App = Text(names, "app"),
        User = Text(names, "user"),
        Agent = Text(names, "agent"),
        Session = Text(names, "session"),
        Collection = Text(names, "collection"),
    };

    internal static string? Text(JsonElement json, string key) =>
        json.TryGetProperty(key, out JsonElement value) ? value.GetString() : null;

    internal static string[] Texts(JsonElement json, string key) =>
        json.TryGetProperty(key, out JsonElement list) ? [.. list.EnumerateArray().Select(x => x.GetString()!)] : [];

    internal static string Label(JsonElement test)
    {
        string text = test.GetRawText();
        return text.Length > 300 ? text[..300] : text;
    }
}
