using System.Text.Json;
using Memtier.Interop;

namespace Memtier;

/// <summary>How lines are imported.</summary>
public sealed class MemoryImportOptions
{
    private readonly byte[]? _json;

    /// <summary>Every line tells what it is; the first bad one ends the import.</summary>
    public MemoryImportOptions()
    {
    }

    private MemoryImportOptions(byte[] json) => _json = json;

    /// <summary>How the lines are read.</summary>
    public MemoryImportFormat Format { get; init; }

    /// <summary>Whether bad lines are counted and left out; else the first ends the import.</summary>
    public bool SkipBadLines { get; init; }

    /// <summary>Whether items that are there already are left as they are; else they are replaced.</summary>
    public bool KeepExisting { get; init; }

    /// <summary>Put all into this tier; null: the line's, or the first of the ladder.</summary>
    public string? Tier { get; init; }

    /// <summary>Options from their document. It is checked by the call that it is given to.</summary>
    /// <param name="json">A JSON object.</param>
    public static MemoryImportOptions FromJson(string json) => new(Utf8Text.ToArray(json));

    internal static byte[] ToUtf8(MemoryImportOptions? options) =>
        options is null ? [] : options._json ?? Documents.Write(options.Write);

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        Documents.WriteText(writer, "format", Format switch
        {
            MemoryImportFormat.Items => "items",
            MemoryImportFormat.Conversation => "conversation",
            _ => "auto",
        });
        Documents.WriteText(writer, "on_error", SkipBadLines ? "skip" : "stop");
        Documents.WriteText(writer, "mode", KeepExisting ? "create" : "replace");
        Documents.WriteText(writer, "tier", Tier);
        writer.WriteEndObject();
    }
}
