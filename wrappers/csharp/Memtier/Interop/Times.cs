using System;
using System.Threading;

namespace Memtier.Interop;

/// <summary>Microseconds of C, and the times of .NET. What .NET cannot say is its nearest.</summary>
internal static class Times
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMicrosecond;
    private const long EpochUs = 62_135_596_800_000_000; // from the year 1 to 1970
    private const long NoTtl = -1;

    internal static long ToUs(DateTimeOffset time) => time.UtcTicks / TicksPerMicrosecond - EpochUs;

    internal static DateTimeOffset ToTime(long us)
    {
        long since = Math.Clamp(us, -EpochUs, DateTimeOffset.MaxValue.UtcTicks / TicksPerMicrosecond - EpochUs);
        return new DateTimeOffset((since + EpochUs) * TicksPerMicrosecond, TimeSpan.Zero);
    }

    internal static long ToUs(TimeSpan span) => span.Ticks / TicksPerMicrosecond;

    internal static TimeSpan ToSpan(long us) =>
        us > long.MaxValue / TicksPerMicrosecond ? TimeSpan.MaxValue
        : us < long.MinValue / TicksPerMicrosecond ? TimeSpan.MinValue
        : new TimeSpan(us * TicksPerMicrosecond);

    /// <summary>A time to live: <see cref="Timeout.InfiniteTimeSpan"/> is none.</summary>
    internal static long ToTtl(TimeSpan span) => span == Timeout.InfiniteTimeSpan ? NoTtl : ToUs(span);

    internal static TimeSpan? FromTtl(long us) => us == NoTtl ? null : ToSpan(us);
}
