using System.Collections.Generic;
using System.Text.Json;
using Memtier.Interop;

namespace Memtier;

/// <summary>How vectors are compared, and what a hit's score is. A larger score is nearer.</summary>
public enum MemoryMetric
{
    /// <summary>Only the direction counts; from -1 to 1.</summary>
    Cosine,

    /// <summary>The product.</summary>
    Dot,

    /// <summary>1 / (1 + distance).</summary>
    L2,
}

/// <summary>How the components of vectors are kept.</summary>
public enum MemoryVectorStorage
{
    /// <summary>As given.</summary>
    Float32,

    /// <summary>Rounded, in a quarter of the room.</summary>
    Int8,
}

/// <summary>A kind of vectors that items can have: one for each model that makes them.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Dimension">
/// How many components a vector has, <see cref="MemtierLibrary.MinDimension"/> to
/// <see cref="MemtierLibrary.MaxDimension"/>.
/// </param>
/// <param name="Metric">How vectors are compared.</param>
/// <param name="Storage">How components are kept.</param>
/// <param name="VectorCount">How many there are; of <see cref="MemoryStore.GetSpaces"/>.</param>
public sealed record MemorySpace(
    string Name, int Dimension, MemoryMetric Metric = MemoryMetric.Cosine,
    MemoryVectorStorage Storage = MemoryVectorStorage.Float32, long VectorCount = 0)
{
    internal byte[] ToUtf8() => Documents.Write(writer =>
    {
        writer.WriteStartObject();
        Documents.WriteText(writer, "name", Name);
        writer.WriteNumber("dimension"u8, Dimension);
        writer.WriteString("metric"u8, Metric switch
        {
            MemoryMetric.Dot => "dot"u8,
            MemoryMetric.L2 => "l2"u8,
            _ => "cosine"u8,
        });
        writer.WriteString("storage"u8, Storage == MemoryVectorStorage.Int8 ? "int8"u8 : "float32"u8);
        writer.WriteEndObject();
    });

    internal static MemorySpace[] ParseList(string json)
    {
        using JsonDocument list = JsonDocument.Parse(json);
        var spaces = new List<MemorySpace>();
        foreach (JsonElement space in list.RootElement.EnumerateArray())
        {
            spaces.Add(new MemorySpace(
                space.GetProperty("name").GetString() ?? "", space.GetProperty("dimension").GetInt32(),
                space.GetProperty("metric").GetString() switch
                {
                    "dot" => MemoryMetric.Dot,
                    "l2" => MemoryMetric.L2,
                    _ => MemoryMetric.Cosine,
                },
                space.GetProperty("storage").GetString() == "int8"
                    ? MemoryVectorStorage.Int8
                    : MemoryVectorStorage.Float32,
                space.GetProperty("vectors").GetInt64()));
        }
        return [.. spaces];
    }
}

/// <summary>A vector for an item.</summary>
/// <param name="Id">The item's id.</param>
/// <param name="Vector">As many components as the space has.</param>
public readonly record struct MemoryItemVector(string Id, float[] Vector);

/// <summary>How good searches in a <see cref="MemorySpace"/> are.</summary>
/// <param name="Recall">The share of the nearest vectors that searches find, 0 to 1.</param>
/// <param name="Samples">How many vectors were looked for.</param>
/// <param name="Limit">How many nearest ones of each.</param>
/// <param name="VectorCount">How many the scope has.</param>
public sealed record MemoryRecall(double Recall, long Samples, long Limit, long VectorCount)
{
    internal static MemoryRecall Parse(string json)
    {
        using JsonDocument told = JsonDocument.Parse(json);
        JsonElement root = told.RootElement;
        return new MemoryRecall(
            root.GetProperty("recall").GetDouble(), root.GetProperty("samples").GetInt64(),
            root.GetProperty("limit").GetInt64(), root.GetProperty("vectors").GetInt64());
    }
}
