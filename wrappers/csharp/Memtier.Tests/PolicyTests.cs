using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Memtier.Interop;
using Xunit;

namespace Memtier.Tests;

/// <summary>Policies and archive rules.</summary>
public sealed class PolicyTests : StoreTest
{
    private sealed class Broken : Exception;

    private static MemoryFilter Condition(JsonElement document) =>
        document.TryGetProperty("condition", out JsonElement condition)
            ? MemoryFilter.FromJson(condition.GetRawText())
            : MemoryFilter.All;

    private static long Number(JsonElement document, string key, long otherwise) =>
        document.TryGetProperty(key, out JsonElement value) ? value.GetInt64() : otherwise;

    private static bool IsEnabled(JsonElement document) =>
        !document.TryGetProperty("enabled", out JsonElement value) || value.GetBoolean();

    private static MemoryPolicy Policy(JsonElement document) => new(
        Vectors.Text(document, "name")!,
        Enum.Parse<MemoryPolicyAction>(Vectors.Text(document, "action")!, true))
    {
        Condition = Condition(document),
        Tag = Vectors.Text(document, "tag"),
        Priority = Number(document, "priority", 0),
        IsEnabled = IsEnabled(document),
    };

    private static MemoryArchiveRule Rule(JsonElement document) => new(
        Vectors.Text(document, "name")!,
        Enum.Parse<MemoryArchiveRuleKind>(Vectors.Text(document, "kind")!, true), Condition(document))
    {
        Level = (int)Number(document, "level", 6),
        Priority = Number(document, "priority", 5),
        IsEnabled = IsEnabled(document),
    };

    private static JsonElement[] List(JsonElement test, string key) =>
        test.TryGetProperty(key, out JsonElement list) ? [.. list.EnumerateArray()] : [];

    private MemoryStore OpenCase(JsonElement test)
    {
        var options = new MemoryStoreOptions { TimeProvider = Time };
        if (Vectors.Text(test, "ladder") is string ladder)
        {
            options.Ladder = MemoryLadder.FromJson(ladder);
        }
        MemoryStore store = MemoryStore.OpenInMemory(options);
        foreach (JsonElement item in List(test, "items"))
        {
            store.Put(MemoryDraft.FromJson(Vectors.Expand(item.GetRawText())));
        }
        foreach (JsonElement policy in List(test, "policies"))
        {
            store.PutPolicy(Policy(policy));
        }
        foreach (JsonElement rule in List(test, "archive_rules"))
        {
            store.PutArchiveRule(Rule(rule));
        }
        return store;
    }

    private static IReadOnlyList<MemoryApplied> Apply(MemoryStore store, JsonElement step)
    {
        JsonElement request = step.GetProperty("request");
        string[]? names = request.TryGetProperty("names", out _) ? Vectors.Texts(request, "names") : null;
        bool dryRun = request.TryGetProperty("dry_run", out JsonElement dry) && dry.GetBoolean();
        return Vectors.Text(step, "apply") == "policies"
            ? store.ApplyPolicies(names, dryRun)
            : store.ApplyArchiveRules(names, dryRun);
    }

    private static MemoryItem[] Find(MemoryStore store, MemoryFilter filter) =>
        [.. store.List(new MemoryListOptions { Filter = filter }).OrderBy(item => item.Id, StringComparer.Ordinal)];

    private static void Check(MemoryStore store, JsonElement step)
    {
        if (Vectors.Text(step, "error") is string error)
        {
            Assert.Contains(error, Assert.ThrowsAny<MemoryException>(() => Apply(store, step)).Message);
            return;
        }
        IReadOnlyList<MemoryApplied> applied = Apply(store, step);
        Assert.Equal(
            List(step, "results").Select(one => (one[0].GetString()!, one[1].GetInt64())),
            applied.Select(one => (one.Name, one.Count)));
        Assert.Equal(
            Vectors.Texts(step, "skipped"), applied.Where(one => one.Skipped is not null).Select(one => one.Name));
        if (step.TryGetProperty("tiers", out JsonElement tiers))
        {
            foreach (JsonProperty one in tiers.EnumerateObject())
            {
                Assert.Equal(one.Value.GetString(), Find(store, MemoryField.Id.Eq(one.Name)).Single().Tier);
            }
        }
        foreach (string id in Vectors.Texts(step, "gone"))
        {
            Assert.Empty(Find(store, MemoryField.Id.Eq(id)));
        }
        if (step.TryGetProperty("tagged", out JsonElement tagged))
        {
            foreach (JsonProperty one in tagged.EnumerateObject())
            {
                Assert.Equal(
                    one.Value.EnumerateArray().Select(id => id.GetString()!),
                    Find(store, MemoryField.Tags.Eq(one.Name)).Select(item => item.Id));
            }
        }
    }

    [Fact]
    public void TheyDoWhatTheVectorsSay()
    {
        JsonElement[] cases = [.. Vectors.Load("policies.json", "cases")];
        Assert.True(cases.Length >= 3);
        foreach (JsonElement test in cases)
        {
            using MemoryStore store = OpenCase(test);
            if (test.TryGetProperty("listed", out _))
            {
                Assert.Equal(Vectors.Texts(test, "listed"), store.GetPolicies().Select(one => one.Name));
            }
            if (test.TryGetProperty("listed_rules", out _))
            {
                Assert.Equal(Vectors.Texts(test, "listed_rules"), store.GetArchiveRules().Select(one => one.Name));
            }
            foreach (JsonElement step in List(test, "steps"))
            {
                Check(store, step);
            }
        }
    }

    [Fact]
    public void WrongDocumentsAreRefused()
    {
        using MemoryStore store = Open();
        foreach (JsonElement test in Vectors.Load("policies.json", "refused"))
        {
            JsonElement document = test.GetProperty("document");
            Action put;
            try
            {
                if (Vectors.Text(test, "what") == "policy")
                {
                    MemoryPolicy policy = Policy(document);
                    put = () => store.PutPolicy(policy);
                }
                else
                {
                    MemoryArchiveRule rule = Rule(document);
                    put = () => store.PutArchiveRule(rule);
                }
            }
            catch (Exception)
            {
                continue; // it says what cannot be said here
            }
            if (document.TryGetProperty("unknown", out _) || Vectors.Text(document, "name") is null
                || Vectors.Text(test, "error")!.Contains("condition\" is missing", StringComparison.Ordinal))
            {
                continue;
            }
            Assert.Contains(Vectors.Text(test, "error")!, Assert.Throws<MemoryInvalidException>(put).Message);
        }
    }

    [Fact]
    public void WhatIsListedCanBePutAgain()
    {
        using MemoryStore store = Open();
        string[] policies = [.. store.GetPolicies().Select(one => Utf8Text.ToString(one.ToUtf8()))];
        foreach (MemoryPolicy policy in store.GetPolicies())
        {
            store.PutPolicy(policy);
        }
        Assert.Equal(policies, store.GetPolicies().Select(one => Utf8Text.ToString(one.ToUtf8())));
        foreach (MemoryArchiveRule rule in store.GetArchiveRules())
        {
            store.PutArchiveRule(rule);
        }
        Assert.Equal(3, store.GetArchiveRules().Count);
        store.DeleteArchiveRule("unaccessed_old");
        Assert.Throws<MemoryNotFoundException>(() => store.DeleteArchiveRule("unaccessed_old"));
        store.DeletePolicy("refresh_important");
        Assert.Throws<MemoryNotFoundException>(() => store.DeletePolicy("refresh_important"));
    }

    [Fact]
    public void ADeciderChoosesItems()
    {
        using MemoryStore store = Open();
        int before = Callbacks.Registered;
        store.Put(new MemoryDraft("drop this") { Id = "a", Type = "note" });
        store.Put(new MemoryDraft("keep this") { Id = "b", Type = "note" });
        store.Put(new MemoryDraft("drop that") { Id = "c", Type = "fact" });
        var seen = new List<string>();
        MemoryPolicyDecider decider = (items, dryRun, chosen) =>
        {
            for (int i = 0; i < items.Count; i++)
            {
                seen.Add(items[i].Id + (dryRun ? " dry" : ""));
                chosen[i] = items[i].Content.StartsWith("drop", StringComparison.Ordinal);
            }
        };
        var policy = new MemoryPolicy("dropper", MemoryPolicyAction.Delete)
        {
            Condition = MemoryField.Type.Eq("note"),
        };
        store.PutPolicy(policy, decider);
        Assert.Equal(before + 1, Callbacks.Registered);
        MemoryApplied[] one = [new("dropper", MemoryPolicyAction.Delete, 1, null)];
        Assert.Equal(one, store.ApplyPolicies(["dropper"], true));
        Assert.Equal(3, store.Count());
        Assert.Equal(one, store.ApplyPolicies(["dropper"]));
        Assert.Equal(["a dry", "b dry", "a", "b"], seen);
        Assert.Throws<MemoryExistsException>(() => store.PutPolicy(policy));
        store.DeletePolicy("dropper");
        Assert.Equal(before, Callbacks.Registered);
    }

    [Fact]
    public void ADeciderThatThrowsFailsTheCall()
    {
        using MemoryStore store = Open();
        store.Put("tea");
        store.PutPolicy(new MemoryPolicy("broken", MemoryPolicyAction.Callback), (_, _, _) => throw new Broken());
        var failure = Assert.Throws<MemoryCallbackException>(() => store.ApplyPolicies(["broken"]));
        Assert.IsType<Broken>(failure.InnerException);
        store.PutPolicy(new MemoryPolicy("broken", MemoryPolicyAction.Callback), (_, _, _) => store.Get("x"));
        failure = Assert.Throws<MemoryCallbackException>(() => store.ApplyPolicies(["broken"]));
        Assert.IsType<MemoryReentrantException>(failure.InnerException);
    }
}
