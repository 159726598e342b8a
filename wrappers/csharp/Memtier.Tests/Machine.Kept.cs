using System;
using System.Linq;
using System.Text.Json;

namespace Memtier.Tests;

/// <summary>The steps about knowledge, episodes and runs.</summary>
internal sealed partial class Machine
{
    private void ActOnKept(string action)
    {
        switch (action)
        {
            case "know":
                ExpectItem(_store.PutKnowledge(Knowledge("knowledge"), _scope, Durability).Item!);
                break;
            case "believe":
                ExpectItem(_store.UpdateKnowledge(
                    _step.Text("id")!, Knowledge("change"), _scope, _step.Number("version") ?? 0, Durability).Item!);
                break;
            case "history":
                ExpectTexts("texts", _store.GetKnowledgeHistory(_step.Text("id")!, _scope, Limit)
                    .Select(belief => belief.Content!));
                break;
            case "contradictions":
                ExpectRows(_store.GetContradictions(Filter, _scope, Limit, _cancelled)
                    .Select(one => $"{one.Subject} {one.Attribute} {one.First.Id} {one.Second.Id}"));
                break;
            case "episode":
                ExpectItem(_store.PutEpisode(Episode(), _scope, Durability).Item!);
                break;
            case "around":
                ExpectTexts("texts", _store.GetAround(Around(), _scope, _cancelled).Select(item => item.Content!));
                break;
            default:
                ExpectItem(_store.RecordRun(RunOfStep(), _scope, Durability).Item!);
                break;
        }
    }

    private static DateTimeOffset? Time(Keys keys, string key) =>
        keys.Number(key) is long us ? DateTimeOffset.UnixEpoch.AddTicks(us * 10) : null;

    private MemoryKnowledge Knowledge(string name)
    {
        Keys keys = _step.Object(name);
        var knowledge = new MemoryKnowledge(keys.Text("content"))
        {
            Id = keys.Text("id"),
            Subject = keys.Text("subject"),
            Attribute = keys.Text("attribute"),
            ValueJson = keys.Source("value"),
            Category = keys.Text("category"),
            Source = keys.Text("source"),
            ValidFrom = Time(keys, "valid_from_us"),
            ValidUntil = Time(keys, "valid_until_us"),
            Metadata = keys.Source("metadata"),
            Tags = keys.Texts("tags"),
            Importance = keys.Fraction("importance"),
        };
        keys.Finish();
        return knowledge;
    }

    private MemoryEpisode Episode()
    {
        Keys keys = _step.Object("episode");
        var episode = new MemoryEpisode(keys.Text("content") ?? "")
        {
            Id = keys.Text("id"),
            Title = keys.Text("title"),
            Location = keys.Text("location"),
            Participants = keys.Texts("participants"),
            Emotions = keys.Members("emotions").ToDictionary(one => one.Name, one => one.Value.GetDouble()),
            Started = Time(keys, "started_us"),
            Ended = Time(keys, "ended_us"),
            Metadata = keys.Source("metadata"),
        };
        keys.Finish();
        return episode;
    }

    private MemoryAroundQuery Around()
    {
        Keys keys = _step.Object("around");
        var query = new MemoryAroundQuery
        {
            At = Time(keys, "at_us"),
            Id = keys.Text("id"),
            Within = keys.Number("within_us") is long us ? TimeSpan.FromTicks(us * 10) : null,
            Limit = (int?)keys.Number("limit"),
            Filter = keys.Source("filter") is string filter ? MemoryFilter.FromJson(filter) : null,
        };
        keys.Finish();
        return query;
    }

    private MemoryRun RunOfStep()
    {
        Keys keys = _step.Object("run");
        bool isText = keys.Get("result") is JsonElement { ValueKind: JsonValueKind.String };
        var run = new MemoryRun(keys.Text("name") ?? "")
        {
            Id = keys.Text("id"),
            InputJson = keys.Source("input"),
            Result = isText ? keys.Text("result") : null,
            ResultJson = isText ? null : keys.Source("result"),
            Error = keys.Text("error"),
            Success = keys.Flag("success"),
            Started = Time(keys, "started_us"),
            Duration = TimeSpan.FromTicks((keys.Number("duration_us") ?? 0) * 10),
            Metadata = keys.Source("metadata"),
        };
        keys.Finish();
        return run;
    }
}
