using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Threading;
using Xunit;

namespace Memtier.Tests;

/// <summary>Runs the steps of one case: its stores, their clock, and what one step leaves to the next.</summary>
internal sealed partial class Machine : IDisposable
{
    /// <summary>What callbacks of the vectors fail with.</summary>
    private sealed class OwnException : Exception;

    private sealed class OwnTime : TimeProvider
    {
        internal DateTimeOffset Now { get; set; } = ManualTime.Start;

        internal Action? Beside { get; set; }

        public override DateTimeOffset GetUtcNow()
        {
            Beside?.Invoke();
            return Now;
        }
    }

    private readonly string _folder;
    private readonly bool _isFile;
    private readonly JsonElement? _ladder;
    private readonly MemoryEvictionOrder? _order;
    private readonly bool? _refresh;
    private readonly OwnTime _time = new();
    private readonly Dictionary<string, MemoryStore> _stores = [];
    private byte[] _exported = [];
    private string _token = "";

    // Of the step that is run.
    private Keys _step = Keys.Empty;
    private string _name = "";
    private MemoryStore _store = null!;
    private MemoryScope? _scope;
    private CancellationToken _cancelled;
    private Progress? _progress;

    internal Machine(Keys test, string folder)
    {
        _folder = folder;
        _isFile = test.Flag("file") ?? false;
        _ladder = test.Get("ladder");
        Keys options = test.Object("options");
        if (options.Text("eviction_order") is string order)
        {
            _order = order switch
            {
                "lru" => MemoryEvictionOrder.LeastRecentlyUsed,
                "lfu" => MemoryEvictionOrder.LeastFrequentlyUsed,
                _ => Enum.Parse<MemoryEvictionOrder>(order, ignoreCase: true),
            };
        }
        _refresh = options.Flag("ttl_refresh_on_read");
        options.Finish();
    }

    public void Dispose()
    {
        foreach (MemoryStore store in _stores.Values)
        {
            store.Dispose();
        }
    }

    internal void Run(Keys step)
    {
        _step = step;
        _name = step.Text("store") ?? "main";
        step.Has("about");
        string status = step.Text("status") ?? "MEMTIER_OK";
        string words = step.Text("error") ?? "";
        string action = step.Text("do")!;
        if (!_stores.ContainsKey(_name))
        {
            Open(StorePath, _ladder, null, null);
        }
        _store = _stores[_name];
        _scope = step.Get("scope") is JsonElement names ? Vectors.Names(names) : null;
        _cancelled = new CancellationToken(step.Flag("cancel") ?? false);
        _progress = null;
        if (step.Text("progress") is string progress)
        {
            Assert.Equal("fails", progress);
            _progress = new Progress(_ => throw new OwnException());
        }
        string? inside = null;
        _time.Beside = step.Text("clock") switch
        {
            null => null,
            "fails" => () => throw new OwnException(),
            _ => () => inside = StatusOf(Record.Exception(() => _store.Exists("x"))),
        };
        Exception? failure = null;
        try
        {
            Act(action);
        }
        catch (Exception thrown) when (
            thrown is MemoryException or MemoryCanceledException or ObjectDisposedException or ArgumentException)
        {
            failure = thrown;
        }
        _time.Beside = null;
        Assert.True(status == StatusOf(failure), $"{StatusOf(failure)} {failure} in {step.Label}");
        Assert.Contains(words, failure?.Message ?? "");
        if (step.Text("clock") is string clock && clock != "fails")
        {
            Assert.Equal(clock, inside);
        }
        step.Finish();
    }

    /// <summary>The status that an exception stands for, which must be the one that this language promises.</summary>
    private static string StatusOf(Exception? failure)
    {
        MemoryStatus code = failure switch
        {
            null => MemoryStatus.Ok,
            ObjectDisposedException => MemoryStatus.Closed,
            ArgumentException => MemoryStatus.Invalid, // found before anything is called
            MemoryCanceledException cancelled => cancelled.Code,
            _ => ((MemoryException)failure).Code,
        };
        Type? type = code switch
        {
            MemoryStatus.Malformed => typeof(MemoryMalformedException),
            MemoryStatus.NotFound => typeof(MemoryNotFoundException),
            MemoryStatus.Exists => typeof(MemoryExistsException),
            MemoryStatus.Conflict => typeof(MemoryConflictException),
            MemoryStatus.Ambiguous => typeof(MemoryAmbiguousException),
            MemoryStatus.Mismatch => typeof(MemoryMismatchException),
            MemoryStatus.Cancelled => typeof(MemoryCanceledException),
            MemoryStatus.Callback => typeof(MemoryCallbackException),
            MemoryStatus.Reentrant => typeof(MemoryReentrantException),
            MemoryStatus.Corrupt => typeof(MemoryCorruptException),
            _ => null,
        };
        if (type is not null)
        {
            Assert.IsType(type, failure);
        }
        if (code == MemoryStatus.Callback)
        {
            Assert.IsType<OwnException>(failure!.InnerException);
        }
        return MemtierLibrary.GetStatusName(code);
    }

    private string StorePath => _isFile ? Path.Combine(_folder, _name + ".mem") : ":memory:";

    private void Open(string path, JsonElement? ladder, string? tokenizer, bool? create)
    {
        var options = new MemoryStoreOptions
        {
            TimeProvider = _time,
            CreateIfMissing = create,
            EvictionOrder = _order,
            RefreshTimeToLiveOnRead = _refresh,
            Tokenizer = tokenizer is null ? null : Enum.Parse<MemoryTokenizer>(tokenizer, ignoreCase: true),
        };
        if (ladder is JsonElement tiers)
        {
            options.Ladder = tiers.ValueKind != JsonValueKind.String ? MemoryLadder.FromJson(tiers.GetRawText()) :
                tiers.GetString() switch
                {
                    "default" => MemoryLadder.Default,
                    "six" => MemoryLadder.Six,
                    "three" => MemoryLadder.Three,
                    "levels" => MemoryLadder.Levels,
                    _ => throw new InvalidOperationException("no preset: " + tiers),
                };
        }
        _stores[_name] = MemoryStore.Open(path, options);
    }

    private MemoryChanges Changes()
    {
        Keys set = _step.Object("set");
        MemoryChanges changes = KeysOfItems.Fill(
            new MemoryChanges { AddTags = _step.Texts("add_tags"), RemoveTags = _step.Texts("remove_tags") }, set);
        changes.ExpectedVersion = _step.Number("version");
        set.Finish();
        return changes;
    }

    private MemoryDurability Durability =>
        Enum.Parse<MemoryDurability>(_step.Text("durability") ?? "default", ignoreCase: true);

    private MemoryPutMode Mode => Enum.Parse<MemoryPutMode>(_step.Text("mode") ?? "replace", ignoreCase: true);

    private MemoryFilter Filter =>
        _step.Source("filter") is string filter ? MemoryFilter.FromJson(filter) : MemoryFilter.All;

    /// <summary>"gives": keys of the item's document with their values, metadata byte for byte; "absent".</summary>
    private void ExpectItem(MemoryItem item)
    {
        using JsonDocument document = JsonDocument.Parse(item.ToJson());
        foreach (JsonProperty member in _step.Members("gives"))
        {
            Assert.True(document.RootElement.TryGetProperty(member.Name, out JsonElement value), member.Name);
            Assert.True(
                JsonElement.DeepEquals(member.Value, value), $"{member.Name} is {value} in {_step.Label}");
            if (member.Name == "metadata")
            {
                Assert.Equal(member.Value.GetRawText(), item.Metadata);
            }
        }
        foreach (string key in _step.Texts("absent"))
        {
            Assert.False(document.RootElement.TryGetProperty(key, out _), key);
        }
    }

    private void ExpectCount(long count) => Assert.Equal(_step.Number("count") ?? count, count);

    private void ExpectTexts(string key, IEnumerable<string> actual)
    {
        if (_step.Has(key))
        {
            Assert.Equal(_step.Texts(key), actual);
        }
    }

    /// <summary>Those of the numbers that the step names.</summary>
    private void ExpectNumbers(string key, Dictionary<string, long> actual)
    {
        foreach (JsonProperty member in _step.Members(key))
        {
            Assert.True(actual[member.Name] == member.Value.GetInt64(), $"{member.Name} is {actual[member.Name]}");
        }
    }

    /// <summary>"statuses"; an entry with an item has the id that was asked for.</summary>
    private void ExpectEntries(MemoryBatch batch, string[]? ids)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            Assert.Equal(MemtierLibrary.GetStatusName(batch[i].Status), StatusOf(batch[i].Error));
            Assert.Equal(ids?[i] ?? batch[i].Item?.Id, batch[i].Succeeded ? batch[i].Item?.Id : ids?[i]);
        }
        ExpectTexts("statuses", batch.Select(entry => MemtierLibrary.GetStatusName(entry.Status)));
    }

    private void Act(string action)
    {
        switch (action)
        {
            case "advance":
                _time.Now = _time.Now.AddTicks((long)Math.Round(_step.Fraction("seconds")!.Value * 1e6) * 10);
                break;
            case "open":
                Reopen();
                break;
            case "close":
                _store.Close();
                break;
            case "flush":
                _store.Flush(_progress, _cancelled);
                break;
            case "put":
                MemoryDraft draft = KeysOfItems.Draft(_step.Get("item")!.Value);
                draft.ExpectedVersion = _step.Number("version");
                ExpectItem(_store.Put(draft, _scope, Mode, Durability));
                break;
            case "put_many":
                MemoryBatch stored = _store.PutMany(
                    _step.Elements("items").Select(KeysOfItems.Draft), _scope, Mode, Durability, _progress,
                    _cancelled);
                ExpectEntries(stored, null);
                stored.ThrowIfFailed();
                break;
            case "get":
                ExpectItem(_store.Get(_step.Text("id")!, _scope));
                break;
            case "get_many":
                ExpectEntries(_store.GetMany(_step.Texts("ids"), _scope, _progress, _cancelled), _step.Texts("ids"));
                break;
            case "update":
                ExpectItem(_store.Update(_step.Text("id")!, Changes(), _scope, Durability));
                break;
            case "delete":
                Delete();
                break;
            case "delete_many":
                ExpectEntries(_store.DeleteMany(_step.Texts("ids"), _scope, Durability, _progress, _cancelled), null);
                break;
            case "exists":
                bool exists = _store.Exists(_step.Text("id")!, _scope);
                Assert.Equal(_step.Flag("exists") ?? exists, exists);
                break;
            case "validate":
                ExpectCount(_store.Validate(_step.Text("id")!, _scope));
                break;
            case "move":
                _store.Move(_step.Text("id")!, _step.Text("tier")!, _scope);
                break;
            case "count":
                ExpectCount(_store.Count(Filter, _scope, _cancelled));
                break;
            case "list":
                List();
                break;
            case "update_where":
                ExpectCount(_store.UpdateWhere(Filter, Changes(), _scope, Durability, _progress, _cancelled));
                break;
            case "delete_where":
                ExpectCount(_store.DeleteWhere(Filter, _scope, Durability, _progress, _cancelled));
                break;
            case "search":
                MemoryQuery query = MemoryQuery.FromJson(_step.Source("query")!);
                ExpectTexts("ids", _store.Search(query, _scope, _cancelled).Select(hit => hit.Item.Id));
                break;
            case "sweep":
                ExpectCount(_store.Sweep(_progress, _cancelled));
                break;
            case "optimize":
                MemoryOptimization done = _store.Optimize(_scope, _progress, _cancelled);
                ExpectCount(done.Total);
                ExpectNumbers("demoted", _store.GetTiers().Zip(done.DemotedByTier)
                    .ToDictionary(pair => pair.First.Name, pair => pair.Second));
                break;
            case "tier_clear":
                ExpectCount(_store.ClearTiers(_step.Texts("tiers"), _scope, _progress, _cancelled));
                break;
            case "transitions":
                ExpectTransitions();
                break;
            case "tiers":
                ExpectNumbers("items", _store.GetTiers().ToDictionary(tier => tier.Name, tier => tier.ItemCount));
                break;
            case "statistics":
                ExpectStatistics();
                break;
            case "export":
                Export();
                break;
            case "import":
                Import();
                break;
            default:
                ActOnMemories(action);
                break;
        }
    }

    private void Reopen()
    {
        string? other = _step.Text("path");
        string path = other is null ? StorePath : other.Contains("://") ? other : Path.Combine(_folder, other);
        if (_step.Text("bytes") is string bytes)
        {
            File.WriteAllText(path, bytes);
        }
        _store.Close();
        Open(path, _step.Get("ladder") ?? _ladder, _step.Text("tokenizer"), _step.Flag("create"));
    }

    /// <summary>That there was nothing to delete is an answer here, and no failure.</summary>
    private void Delete()
    {
        bool deleted = _store.Delete(_step.Text("id")!, _scope, _step.Number("version") ?? 0, Durability);
        if (!deleted)
        {
            throw new MemoryNotFoundException("");
        }
    }

    private void List()
    {
        string? name = _step.Text("order_by");
        var list = new MemoryListOptions
        {
            Filter = Filter,
            OrderBy = name is null ? null : typeof(MemoryField)
                .GetProperties(BindingFlags.Public | BindingFlags.Static)
                .Select(property => (MemoryField)property.GetValue(null)!).Single(field => field.Name == name),
            Descending = _step.Flag("descending") ?? true,
            Skip = _step.Number("skip"),
            Limit = _step.Number("limit"),
            After = _step.Flag("after") ?? false ? _token : null,
        };
        int size = (int)(_step.Number("page") ?? 100);
        long pages = _step.Number("pages") ?? long.MaxValue;
        using MemoryCursor cursor = _store.OpenCursor(list, _scope);
        List<string> ids = [];
        for (long read = 0; read < pages; read++)
        {
            MemoryBatch page = cursor.Next(size);
            if (page.Count == 0)
            {
                break;
            }
            ids.AddRange(page.Items.Select(item => item.Id));
        }
        _token = cursor.GetToken();
        ExpectTexts("ids", ids);
    }

    private void ExpectTransitions()
    {
        IReadOnlyList<MemoryTransition> rows = _store.GetTransitions(
            _step.Text("id"), limit: (int)(_step.Number("limit") ?? 100), scope: _scope);
        if (_step.Get("rows") is JsonElement expected)
        {
            Assert.Equal(
                expected.EnumerateArray().Select(row => string.Join(" ", row.EnumerateArray())),
                rows.Select(row => $"{row.Id} {row.FromTier} {row.ToTier} {row.Reason}"));
        }
    }

    private void ExpectStatistics()
    {
        MemoryStoreStatistics read = _store.GetStatistics();
        ExpectNumbers("values", new()
        {
            ["item_count"] = read.ItemCount,
            ["expired_count"] = read.ExpiredCount,
            ["gets"] = read.Gets,
            ["gets_missed"] = read.GetsMissed,
            ["puts"] = read.Puts,
            ["deletes"] = read.Deletes,
            ["searches"] = read.Searches,
            ["promotions"] = read.Promotions,
            ["demotions"] = read.Demotions,
            ["evictions"] = read.Evictions,
            ["expirations"] = read.Expirations,
        });
    }

    private void Export()
    {
        using var lines = new MemoryStream();
        ExpectCount(_store.Export(lines, Filter, _scope, _progress, _cancelled));
        if (_step.Flag("same") ?? false)
        {
            Assert.Equal(Encoding.UTF8.GetString(_exported), Encoding.UTF8.GetString(lines.ToArray()));
        }
        _exported = lines.ToArray();
    }

    private void Import()
    {
        using var lines = new MemoryStream();
        if (_step.Flag("exported") ?? false)
        {
            lines.Write(_exported);
        }
        foreach (JsonElement line in _step.Elements("lines"))
        {
            lines.Write(Encoding.UTF8.GetBytes(line.GetRawText() + "\n"));
        }
        lines.Position = 0;
        MemoryImportOptions? options =
            _step.Source("options") is string document ? MemoryImportOptions.FromJson(document) : null;
        MemoryImportStatistics read = _store.Import(lines, options, _scope, _progress, _cancelled);
        ExpectNumbers("report", new()
        {
            ["lines"] = read.Lines,
            ["stored"] = read.Stored,
            ["replaced"] = read.Replaced,
            ["skipped"] = read.Skipped,
            ["failed"] = read.Failed,
            ["first_failed_line"] = read.FirstFailedLine ?? 0,
        });
    }
}
