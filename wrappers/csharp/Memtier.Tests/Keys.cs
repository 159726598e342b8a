using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Xunit;

namespace Memtier.Tests;

/// <summary>
/// An object of the vectors. What is read of it is ticked off: a key that nobody read is one that this
/// runner does not know.
/// </summary>
internal sealed class Keys(JsonElement json)
{
    private readonly HashSet<string> _read = [];

    internal static Keys Empty => new(JsonDocument.Parse("{}").RootElement);

    internal string Label => Vectors.Label(json);

    internal bool Has(string key)
    {
        _read.Add(key);
        return json.TryGetProperty(key, out _);
    }

    internal JsonElement? Get(string key) =>
        Has(key) ? JsonDocument.Parse(Vectors.Expand(json.GetProperty(key).GetRawText())).RootElement : null;

    /// <summary>The value as it is written; null if there is none.</summary>
    internal string? Source(string key) => Get(key)?.GetRawText();

    internal string? Text(string key) => Get(key)?.GetString();

    internal long? Number(string key) => Get(key)?.GetInt64();

    internal double? Fraction(string key) => Get(key)?.GetDouble();

    internal bool? Flag(string key) => Get(key)?.GetBoolean();

    internal string[] Texts(string key) => [.. Elements(key).Select(element => element.GetString()!)];

    internal IEnumerable<JsonElement> Elements(string key) => Get(key)?.EnumerateArray().ToArray() ?? [];

    internal IEnumerable<JsonProperty> Members(string key) => Get(key)?.EnumerateObject().ToArray() ?? [];

    internal Keys Object(string key) => Get(key) is JsonElement value ? new Keys(value) : Empty;

    internal void Finish()
    {
        foreach (JsonProperty member in json.EnumerateObject())
        {
            Assert.True(_read.Contains(member.Name), $"\"{member.Name}\" is not known in {Label}");
        }
    }
}
