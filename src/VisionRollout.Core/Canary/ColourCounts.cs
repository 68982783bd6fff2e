using VisionRollout.Core.Statistics;

namespace VisionRollout.Core.Canary;

/// <summary>What one colour served in an interval.</summary>
public sealed record ColourCounts
{
    /// <summary>Requests.</summary>
    public double Requests { get; init; }

    /// <summary>Requests that failed.</summary>
    public double Errors { get; init; }

    /// <summary>Requests that found nobody.</summary>
    public double Unavailable { get; init; }

    /// <summary>Response times.</summary>
    public LatencyHistogram Latency { get; init; } = LatencyHistogram.Empty;

    /// <summary>Adds the counts of another interval or pod.</summary>
    /// <param name="other">The other counts.</param>
    public ColourCounts Add(ColourCounts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new ColourCounts
        {
            Requests = Requests + other.Requests,
            Errors = Errors + other.Errors,
            Unavailable = Unavailable + other.Unavailable,
            Latency = Latency.Add(other.Latency),
        };
    }
}
