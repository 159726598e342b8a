using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Memtier.Interop;
using Xunit;

namespace Memtier.Tests;

/// <summary>The embedder: built in, of one's own, none.</summary>
public sealed class EmbedderTests : StoreTest
{
    private sealed class Broken : Exception;

    private static double Dot(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();

    // A vector has the size of the text and how many e's are in it; the empty text has none.
    private static float[]? Letters(string text) =>
        text.Length == 0 ? null : [text.Length, text.Count(c => c == 'e')];

    private static MemoryStore OpenWith(MemoryEmbedFunction embed) => MemoryStore.Open(
        ":memory:", new MemoryStoreOptions { Embedder = new MemoryTextEmbedder("letters-1", 2, embed), EmbedBatch = 2 });

    [Fact]
    public void TheBuiltInOneKnowsWhatMeansTheSame()
    {
        using MemoryStore store = Open();
        MemoryEmbedderInfo info = store.GetEmbedder();
        Assert.Equal(MemoryEmbedderKind.Builtin, info.Kind);
        Assert.Equal("embedder-en", info.Name);
        Assert.Equal(256, info.Dimension);
        Assert.Equal("embedder-en.model", Path.GetFileName(info.Path));
        float[] hiking = store.Embed("I love hiking in the mountains");
        float[] trekking = store.Embed("Trekking is my favourite hobby");
        Assert.True(Dot(hiking, trekking) > Dot(hiking, store.Embed("an invoice")) + 0.1);
        Assert.Equal(new float[256], store.Embed(""));
        Assert.Empty(store.Embed([]));
    }

    [Fact]
    public void OneOfOnesOwnGetsBatches()
    {
        int before = Callbacks.Registered;
        var sizes = new List<int>();
        using (MemoryStore store = OpenWith(texts =>
        {
            sizes.Add(texts.Count);
            return texts.Select(Letters).ToList();
        }))
        {
            float[][] vectors = store.Embed(["tea", "", "\u00e9"]);
            Assert.Equal([[3, 1], [0, 0], [1, 0]], vectors);
            Assert.Equal([2, 1], sizes);
            Assert.Equal(
                new MemoryEmbedderInfo(MemoryEmbedderKind.Callback, "letters-1", 2, null), store.GetEmbedder());
        }
        Assert.Equal(before, Callbacks.Registered);
    }

    [Fact]
    public void WhatItThrowsIsTheCause()
    {
        using (MemoryStore store = OpenWith(_ => throw new Broken()))
        {
            MemoryCallbackException failed = Assert.Throws<MemoryCallbackException>(() => store.Embed("tea"));
            Assert.IsType<Broken>(failed.InnerException);
        }
        foreach (MemoryEmbedFunction wrong in (MemoryEmbedFunction[])[_ => [], _ => [new float[3]], _ => null!])
        {
            using MemoryStore store = OpenWith(wrong);
            Assert.NotNull(Assert.Throws<MemoryCallbackException>(() => store.Embed("tea")).InnerException);
        }
    }

    [Fact]
    public void ItemsAreFoundByMeaning()
    {
        using MemoryStore store = Open();
        store.Put(new MemoryDraft("I love hiking in the mountains") { Id = "walk" });
        store.Put(new MemoryDraft("The invoice was paid in March") { Id = "bill" });
        var query = new MemoryQuery("trekking outdoors") { Meaning = true, Top = 1 };
        Assert.Equal("walk", Assert.Single(store.Search(query)).Item.Id);
        Assert.Equal(0, store.GetPendingVectors());
    }

    [Fact]
    public void ItemsWaitForAnEmbedderThatFails()
    {
        bool fails = true;
        var embedder = new MemoryTextEmbedder(
            "letters-1", 2, texts => fails ? throw new Broken() : texts.Select(Letters).ToList());
        using MemoryStore store = MemoryStore.Open(
            ":memory:", new MemoryStoreOptions { Embedder = embedder, Background = false });
        store.Put(new MemoryDraft("tea") { Id = "a" });
        Assert.Equal(1, store.GetPendingVectors());
        Assert.Throws<MemoryCallbackException>(() => store.Reembed());
        fails = false;
        Assert.Equal(1, store.Reembed());
        Assert.Equal(0, store.GetPendingVectors());
    }

    [Fact]
    public void NoneEmbedsNothingAndAMissingModelIsTold()
    {
        using (MemoryStore store = MemoryStore.Open(
            ":memory:", new MemoryStoreOptions { EmbedderKind = MemoryEmbedderKind.None }))
        {
            Assert.Equal(MemoryEmbedderKind.None, store.GetEmbedder().Kind);
            Assert.Equal(
                MemoryStatus.Unsupported, Assert.ThrowsAny<MemoryException>(() => store.Embed("tea")).Code);
        }
        MemoryException failed = Assert.ThrowsAny<MemoryException>(
            () => MemoryStore.Open(":memory:", new MemoryStoreOptions { ModelPath = "/none/at.all" }));
        Assert.Equal(MemoryStatus.Unsupported, failed.Code);
        Assert.Contains("/none/at.all", failed.Message, StringComparison.Ordinal);
    }
}
