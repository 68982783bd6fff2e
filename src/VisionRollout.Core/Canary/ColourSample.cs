namespace VisionRollout.Core.Canary;

/// <summary>What one colour showed since a canary stage began.</summary>
public sealed record ColourSample
{
    /// <summary>Colour.</summary>
    public required string Colour { get; init; }

    /// <summary>Requests since the stage began.</summary>
    public double Requests { get; init; }

    /// <summary>Failed requests since the stage began.</summary>
    public double Errors { get; init; }

    /// <summary>Requests since the stage began that found nobody.</summary>
    public double Unavailable { get; init; }

    /// <summary>Error rate, a share; null without requests.</summary>
    public double? ErrorRate { get; init; }

    /// <summary>Lower bound of the error rate.</summary>
    public double? ErrorRateLow { get; init; }

    /// <summary>Upper bound of the error rate.</summary>
    public double? ErrorRateHigh { get; init; }

    /// <summary>99th percentile of the response time in milliseconds; null when not known.</summary>
    public double? P99 { get; init; }

    /// <summary>Lower bound of the 99th percentile in milliseconds.</summary>
    public double? P99Low { get; init; }

    /// <summary>Upper bound of the 99th percentile in milliseconds.</summary>
    public double? P99High { get; init; }

    /// <summary>Requests per second in the newest interval; null for the first reading.</summary>
    public double? RequestRate { get; init; }
}
