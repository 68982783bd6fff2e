namespace VisionRollout.Rehearsal.Metrics.PromQl;

/// <summary>
/// The increase of a counter over a range, resets added and extrapolated to the range's ends as Prometheus does
/// (<c>extrapolatedRate</c> in promql/functions.go).
/// </summary>
internal static class CounterIncrease
{
    private const double ExtrapolationLimit = 1.1;

    /// <summary>The increase; null with fewer than two samples.</summary>
    public static double? Of(IReadOnlyList<Sample> samples, long startMs, long endMs)
    {
        if (samples.Count < 2)
            return null;
        var first = samples[0];
        var last = samples[^1];
        var increase = last.Value - first.Value;
        for (var index = 1; index < samples.Count; index++)
        {
            if (samples[index].Value < samples[index - 1].Value)
                increase += samples[index - 1].Value;
        }

        var toStart = (first.Milliseconds - startMs) / 1000d;
        var toEnd = (endMs - last.Milliseconds) / 1000d;
        var sampled = (last.Milliseconds - first.Milliseconds) / 1000d;
        var spacing = sampled / (samples.Count - 1);
        if (increase > 0 && first.Value >= 0)
            toStart = Math.Min(toStart, sampled * (first.Value / increase));
        var covered = sampled
            + (toStart < spacing * ExtrapolationLimit ? toStart : spacing / 2)
            + (toEnd < spacing * ExtrapolationLimit ? toEnd : spacing / 2);
        return increase * covered / sampled;
    }
}
