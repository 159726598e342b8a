using System;
using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Memtier.Interop;

/// <summary>Writes the JSON documents that C takes; no reflection.</summary>
internal static class Documents
{
    /// <summary>Deeper than what the library takes: it tells what is too deep, with its place.</summary>
    internal const int MaxDepth = 1000;

    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // of the output, which no browser reads
    };

    internal static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            write(writer);
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A text that is UTF-8: where it is none, it is refused, not replaced.</summary>
    internal static void WriteText(Utf8JsonWriter writer, string text) =>
        writer.WriteStringValue(Utf8Text.ToArray(text));

    internal static void WriteText(Utf8JsonWriter writer, string key, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(key, Utf8Text.ToArray(text, key));
        }
    }

    internal static void WriteNumber(Utf8JsonWriter writer, string key, long? value)
    {
        if (value is long number)
        {
            writer.WriteNumber(key, number);
        }
    }

    internal static void WriteNumber(Utf8JsonWriter writer, string key, double? value)
    {
        if (value is double number)
        {
            writer.WriteNumber(key, number);
        }
    }

    internal static void WriteFilter(Utf8JsonWriter writer, MemoryFilter? filter)
    {
        if (filter is not null)
        {
            writer.WritePropertyName("filter");
            filter.Write(writer);
        }
    }
}
