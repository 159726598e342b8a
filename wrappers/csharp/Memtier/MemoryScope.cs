using System;
using Memtier.Interop;

namespace Memtier;

/// <summary>
/// Whose memory it is: up to four owners' names and a collection. A call sees only items that have each
/// name that its scope gives; a name that it does not give may be anything. A put files its item under
/// exactly the names of its scope. Immutable, and shared by any number of calls.
/// </summary>
/// <remarks>A name that is not meant is null; an empty one is an <see cref="ArgumentException"/>.</remarks>
public sealed record MemoryScope
{
    private readonly string? _app, _user, _agent, _session, _collection;
    private ObjectHandle? _handle;

    /// <summary>A scope that gives no name yet: the default collection.</summary>
    public MemoryScope()
    {
    }

    // What "with" uses: the copy makes a handle of its own.
    private MemoryScope(MemoryScope other) =>
        (_app, _user, _agent, _session, _collection) =
            (other._app, other._user, other._agent, other._session, other._collection);

    /// <summary>Every collection, for reading, export and clearing.</summary>
    public static MemoryScope AllCollections { get; } = new() { Collection = "*" };

    /// <summary>The application.</summary>
    public string? App
    {
        get => _app;
        init => _app = Named(value, nameof(App));
    }

    /// <summary>The person.</summary>
    public string? User
    {
        get => _user;
        init => _user = Named(value, nameof(User));
    }

    /// <summary>The agent.</summary>
    public string? Agent
    {
        get => _agent;
        init => _agent = Named(value, nameof(Agent));
    }

    /// <summary>The session.</summary>
    public string? Session
    {
        get => _session;
        init => _session = Named(value, nameof(Session));
    }

    /// <summary>The collection; null is "default", "*" all of them.</summary>
    public string? Collection
    {
        get => _collection;
        init => _collection = Named(value, nameof(Collection));
    }

    /// <summary>The handle for C, made at the first use; 0 for null.</summary>
    internal static nint Handle(MemoryScope? scope) =>
        scope is null ? 0 : (scope._handle ?? scope.Create()).Value;

    /// <inheritdoc/>
    public bool Equals(MemoryScope? other) =>
        other is not null &&
        (App, User, Agent, Session, Collection).Equals(
            (other.App, other.User, other.Agent, other.Session, other.Collection));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(App, User, Agent, Session, Collection);

    private unsafe ObjectHandle Create()
    {
        nint created = 0, error = 0;
        Failures.Check(Native.ScopeCreate(&created, &error), error);
        var handle = new ObjectHandle(created, &Native.ScopeDestroy);
        try
        {
            Set(created, Native.MEMTIER_SCOPE_APP, App);
            Set(created, Native.MEMTIER_SCOPE_USER, User);
            Set(created, Native.MEMTIER_SCOPE_AGENT, Agent);
            Set(created, Native.MEMTIER_SCOPE_SESSION, Session);
            Set(created, Native.MEMTIER_SCOPE_COLLECTION, Collection);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
        // Two threads may both make one; the loser's is released.
        ObjectHandle? first = System.Threading.Interlocked.CompareExchange(ref _handle, handle, null);
        if (first is not null)
        {
            handle.Dispose();
        }
        return first ?? handle;
    }

    // One that is empty by mistake must not open the scope to all.
    private static string? Named(string? name, string part) =>
        name is not "" ? name : throw new ArgumentException("is empty; leave it null where no name is meant", part);

    private static unsafe void Set(nint scope, int part, string? name)
    {
        if (name is null)
        {
            return;
        }
        using var bytes = new Utf8Text(name, stackalloc byte[Utf8Text.StackBytes]);
        nint error = 0;
        fixed (byte* start = bytes.Bytes)
        {
            Failures.Check(Native.ScopeSet(scope, part, start, (nuint)bytes.Bytes.Length, &error), error);
        }
    }
}
