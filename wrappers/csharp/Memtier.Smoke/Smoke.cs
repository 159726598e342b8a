using System;
using System.Buffers.Binary;
using System.Diagnostics;
using System.IO;
using System.Text;
using Memtier.Interop;

namespace Memtier.Smoke;

/// <summary>
/// Every kind of function of the generated layer, once: a program without a test library. With the
/// argument "measure" it tells what a resident get costs.
/// </summary>
internal static unsafe class Smoke
{
    private const string Content = "tea \U0001F375 and a NUL\0 inside";
    private const long Now = 1_700_000_000_000_000;

    private static readonly byte[] Image = new byte[4096];
    private static int _failures;
    private static nint _store;
    private static nint _builder;
    private static nint _error;

    private static int Main(string[] arguments)
    {
        if (arguments is ["measure"])
        {
            Measure();
            return 0;
        }
        string folder = Directory.CreateTempSubdirectory("memtier-smoke").FullName;
        StructsHaveTheSizeThatCGivesThem();
        Open(Path.Combine(folder, "smoke.mem"));
        GetReturnsTheWholeItemInOneCall();
        ManyListSearchAndStatistics();
        AnErrorHasItsMessageAndACallbackItsCause();
        ExportImportAndAProgressThatCancels();
        Close();
        TheEvictionCallbackDecides();
        Check("every callback was let go", Callbacks.Registered == 0);
        Directory.Delete(folder, true);
        Console.WriteLine(_failures == 0 ? "all passed" : $"{_failures} failed");
        return _failures == 0 ? 0 : 1;
    }

    private static void Check(string what, bool holds)
    {
        if (!holds)
        {
            _failures++;
            Console.WriteLine("FAILED: " + what);
        }
    }

    private static void Must(int status)
    {
        if (status != Native.MEMTIER_OK)
        {
            throw new InvalidOperationException($"{CText(Native.StatusName(status))}: {CText(Native.ErrorMessage(_error))}");
        }
    }

    private static string CText(byte* text) => System.Runtime.InteropServices.Marshal.PtrToStringUTF8((nint)text) ?? "";

    private static string Text(Slice slice) => Encoding.UTF8.GetString(slice.Data, (int)slice.Size);

    private static nint* Error
    {
        get
        {
            fixed (nint* error = &_error)
            {
                return error; // a static field of an unmanaged type does not move
            }
        }
    }

    // Written as a sum of what C puts there; a member that were lost or widened would show.
    private static void StructsHaveTheSizeThatCGivesThem()
    {
        Check("slice", sizeof(Slice) == 16);
        Check("control", sizeof(Control) == 40);
        Check("log", sizeof(Log) == 32);
        Check("clock", sizeof(Clock) == 32);
        Check("tier statistics", sizeof(TierStatistics) == 8 + 64 + 7 * 8 + 4 * 8);
        Check("import statistics", sizeof(ImportStatistics) == 8 + 6 * 8);
    }

    private static void Open(string path)
    {
        nint options, store, builder;
        Must(Native.OptionsCreate(&options, Error));
        Must(Native.OptionsSetInt64(options, Native.MEMTIER_OPTION_RANDOM_SEED, 7, Error));
        Clock clock = Callbacks.NewClock(() => Now);
        Must(Native.OptionsSetClock(options, &clock, Error));
        fixed (byte* name = Encoding.UTF8.GetBytes(path + "\0"))
        {
            Must(Native.StoreOpen(name, options, &store, Error));
        }
        _store = store;
        Native.OptionsDestroy(options);
        Must(Native.ItemBuilderCreate(&builder, Error));
        _builder = builder;
    }

    private static void Close()
    {
        Native.ItemBuilderDestroy(_builder);
        Must(Native.StoreClose(_store, Error));
        Check("use after close is CLOSED", Native.StoreFlush(_store, null, Error) == Native.MEMTIER_CLOSED);
        Native.ErrorDestroy(_error);
    }

    private static void Put(string id, string content)
    {
        fixed (byte* i = Encoding.UTF8.GetBytes(id), c = Encoding.UTF8.GetBytes(content))
        {
            Must(Native.ItemBuilderSetText(_builder, Native.MEMTIER_FIELD_ID, i, (nuint)Encoding.UTF8.GetByteCount(id), Error));
            Must(Native.ItemBuilderSetBytes(_builder, Native.MEMTIER_FIELD_CONTENT, c, (nuint)Encoding.UTF8.GetByteCount(content), Error));
            Must(Native.ItemPut(_store, 0, _builder, Native.MEMTIER_PUT_REPLACE, 0, null, Error));
        }
    }

    private static int GetInto(ReadOnlySpan<byte> id, int room, out nuint size)
    {
        nuint needed;
        int status;
        fixed (byte* i = id, image = Image)
        {
            status = Native.ItemGetInto(_store, 0, i, (nuint)id.Length, image, (nuint)room, &needed, Error);
        }
        size = needed;
        return status;
    }

    private static string ImageText(int text)
    {
        int header = BinaryPrimitives.ReadUInt16LittleEndian(Image.AsSpan(10));
        int End(int i) => header + BinaryPrimitives.ReadInt32LittleEndian(Image.AsSpan(120 + 4 * i));
        return Encoding.UTF8.GetString(Image.AsSpan(End(text - 1)..End(text)));
    }

    private static void GetReturnsTheWholeItemInOneCall()
    {
        Put("a\u00e9\U0001F375", Content);
        byte[] id = Encoding.UTF8.GetBytes("a\u00e9\U0001F375");
        Must(GetInto(id, Image.Length, out nuint size));
        Check("content", ImageText(10) == Content);
        Check("clock", BinaryPrimitives.ReadInt64LittleEndian(Image.AsSpan(32)) == Now);
        Check("too small", GetInto(id, 8, out nuint needed) == Native.MEMTIER_TOO_SMALL && needed == size);
        Native.ErrorDestroy(_error);
        fixed (byte* i = id)
        {
            Must(Native.ItemDelete(_store, 0, i, (nuint)id.Length, 0, 0, Error));
        }
    }

    private static void ManyListSearchAndStatistics()
    {
        Put("a", "green tea");
        Put("b", "black coffee");
        nint items, cursor, item, hits, json;
        int status;
        nuint size;
        long count;
        Slice id;
        double* scores;
        long* ends = stackalloc long[] { 1, 2, 3 };
        fixed (byte* ids = "abx"u8, image = Image)
        {
            Must(Native.ItemGetMany(_store, 0, ids, ends, 3, null, &items, Error));
            Must(Native.ItemsReadStatus(items, 2, &status, null, Error));
            Check("a status each", Native.ItemsCount(items) == 3 && status == Native.MEMTIER_NOT_FOUND);
            Must(Native.ItemsCopyImages(items, 0, image, (nuint)Image.Length, &size, &count, Error));
        }
        Check("images", count == 3 && ImageText(10) == "green tea");
        Native.ItemsDestroy(items);
        nint* builders = stackalloc nint[] { _builder, _builder };
        Must(Native.ItemPutMany(_store, 0, builders, 2, Native.MEMTIER_PUT_REPLACE, 0, null, null, Error));

        ReadOnlySpan<byte> list = "{\"order_by\": \"id\", \"descending\": false}"u8;
        ReadOnlySpan<byte> query = "{\"text\": \"tea\"}"u8;
        fixed (byte* l = list, q = query)
        {
            Must(Native.ItemList(_store, 0, l, (nuint)list.Length, &cursor, Error));
            Must(Native.CursorNext(cursor, 10, null, &items, Error));
            Must(Native.ItemsGet(items, 1, &item, Error));
            Must(Native.ItemReadText(item, Native.MEMTIER_FIELD_ID, &id, Error));
            Check("list", Text(id) == "b");
            Native.ItemDestroy(item);
            Native.ItemsDestroy(items);
            Native.CursorDestroy(cursor);
            Must(Native.StoreSearch(_store, 0, q, (nuint)query.Length, null, &hits, Error));
        }
        Must(Native.HitsColumnDouble(hits, Native.MEMTIER_FIELD_SCORE, &scores, Error));
        Check("scores", Native.HitsCount(hits) == 1 && scores[0] > 0);
        Native.HitsDestroy(hits);

        StoreStatistics store = new() { StructSize = (uint)sizeof(StoreStatistics) };
        TierStatistics tier = new() { StructSize = (uint)sizeof(TierStatistics) };
        Must(Native.StoreGetStatistics(_store, &store, Error));
        Must(Native.TierGetStatistics(_store, 0, &tier, Error));
        Check("store statistics", store.ItemCount == 2 && store.Puts == 5);
        Check("tier statistics", tier.Name.ToString() == "working" && tier.CapacityItems == 100);
        Must(Native.StoreGetLadder(_store, &json, Error));
        Check("document", Encoding.UTF8.GetString(Native.BytesData(json), (int)Native.BytesSize(json)).Contains("\"working\""));
        Native.BytesDestroy(json);
    }

    private static void AnErrorHasItsMessageAndACallbackItsCause()
    {
        long count;
        ReadOnlySpan<byte> filter = "{\"colour\": 1}"u8;
        fixed (byte* f = filter)
        {
            int status = Native.ItemCount(_store, 0, f, (nuint)filter.Length, null, &count, Error);
            Check("status", status == Native.MEMTIER_INVALID && Native.ErrorCode(_error) == status);
        }
        Check("message", CText(Native.ErrorMessage(_error)).Contains("colour"));
        Native.ErrorDestroy(_error);

        var broken = new IOException("the disk of the writer is full");
        Writer writer = Callbacks.NewWriter(_ => throw broken);
        Check("callback", Native.StoreExport(_store, 0, null, 0, &writer, null, &count, Error) == Native.MEMTIER_CALLBACK);
        Check("cause", Callbacks.TakeFailure(Native.ErrorCallbackCode(_error)) == broken);
        Native.ErrorDestroy(_error);
    }

    private static void ExportImportAndAProgressThatCancels()
    {
        long count;
        using var exported = new MemoryStream();
        Writer writer = Callbacks.NewWriter(data => exported.Write(data));
        Must(Native.StoreExport(_store, 0, null, 0, &writer, null, &count, Error));
        exported.Position = 0;
        Reader reader = Callbacks.NewReader(into => exported.Read(into));
        ImportStatistics import = new() { StructSize = (uint)sizeof(ImportStatistics) };
        Must(Native.StoreImport(_store, 0, null, 0, &reader, null, &import, Error));
        Check("import", count == 2 && import.Replaced == 2);

        Control control = Callbacks.NewControl(0, (_, _) => Native.MEMTIER_CALLBACK_CANCEL);
        Check("cancelled", Native.StoreSweep(_store, &control, &count, Error) == Native.MEMTIER_CANCELLED);
        Native.ErrorDestroy(_error);
    }

    private static void TheEvictionCallbackDecides()
    {
        nint options, store, builder;
        Must(Native.OptionsCreate(&options, Error));
        ReadOnlySpan<byte> ladder = "{\"tiers\": [{\"name\": \"only\", \"medium\": \"ram\", \"capacity_items\": 2}]}"u8;
        fixed (byte* l = ladder)
        {
            Must(Native.OptionsSetText(options, Native.MEMTIER_OPTION_LADDER, l, (nuint)ladder.Length, Error));
        }
        Eviction eviction = Callbacks.NewEviction((candidates, scores) =>
        {
            Slice* ids;
            Must(Native.CandidatesColumnText(candidates, Native.MEMTIER_FIELD_ID, &ids, Error));
            for (int i = 0; i < scores.Length; i++)
            {
                scores[i] = Text(ids[i]) == "1" ? 0 : 1;
            }
            return Native.MEMTIER_CALLBACK_OK;
        });
        Must(Native.OptionsSetEviction(options, &eviction, Error));
        Log log = Callbacks.NewLog((_, _) => { }, Native.MEMTIER_LOG_DEBUG);
        Must(Native.OptionsSetLog(options, &log, Error));
        fixed (byte* path = ":memory:\0"u8)
        {
            Must(Native.StoreOpen(path, options, &store, Error));
        }
        Native.OptionsDestroy(options);
        Must(Native.ItemBuilderCreate(&builder, Error));
        (_store, _builder) = (store, builder);
        foreach (string id in new[] { "0", "1", "2" })
        {
            Put(id, id);
        }
        var found = new StringBuilder();
        fixed (byte* digits = "012"u8)
        {
            for (int i = 0; i < 3; i++)
            {
                int there;
                Must(Native.ItemExists(_store, 0, digits + i, 1, &there, Error));
                found.Append(there);
            }
        }
        Check("eviction", found.ToString() == "101");
        Close();
    }

    private static void Measure()
    {
        nint store, builder;
        fixed (byte* path = ":memory:\0"u8)
        {
            Must(Native.StoreOpen(path, 0, &store, Error));
        }
        Must(Native.ItemBuilderCreate(&builder, Error));
        (_store, _builder) = (store, builder);
        Put("resident", new string('x', 100));
        byte[] id = "resident"u8.ToArray();
        double best = double.MaxValue;
        const int Calls = 100_000;
        for (int round = 0; round < 100; round++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Calls; i++)
            {
                GetInto(id, 4096, out _);
            }
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / Calls);
        }
        Console.WriteLine($"C#: {best:F1} ns");
        Close();
    }
}
