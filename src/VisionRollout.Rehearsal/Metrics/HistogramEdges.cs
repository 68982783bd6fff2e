using System.Globalization;

namespace VisionRollout.Rehearsal.Metrics;

/// <summary>
/// The upper edges of <c>istio_request_duration_milliseconds</c>: Istio's own and every 5 ms up to 200, as the annotation
/// <c>sidecar.istio.io/statsHistogramBuckets</c> can ask for, so that differences of 10 ms around 100 ms can be told.
/// </summary>
internal static class HistogramEdges
{
    /// <summary>The finite edges in milliseconds, ascending; the last bucket (+Inf) comes after them.</summary>
    public static IReadOnlyList<double> Finite { get; } =
        [1, .. Enumerable.Range(1, 40).Select(step => step * 5d), 250, 300, 400, 500, 1000, 2500, 5000, 10000];

    /// <summary>The number of buckets, +Inf included.</summary>
    public static int Count { get; } = Finite.Count + 1;

    /// <summary>The values of the label <c>le</c>, +Inf included.</summary>
    public static IReadOnlyList<string> Labels { get; } =
        [.. Finite.Select(edge => edge.ToString(CultureInfo.InvariantCulture)), "+Inf"];

    /// <summary>The bucket of a latency in milliseconds.</summary>
    public static int BucketOf(double milliseconds)
    {
        var index = 0;
        while (index < Finite.Count && milliseconds > Finite[index])
            index++;
        return index;
    }
}
