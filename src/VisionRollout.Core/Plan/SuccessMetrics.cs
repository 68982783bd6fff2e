namespace VisionRollout.Core.Plan;

/// <summary>Metrics that a success criterion may name, with their units.</summary>
public static class SuccessMetrics
{
    /// <summary>Unit (see <see cref="Evidence.Finding.Unit"/>) by metric name.</summary>
    public static IReadOnlyDictionary<string, string> Units { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["Availability"] = "share",
        ["LatencyP99"] = "ms",
        ["ErrorRate"] = "share",
        ["Throughput"] = "requests/s",
        ["CpuUsage"] = "share",
        ["MemoryUsage"] = "share",
        ["Downtime"] = "s",
        ["FeatureParity"] = "share",
        ["ApiCompatibility"] = "share",
        ["DataLoss"] = "count",
        ["DeploymentDuration"] = "s",
        ["RollbackDuration"] = "s",
        ["AlertFalsePositives"] = "share",
        ["Documentation"] = "share",
    };

    /// <summary>Trigger (see <see cref="Evidence.Finding.Trigger"/>) of the metrics that compare the new version with the old one. What is measured over both has none.</summary>
    public static IReadOnlyDictionary<string, string> Triggers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["FeatureParity"] = "health",
        ["ApiCompatibility"] = "health",
    };
}
