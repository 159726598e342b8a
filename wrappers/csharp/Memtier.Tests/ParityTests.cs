using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Memtier.Tests;

/// <summary>Every function, constant and status of memtier.h has a public member: parity.json says which.</summary>
public sealed class ParityTests
{
    private static readonly string Header =
        File.ReadAllText(Path.Combine(StoreTest.Source, "include", "memtier.h"));

    private static readonly Dictionary<string, string> Functions = Table("functions");
    private static readonly Dictionary<string, string> Constants = Table("constants");

    [Fact]
    public void EveryFunctionHasItsMember()
    {
        string oneLine = Regex.Replace(Header, @"\s+", " ");
        string[] names = [.. Regex.Matches(oneLine, @"MEMTIER_API [a-z_0-9 *]*?(memtier_[a-z0-9_]+)\(")
            .Select(found => found.Groups[1].Value)];
        Assert.Equal(Regex.Matches(Header, "^MEMTIER_API", RegexOptions.Multiline).Count, names.Length);
        Assert.True(names.Length > 100);
        Assert.Equal(names.Order(), Functions.Keys.Order());
        foreach ((string name, string member) in Functions)
        {
            Assert.True(Members(member).Length > 0, $"{name}: {member} does not exist");
        }
    }

    [Fact]
    public void EveryConstantHasItsMemberAndItsValue()
    {
        var values = Regex.Matches(Header, @"^#define (MEMTIER_[A-Z0-9_]+) +\(?(-?[0-9]+)\)?", RegexOptions.Multiline)
            .ToDictionary(found => found.Groups[1].Value, found => long.Parse(found.Groups[2].Value));
        Assert.True(values.Count > 100);
        Assert.Equal(values.Keys.Order(), Constants.Keys.Order());
        int compared = 0;
        foreach ((string name, string member) in Constants)
        {
            MemberInfo[] members = Members(member);
            Assert.True(members.Length > 0, $"{name}: {member} does not exist");
            if (members[0] is FieldInfo { IsLiteral: true } constant)
            {
                long value = Convert.ToInt64(constant.GetRawConstantValue());
                Assert.True(values[name] == value, $"{name}: {member} differs");
                compared++;
            }
        }
        Assert.True(compared > 60);
    }

    [Fact]
    public void EveryStatusIsOneOfTheHeader()
    {
        foreach (MemoryStatus status in Enum.GetValues<MemoryStatus>())
        {
            string name = MemtierLibrary.GetStatusName(status);
            Assert.Equal("MemoryStatus." + status, Constants[name]);
            Assert.NotEqual("", MemtierLibrary.GetStatusText(status));
        }
    }

    [Fact]
    public void AMemberThatDoesNotExistIsNoticed()
    {
        Assert.Empty(Members("MemoryStore.Fly"));
        Assert.Empty(Members("Callbacks.NewClock")); // there, but not public
        Assert.Empty(Members("MemoryStore._handle"));
        Assert.NotEmpty(Members("MemoryDraft.#ctor"));
    }

    [Fact]
    public void NothingOfTheGeneratedLayerIsPublic() => Assert.DoesNotContain(
        typeof(MemoryStore).Assembly.GetExportedTypes(), type => type.Namespace != "Memtier");

    private static MemberInfo[] Members(string name)
    {
        string[] parts = name.Split('.');
        Type? type = typeof(MemoryStore).Assembly.GetType("Memtier." + parts[0]);
        if (type is not { IsPublic: true })
        {
            return [];
        }
        return parts[1] == "#ctor" ? type.GetConstructors() : type.GetMember(parts[1]);
    }

    private static Dictionary<string, string> Table(string name) => JsonDocument
        .Parse(File.ReadAllBytes(Path.Combine(StoreTest.Source, "wrappers", "csharp", "parity.json")))
        .RootElement.GetProperty(name).EnumerateObject()
        .ToDictionary(row => row.Name, row => row.Value.GetString()!);
}
