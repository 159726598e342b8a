using System;
using System.Text.Json;
using Memtier.Interop;

namespace Memtier;

/// <summary>
/// A value of a filter or of metadata: null, true or false, a number, a text or a time. Made from what it
/// holds: <c>MemoryField.Type.Eq("fact")</c>.
/// </summary>
public readonly struct MemoryValue : IEquatable<MemoryValue>
{
    private readonly object? _value; // a bool, long, ulong, double or string

    private MemoryValue(object? value) => _value = value;

    /// <summary>JSON's null, which is there, unlike a field that is missing.</summary>
    public static MemoryValue Null => default;

    /// <summary>A text.</summary>
    /// <param name="value">null is <see cref="Null"/>.</param>
    public static implicit operator MemoryValue(string? value) => new(value);

    /// <summary>True or false.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator MemoryValue(bool value) => new(value);

    /// <summary>A whole number.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator MemoryValue(int value) => new((long)value);

    /// <summary>A whole number, exact.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator MemoryValue(long value) => new(value);

    /// <summary>A whole number, exact.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator MemoryValue(ulong value) => new(value);

    /// <summary>A fraction; not NaN and not infinite.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator MemoryValue(double value) => new(value);

    /// <summary>A time, as the microseconds since 1970 that the fields of an item have.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator MemoryValue(DateTimeOffset value) => new(Times.ToUs(value));

    /// <summary>A span of time, as microseconds.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator MemoryValue(TimeSpan value) => new(Times.ToUs(value));

    /// <summary>Whether two values are the same, of the same kind.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(MemoryValue left, MemoryValue right) => left.Equals(right);

    /// <summary>Whether two values differ.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(MemoryValue left, MemoryValue right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(MemoryValue other) => Equals(_value, other._value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is MemoryValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _value?.GetHashCode() ?? 0;

    /// <summary>The value as JSON.</summary>
    public override string ToString() => Utf8Text.ToString(Documents.Write(Write));

    internal void Write(Utf8JsonWriter writer)
    {
        switch (_value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case bool value:
                writer.WriteBooleanValue(value);
                break;
            case long value:
                writer.WriteNumberValue(value);
                break;
            case ulong value:
                writer.WriteNumberValue(value);
                break;
            case double value:
                writer.WriteNumberValue(value);
                break;
            default:
                Documents.WriteText(writer, (string)_value);
                break;
        }
    }
}
