using System.Diagnostics;

namespace VisionRollout.Benchmarks.Databases;

/// <summary>A running watch that notes when the first and the last of a dump came.</summary>
internal sealed class DumpWatch
{
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private (TimeSpan First, TimeSpan Last)? dump;

    /// <summary>Time since the beginning.</summary>
    public TimeSpan Elapsed => watch.Elapsed;

    /// <summary>When the first and the last of it came; null before anything came.</summary>
    public (TimeSpan First, TimeSpan Last)? Dump => dump;

    /// <summary>Something came. One call at a time.</summary>
    public void Note() => dump = (dump?.First ?? watch.Elapsed, watch.Elapsed);
}
