using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using Xunit;

namespace Memtier.Tests;

/// <summary>Associations: the vectors, and what they do not say.</summary>
public sealed class GraphTests : StoreTest
{
    private static MemoryNode Node(JsonElement value) => value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : new MemoryNode(
            (Vectors.Text(value, "concept") ?? Vectors.Text(value, "id"))!, value.TryGetProperty("concept", out _),
            Vectors.Names(value));

    private static MemoryNode? Node(JsonElement test, string key) =>
        test.TryGetProperty(key, out JsonElement value) ? Node(value) : null;

    private static string Name(MemoryNode node) => (node.IsConcept ? "#" : "") + node.Name;

    private static double? Number(JsonElement test, string key) =>
        test.TryGetProperty(key, out JsonElement value) ? value.GetDouble() : null;

    private static MemoryLink Link(JsonElement link) => new(
        Node(link, "source")!, Node(link, "target")!, Vectors.Text(link, "kind") ?? MemoryLink.Related,
        Number(link, "weight") ?? 1);

    private static MemoryGraphQuery Query(JsonElement test) => new()
    {
        Direction = Enum.Parse<MemoryDirection>(Vectors.Text(test, "direction") ?? "both", true),
        Kinds = test.TryGetProperty("kinds", out _) ? Vectors.Texts(test, "kinds") : null,
        MinStrength = Number(test, "min_strength"),
        Limit = (int?)Number(test, "limit"),
        ByStrength = test.TryGetProperty("by_strength", out _),
        MaxHops = (int?)Number(test, "max_hops"),
        MaxNodes = (int?)Number(test, "max_nodes"),
        Hops = (int?)Number(test, "hops"),
        Decay = Number(test, "decay"),
        Threshold = Number(test, "threshold"),
    };

    private static string[] Spread(MemoryStore store, JsonElement test, MemoryScope? scope)
    {
        MemorySpread spread =
            store.Spread(test.GetProperty("seeds").EnumerateArray().Select(Node), Query(test), scope);
        if (test.TryGetProperty("activations", out JsonElement activations))
        {
            foreach ((JsonElement expected, MemoryActivation found) in activations.EnumerateArray().Zip(spread.Nodes))
            {
                Assert.Equal(expected.GetDouble(), found.Activation, 1e-6);
            }
        }
        return [.. spread.Nodes.Select(found => Name(found.Node))];
    }

    private static string[] Run(MemoryStore store, JsonElement test)
    {
        MemoryScope? scope = Vectors.Scope(test);
        switch (Vectors.Text(test, "do"))
        {
            case "neighbours":
                return [.. store.GetNeighbours(Node(test, "node")!, Query(test), scope).Select(one => Name(one.Node))];
            case "path":
                MemoryPath path = store.FindPath(Node(test, "from")!, Node(test, "to")!, Query(test), scope);
                return [.. path.Nodes.Select(Name)];
            case "spread":
                return Spread(store, test, scope);
            case "links":
                var query = new MemoryLinkQuery
                {
                    Source = Node(test, "source"),
                    Target = Node(test, "target"),
                    Kind = Vectors.Text(test, "kind"),
                    MinStrength = Number(test, "min_strength"),
                };
                return [.. store.ListLinks(query, scope).Entries.Select(x => Name(x.Source) + ">" + Name(x.Target))];
            case "concepts":
                return [.. store.ListConcepts(Vectors.Text(test, "prefix"), scope).Entries.Select(x => Name(x.Node))];
            case "put":
                store.PutLink(Link(test.GetProperty("link")));
                return [];
            default:
                throw new InvalidOperationException(Vectors.Label(test));
        }
    }

    [Fact]
    public void FindsWhatTheVectorsSay()
    {
        using MemoryStore store = Open();
        foreach (JsonElement item in Vectors.Load("graph.json", "items"))
        {
            store.Put(MemoryDraft.FromJson(item.GetRawText()), Vectors.Names(item));
        }
        store.PutLinks(Vectors.Load("graph.json", "links").Select(Link));
        int cases = 0;
        foreach (JsonElement test in Vectors.Load("graph.json", "cases"))
        {
            cases++;
            if (Vectors.Text(test, "status") is { } status)
            {
                var failure = Record.Exception(() => Run(store, test)) as MemoryException;
                Assert.True(failure is not null, Vectors.Label(test));
                Assert.Equal("MEMTIER_" + status, MemtierLibrary.GetStatusName(failure.Code));
            }
            else
            {
                Assert.True(Vectors.Texts(test, "ids").SequenceEqual(Run(store, test)), Vectors.Label(test));
            }
        }
        Assert.True(cases >= 37);
    }

    [Fact]
    public void LinksAreReadAsTheyWerePut()
    {
        using MemoryStore store = Open();
        store.PutMany([new("a tea") { Id = "tea" }, new("a cup") { Id = "cup" }]);
        store.CreateConcept("drinks", "what is drunk", durability: MemoryDurability.Full);
        Assert.Throws<MemoryExistsException>(() => store.CreateConcept("drinks"));
        store.PutLink(new MemoryLink("tea", MemoryNode.Concept("drinks"), "is_a"));
        store.PutLink(new MemoryLink("tea", "cup", Weight: 0.5));
        store.PutLink(new MemoryLink("tea", "cup", Weight: 0.25) { Strengthens = true });
        MemoryLink link = store.GetLink("tea", "cup");
        Assert.Equal((0.75, 0.75, Time.Now), (link.Weight, link.Strength, link.Created));
        Assert.Equal(new MemoryNode("cup"), link.Target);
        MemoryPage<MemoryLink> first = store.ListLinks(new MemoryLinkQuery { Limit = 1 });
        MemoryPage<MemoryLink> second = store.ListLinks(new MemoryLinkQuery { After = first.After });
        Assert.Single(second.Entries);
        Assert.Null(second.After);
        MemoryConcept concept = Assert.Single(store.ListConcepts().Entries);
        Assert.Equal(("what is drunk", 1), (concept.Description, concept.LinkCount));
        Assert.Contains("\"label\":\"a tea\"", store.ExportGraph(new MemoryGraphQuery { Around = ["tea"] }));
        Assert.StartsWith("digraph memtier {", store.DrawGraph());
        store.DeleteConcept("drinks");
        Assert.Throws<MemoryNotFoundException>(() => store.DeleteConcept("drinks"));
        Assert.Equal(1, store.DeleteLinks(new MemoryLinkQuery { Source = "tea" }));
        Assert.Throws<MemoryNotFoundException>(() => store.GetLink("tea", "cup"));
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<MemoryCanceledException>(() => store.Spread(["tea"], cancellationToken: source.Token));
    }

    [Fact]
    public void LinksAreLearnedWhereThatIsWanted()
    {
        MemoryStoreOptions options = Options;
        options.LearnLinks = 1;
        options.LinkHalfLife = TimeSpan.Zero;
        using MemoryStore store = Open(options);
        foreach (string id in (string[])["a", "b"])
        {
            store.Put(new MemoryDraft("text") { Id = id });
            store.Get(id);
        }
        store.Flush();
        Assert.Equal(0.1, store.GetLink("a", "b", MemoryLink.ReadTogether).Weight);
    }
}
