using System;
using System.Collections.Generic;
using Memtier.Interop;

namespace Memtier;

/// <summary>Which items belong into a prompt: of conversations, or of all that an agent has in mind.</summary>
public sealed class MemoryContextQuery
{
    /// <summary>Up to 20 items about what is newest.</summary>
    public MemoryContextQuery()
    {
    }

    /// <summary>Up to 20 items about a text.</summary>
    /// <param name="text">The text.</param>
    public MemoryContextQuery(string text) => Text = text;

    /// <summary>What it is about; empty: what was said last, or what matters most.</summary>
    public string Text { get; set; } = "";

    /// <summary>So many of the newest come first; null: 10 turns, or as many as there may be items.</summary>
    public int? Newest { get; set; }

    /// <summary>How many there are at most, 1 to 1000; null: 20.</summary>
    public int? MaxItems { get; set; }

    /// <summary>What they may take together, see <see cref="MemoryStoreOptions.TokenCounter"/>; null: no limit.</summary>
    public long? MaxTokens { get; set; }

    /// <summary>Ids that the caller has already, at most 5000.</summary>
    public IReadOnlyCollection<string> Exclude { get; set; } = [];

    /// <summary>Only these items.</summary>
    public MemoryFilter? Filter { get; set; }

    internal static byte[] ToUtf8(MemoryContextQuery? query, string newest) => query is null
        ? []
        : Documents.Write(writer =>
        {
            writer.WriteStartObject();
            Documents.WriteText(writer, "text", query.Text);
            Documents.WriteNumber(writer, newest, query.Newest);
            Documents.WriteNumber(writer, "max_items", query.MaxItems);
            Documents.WriteNumber(writer, "max_tokens", query.MaxTokens);
            if (query.Exclude.Count > 0)
            {
                writer.WriteStartArray("exclude"u8);
                foreach (string id in query.Exclude)
                {
                    Documents.WriteText(writer, id);
                }
                writer.WriteEndArray();
            }
            Documents.WriteFilter(writer, query.Filter);
            writer.WriteEndObject();
        });
}

/// <summary>
/// Counts the tokens of texts, as the program's language model does. Runs on the thread that asks for a context, by
/// several at once. An exception makes the call that asked fail with <see cref="MemoryCallbackException"/>.
/// </summary>
/// <param name="texts">Some texts.</param>
/// <param name="tokens">To be filled in, one for each text.</param>
/// <returns>false: take four bytes for a token, this time.</returns>
public delegate bool MemoryTokenCounter(IReadOnlyList<string> texts, Span<long> tokens);
