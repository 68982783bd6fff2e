namespace VisionRollout.Rehearsal.Metrics;

/// <summary>A query that is wrong, or that the rehearsal's Prometheus does not support (bad_data).</summary>
internal sealed class PromQueryException(string message) : Exception(message)
{
    /// <summary>A query that a real Prometheus may well answer.</summary>
    public static PromQueryException Unsupported(string what) => new($"the rehearsal's Prometheus does not support {what}");
}
