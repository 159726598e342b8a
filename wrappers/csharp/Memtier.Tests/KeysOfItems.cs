using System;
using System.Text.Json;
using System.Threading;

namespace Memtier.Tests;

/// <summary>Items and changes of the vectors as typed drafts and changes.</summary>
internal static class KeysOfItems
{
    private static DateTimeOffset? Time(long? us) => us is long time ? DateTimeOffset.UnixEpoch.AddTicks(time * 10) : null;

    internal static T Fill<T>(T fields, Keys keys)
        where T : MemoryFields
    {
        fields.Type = keys.Text("type");
        if (keys.Text("content") is string content)
        {
            fields.Content = content;
        }
        fields.ContentType = keys.Text("content_type");
        fields.Metadata = keys.Source("metadata");
        fields.Tier = keys.Text("tier");
        fields.Importance = keys.Fraction("importance");
        fields.Priority = keys.Number("priority");
        fields.Pinned = keys.Flag("pinned");
        fields.CreatedAt = Time(keys.Number("created_us"));
        fields.ExpiresAt = Time(keys.Number("expires_us"));
        fields.AccessCount = keys.Number("access_count");
        fields.ValidationCount = keys.Number("validation_count");
        if (keys.Number("ttl_us") is long ttl)
        {
            fields.TimeToLive = ttl < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromTicks(ttl * 10);
        }
        return fields;
    }

    internal static MemoryDraft Draft(JsonElement item)
    {
        var keys = new Keys(item);
        var draft = Fill(new MemoryDraft { Id = keys.Text("id"), Tags = keys.Texts("tags") }, keys);
        keys.Finish();
        return draft;
    }
}
