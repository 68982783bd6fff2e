namespace VisionRollout.Core.Metrics;

/// <summary>Cumulative counters of one pod, as scraped (resets not yet handled).</summary>
public sealed record PodCounters
{
    /// <summary>Deployment (destination workload).</summary>
    public required string Deployment { get; init; }

    /// <summary>Pod.</summary>
    public required string Pod { get; init; }

    /// <summary>Requests.</summary>
    public required double Requests { get; init; }

    /// <summary>Requests that failed: HTTP 5xx, gRPC error status, or never arrived.</summary>
    public required double Errors { get; init; }

    /// <summary>Requests that found nobody: flags UF, UH, NR, NC, or status 502, 503, 504.</summary>
    public double Unavailable { get; init; }

    /// <summary>Cumulative latency histogram, upper edges ascending, the last one infinite.</summary>
    public IReadOnlyList<HistogramBucket> Latency { get; init; } = [];
}
