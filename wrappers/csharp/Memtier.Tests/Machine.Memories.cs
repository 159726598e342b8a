using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Xunit;

namespace Memtier.Tests;

/// <summary>The steps about collections, conversations and contexts.</summary>
internal sealed partial class Machine
{
    private void ActOnMemories(string action)
    {
        switch (action)
        {
            case "collection_create":
                Keys made = _step.Object("collection");
                _store.CreateCollection(made.Text("name") ?? "", made.Text("description") ?? "");
                made.Finish();
                break;
            case "collections":
                ExpectRows(_store.GetCollections(_scope, _cancelled)
                    .Select(one => $"{one.Name} {one.Description} {one.ItemCount}"));
                break;
            case "collection_drop":
                MemoryDropMode mode =
                    _step.Flag("with_items") ?? false ? MemoryDropMode.WithItems : MemoryDropMode.Empty;
                ExpectCount(_store.DropCollection(_step.Text("name")!, mode, _progress, _cancelled));
                break;
            case "collection_copy":
                ExpectCount(_store.CopyToCollection(
                    _step.Text("to") ?? "", Filter, _scope, Mode, Durability, _progress, _cancelled));
                break;
            case "collection_move":
                ExpectCount(_store.MoveToCollection(
                    _step.Text("to") ?? "", Filter, _scope, Mode, Durability, _progress, _cancelled));
                break;
            case "recent":
                var within = TimeSpan.FromTicks((long)Math.Round(_step.Fraction("seconds")!.Value * 1e6) * 10);
                ExpectTurns(_store.GetRecentTurns(within, Limit, _scope, _cancelled));
                break;
            case "turn_context":
                ExpectTurns(_store.GetTurnContext(Context("last"), _scope, _cancelled));
                break;
            case "sessions":
                ExpectRows(_store.GetSessions(Limit, _scope, _cancelled)
                    .Select(one => $"{one.Scope.Session} {one.Turns}"));
                break;
            case "remember":
                ExpectItem(_store.Remember(
                    _step.Text("key")!, _step.Text("value")!, _step.Fraction("importance") ?? 0.5, _scope, Durability));
                break;
            case "active":
                ExpectTexts("texts", _store.GetActiveContext(Context("short_term"), _scope, _cancelled)
                    .Select(item => item.Content));
                break;
            case "know" or "believe" or "history" or "contradictions" or "episode" or "around" or "record":
                ActOnKept(action);
                break;
            default:
                ActOnConversation(action, _store.GetConversation(_scope ?? new MemoryScope()));
                break;
        }
    }

    private void ActOnConversation(string action, MemoryConversation talk)
    {
        long version = _step.Number("version") ?? 0;
        switch (action)
        {
            case "say":
                ExpectItem(talk.Append(Turn(_step.Get("turn")!.Value), version, Durability).Item!);
                break;
            case "say_many":
                ExpectTurns(talk.AppendMany(Turns, version, Durability, _cancelled));
                break;
            case "last":
                MemoryHistory history = talk.Last(Limit);
                ExpectTurns(history.Turns);
                Assert.Equal(_step.Number("conversation_version") ?? history.Version, history.Version);
                break;
            case "replace":
                ExpectCount(talk.Replace(Turns, version, Durability).Changed);
                break;
            default:
                Assert.Fail($"\"{action}\" is no step");
                break;
        }
    }

    private int Limit => (int)(_step.Number("limit") ?? 100);

    private MemoryTurn[] Turns => [.. _step.Elements("turns").Select(Turn)];

    private static MemoryTurn Turn(JsonElement json)
    {
        var keys = new Keys(json);
        if (!Enum.TryParse(keys.Text("role") ?? "", ignoreCase: true, out MemoryRole role))
        {
            throw new ArgumentException("it is no role"); // the type has no others
        }
        var turn = new MemoryTurn(role, keys.Text("content"))
        {
            Name = keys.Text("name"),
            Parts = keys.Source("parts"),
            State = keys.Source("state"),
            Metadata = keys.Source("metadata"),
            Tags = keys.Texts("tags"),
            Tier = keys.Text("tier"),
            Importance = keys.Fraction("importance"),
            Created = keys.Number("created_us") is long us ? DateTimeOffset.UnixEpoch.AddTicks(us * 10) : null,
        };
        keys.Finish();
        return turn;
    }

    private MemoryContextQuery Context(string newest)
    {
        Keys keys = _step.Object("context");
        var query = new MemoryContextQuery(keys.Text("text") ?? "")
        {
            Newest = (int?)keys.Number(newest),
            MaxItems = (int?)keys.Number("max_items"),
            MaxTokens = keys.Number("max_tokens"),
            Exclude = keys.Texts("exclude"),
            Filter = keys.Source("filter") is string filter ? MemoryFilter.FromJson(filter) : null,
        };
        keys.Finish();
        return query;
    }

    private void ExpectTurns(IEnumerable<MemoryTurn> turns) => ExpectTexts("texts", turns.Select(turn => turn.Content!));

    private void ExpectRows(IEnumerable<string> actual)
    {
        if (_step.Get("rows") is JsonElement expected)
        {
            Assert.Equal(expected.EnumerateArray().Select(row => string.Join(" ", row.EnumerateArray())), actual);
        }
    }
}
