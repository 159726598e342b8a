using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Memtier.Interop;

namespace Memtier;

/// <summary>What a policy does with the items that it concerns.</summary>
public enum MemoryPolicyAction
{
    /// <summary>One tier down.</summary>
    Demote,

    /// <summary>One tier up.</summary>
    Promote,

    /// <summary>Into the first tier whose medium is the archive.</summary>
    Archive,

    /// <summary>Deletes them.</summary>
    Delete,

    /// <summary>Idle time and time to live begin anew.</summary>
    Refresh,

    /// <summary>Gives them <see cref="MemoryPolicy.Tag"/>.</summary>
    Tag,

    /// <summary>The <see cref="MemoryPolicyDecider"/> has done it itself.</summary>
    Callback,
}

/// <summary>What an archive rule is about.</summary>
public enum MemoryArchiveRuleKind
{
    /// <summary>How old.</summary>
    Time,

    /// <summary>How important.</summary>
    Importance,

    /// <summary>How often read.</summary>
    Access,

    /// <summary>How large.</summary>
    Size,
}

/// <summary>What is to be done with which items; kept in the store under its name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Action">What is done.</param>
public sealed record MemoryPolicy(string Name, MemoryPolicyAction Action)
{
    /// <summary>
    /// Which items: a filter that may ask for <see cref="MemoryField.IdleDays"/> and its like; null: every item.
    /// </summary>
    public MemoryFilter? Condition { get; init; }

    /// <summary>What <see cref="MemoryPolicyAction.Tag"/> gives them.</summary>
    public string? Tag { get; init; }

    /// <summary>The highest is applied first.</summary>
    public long Priority { get; init; }

    /// <summary>false: applied only where it is named.</summary>
    public bool IsEnabled { get; init; } = true;

    internal byte[] ToUtf8() => Documents.Write(writer =>
    {
        writer.WriteStartObject();
        PolicyDocuments.WriteHead(writer, Name, Condition, Priority, IsEnabled);
        writer.WriteString("action"u8, PolicyDocuments.Word(Action.ToString()));
        if (!string.IsNullOrEmpty(Tag))
        {
            writer.WritePropertyName("tag"u8);
            Documents.WriteText(writer, Tag);
        }
        writer.WriteEndObject();
    });

    internal static MemoryPolicy Parse(JsonElement json) =>
        new(json.GetProperty("name").GetString()!, PolicyDocuments.Action(json))
        {
            Condition = PolicyDocuments.Condition(json),
            Tag = json.TryGetProperty("tag", out JsonElement tag) ? tag.GetString() : null,
            Priority = json.GetProperty("priority").GetInt64(),
            IsEnabled = json.GetProperty("enabled").GetBoolean(),
        };
}

/// <summary>What goes into the archive, and how hard it is compressed there; kept in the store under its name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Condition">
/// Which items: a filter that may ask for <see cref="MemoryField.AgeDays"/> and its like.
/// </param>
public sealed record MemoryArchiveRule(string Name, MemoryArchiveRuleKind Kind, MemoryFilter Condition)
{
    /// <summary>1, quick, to 9, small.</summary>
    public int Level { get; init; } = 6;

    /// <summary>The highest is applied first.</summary>
    public long Priority { get; init; } = 5;

    /// <summary>false: applied only where it is named.</summary>
    public bool IsEnabled { get; init; } = true;

    internal byte[] ToUtf8() => Documents.Write(writer =>
    {
        writer.WriteStartObject();
        PolicyDocuments.WriteHead(writer, Name, Condition, Priority, IsEnabled);
        writer.WriteString("kind"u8, PolicyDocuments.Word(Kind.ToString()));
        writer.WriteNumber("level"u8, Level);
        writer.WriteEndObject();
    });

    internal static MemoryArchiveRule Parse(JsonElement json) => new(
        json.GetProperty("name").GetString()!,
        Enum.Parse<MemoryArchiveRuleKind>(json.GetProperty("kind").GetString()!, true),
        PolicyDocuments.Condition(json))
    {
        Level = json.GetProperty("level").GetInt32(),
        Priority = json.GetProperty("priority").GetInt64(),
        IsEnabled = json.GetProperty("enabled").GetBoolean(),
    };
}

/// <summary>What a policy or an archive rule did, or in a dry run would do.</summary>
/// <param name="Name">Of the policy or rule.</param>
/// <param name="Action">What was done.</param>
/// <param name="Count">With how many items.</param>
/// <param name="Skipped">Why nothing could be done, if so.</param>
public sealed record MemoryApplied(string Name, MemoryPolicyAction Action, long Count, string? Skipped);

/// <summary>
/// Chooses which items a policy concerns. Runs on the thread that applies it, and must not use the store. Where
/// the action is <see cref="MemoryPolicyAction.Callback"/> it does itself what is to be done with them, but not
/// in a dry run. An exception makes the call fail with <see cref="MemoryCallbackException"/>.
/// </summary>
/// <param name="items">Those of a batch that the condition holds for, at most 500; copies, which may be kept.</param>
/// <param name="dryRun">Whether nothing must change.</param>
/// <param name="chosen">One for each item, false; those that are set are chosen.</param>
public delegate void MemoryPolicyDecider(IReadOnlyList<MemoryItem> items, bool dryRun, Span<bool> chosen);

internal static class PolicyDocuments
{
    internal static void WriteHead(
        Utf8JsonWriter writer, string name, MemoryFilter? condition, long priority, bool isEnabled)
    {
        writer.WritePropertyName("name"u8);
        Documents.WriteText(writer, name);
        if (condition is not null)
        {
            writer.WritePropertyName("condition"u8);
            writer.WriteRawValue(MemoryFilter.ToUtf8(condition));
        }
        writer.WriteNumber("priority"u8, priority);
        writer.WriteBoolean("enabled"u8, isEnabled);
    }

    internal static string Word(string name) => name.ToLower(CultureInfo.InvariantCulture);

    internal static MemoryPolicyAction Action(JsonElement json) =>
        Enum.Parse<MemoryPolicyAction>(json.GetProperty("action").GetString()!, true);

    internal static MemoryFilter Condition(JsonElement json) =>
        MemoryFilter.FromJson(json.GetProperty("condition").GetRawText());

    internal static T[] ParseList<T>(byte[] json, Func<JsonElement, T> parse)
    {
        using JsonDocument list = JsonDocument.Parse(json);
        var all = new List<T>();
        foreach (JsonElement one in list.RootElement.EnumerateArray())
        {
            all.Add(parse(one));
        }
        return [.. all];
    }

    internal static byte[] Request(IEnumerable<string>? names, bool dryRun) => Documents.Write(writer =>
    {
        writer.WriteStartObject();
        if (names is not null)
        {
            writer.WriteStartArray("names"u8);
            foreach (string name in names)
            {
                Documents.WriteText(writer, name);
            }
            writer.WriteEndArray();
        }
        writer.WriteBoolean("dry_run"u8, dryRun);
        writer.WriteEndObject();
    });

    internal static MemoryApplied[] ParseReport(byte[] json)
    {
        using JsonDocument report = JsonDocument.Parse(json);
        return ParseResults(report.RootElement.GetProperty("results"));
    }

    internal static MemoryApplied[] ParseResults(JsonElement results)
    {
        var all = new List<MemoryApplied>();
        foreach (JsonElement one in results.EnumerateArray())
        {
            all.Add(new MemoryApplied(
                one.GetProperty("name").GetString()!, Action(one), one.GetProperty("count").GetInt64(),
                one.TryGetProperty("skipped", out JsonElement skipped) ? skipped.GetString() : null));
        }
        return [.. all];
    }
}
