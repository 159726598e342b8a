using System;
using System.Buffers;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Memtier.Interop;

/// <summary>Writes the JSON documents that C takes; no reflection.</summary>
internal static class Documents
{
    /// <summary>Deeper than what the library takes: it tells what is too deep, with its place.</summary>
    internal const int MaxDepth = 1000;

    private static readonly SearchValues<byte> MustEscape =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (byte)c), (byte)'"', (byte)'\\']);

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

    /// <summary>
    /// A text that is UTF-8: where it is none, it is refused, not replaced. Only what JSON demands is escaped;
    /// the writer would make two escapes of every emoji.
    /// </summary>
    internal static void WriteText(Utf8JsonWriter writer, string text)
    {
        byte[] bytes = Utf8Text.ToArray(text);
        var quoted = new ArrayBufferWriter<byte>(bytes.Length + 2);
        quoted.Write("\""u8);
        ReadOnlySpan<byte> rest = bytes;
        for (int at = IndexToEscape(rest); at >= 0; at = IndexToEscape(rest))
        {
            quoted.Write(rest[..at]);
            Escape(rest[at], quoted);
            rest = rest[(at + 1)..];
        }
        quoted.Write(rest);
        quoted.Write("\""u8);
        writer.WriteRawValue(quoted.WrittenSpan, skipInputValidation: true);
    }

    internal static void WriteText(Utf8JsonWriter writer, string key, string? text)
    {
        if (text is not null)
        {
            writer.WritePropertyName(key);
            WriteText(writer, text);
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

    private static int IndexToEscape(ReadOnlySpan<byte> bytes) => bytes.IndexOfAny(MustEscape);

    private static void Escape(byte character, ArrayBufferWriter<byte> quoted)
    {
        if (character is (byte)'"' or (byte)'\\')
        {
            quoted.Write([(byte)'\\', character]);
            return;
        }
        quoted.Write("\\u00"u8);
        quoted.Write([Hex(character >> 4), Hex(character & 15)]);
    }

    private static byte Hex(int digit) => "0123456789abcdef"u8[digit];
}
