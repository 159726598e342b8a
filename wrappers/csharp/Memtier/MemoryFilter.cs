using System;
using System.Collections.Generic;
using System.Text.Json;
using Memtier.Interop;

namespace Memtier;

/// <summary>
/// Which items are meant. Made by <see cref="MemoryField"/> and put together with <c>&amp;</c>, <c>|</c> and
/// <c>!</c>: <c>MemoryField.Type.Eq("fact") &amp; MemoryField.Importance.Gte(0.5)</c>. Immutable.
/// </summary>
public abstract class MemoryFilter
{
    private MemoryFilter()
    {
    }

    /// <summary>Every item.</summary>
    public static MemoryFilter All { get; } = new Group("$and", []);

    /// <summary>All of these must hold.</summary>
    /// <param name="filters">None of them: every item matches.</param>
    public static MemoryFilter And(params MemoryFilter[] filters) => new Group("$and", Checked(filters));

    /// <summary>One of these must hold.</summary>
    /// <param name="filters">None of them: no item matches.</param>
    public static MemoryFilter Or(params MemoryFilter[] filters) => new Group("$or", Checked(filters));

    /// <summary>This must not hold.</summary>
    /// <param name="filter">What must not hold.</param>
    public static MemoryFilter Not(MemoryFilter filter) => new Negation(Checked(filter));

    /// <summary>A filter from its document, such as one that came over the network.</summary>
    /// <param name="json">A JSON object. It is checked by the call that the filter is given to.</param>
    public static MemoryFilter FromJson(string json) => new Document(Utf8Text.ToArray(json));

    /// <summary>Both must hold.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static MemoryFilter operator &(MemoryFilter left, MemoryFilter right) => And(left, right);

    /// <summary>One of them must hold.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static MemoryFilter operator |(MemoryFilter left, MemoryFilter right) => Or(left, right);

    /// <summary>It must not hold.</summary>
    /// <param name="filter">What must not hold.</param>
    public static MemoryFilter operator !(MemoryFilter filter) => Not(filter);

    /// <summary>The filter as a document.</summary>
    public override string ToString() => Utf8Text.ToString(ToUtf8(this));

    /// <summary>The document; empty for no filter.</summary>
    internal static byte[] ToUtf8(MemoryFilter? filter) => filter switch
    {
        null => [],
        Document document => document.Json,
        _ => Documents.Write(filter.Write),
    };

    internal abstract void Write(Utf8JsonWriter writer);

    private static MemoryFilter Checked(MemoryFilter? filter) =>
        filter ?? throw new ArgumentNullException(nameof(filter));

    private static MemoryFilter[] Checked(MemoryFilter[] filters)
    {
        ArgumentNullException.ThrowIfNull(filters);
        return Array.ConvertAll(filters, Checked);
    }

    internal sealed class Comparison(MemoryField field, string op, MemoryValue value) : MemoryFilter
    {
        internal override void Write(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteStartObject(field.Name);
            writer.WritePropertyName(op);
            value.Write(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
    }

    internal sealed class Membership(MemoryField field, string op, MemoryValue[] values) : MemoryFilter
    {
        internal override void Write(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteStartObject(field.Name);
            writer.WriteStartArray(op);
            foreach (MemoryValue value in values)
            {
                value.Write(writer);
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
    }

    private sealed class Group(string op, IReadOnlyList<MemoryFilter> filters) : MemoryFilter
    {
        internal override void Write(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            if (filters.Count > 0 || op != "$and")
            {
                writer.WriteStartArray(op);
                foreach (MemoryFilter filter in filters)
                {
                    filter.Write(writer);
                }
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        }
    }

    private sealed class Negation(MemoryFilter filter) : MemoryFilter
    {
        internal override void Write(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WritePropertyName("$not");
            filter.Write(writer);
            writer.WriteEndObject();
        }
    }

    private sealed class Document(byte[] json) : MemoryFilter
    {
        internal byte[] Json { get; } = json;

        // Inside another document it must be JSON of its own, or its end could be taken for the other's.
        internal override void Write(Utf8JsonWriter writer)
        {
            try
            {
                var reader = new Utf8JsonReader(Json, new JsonReaderOptions { MaxDepth = Documents.MaxDepth });
                while (reader.Read())
                {
                }
            }
            catch (JsonException bad)
            {
                throw new MemoryInvalidException("filter: not JSON: " + bad.Message, bad);
            }
            writer.WriteRawValue(Json, skipInputValidation: true);
        }
    }
}
