using System.Globalization;

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

    /// <summary>What a limit of a metric is: <c>share</c>, <c>duration</c>, <c>rate</c> or <c>number</c>.</summary>
    public static string Describe(string metric) => Units.GetValueOrDefault(metric) switch { "share" => "share", "ms" or "s" => "duration", "requests/s" => "rate", _ => "number" };

    /// <summary>Reads a value of a metric as a plan writes it, into the metric's unit.</summary>
    public static bool TryParse(string metric, string text, out double value)
    {
        switch (Units.GetValueOrDefault(metric))
        {
            case "share": return PlanUnits.TryParseShare(text, out value);
            case "requests/s": return PlanUnits.TryParseRate(text, out value);
            case "ms" or "s":
                var isDuration = PlanUnits.TryParseDuration(text, out var duration);
                value = Units[metric] == "ms" ? duration.TotalMilliseconds : duration.TotalSeconds;
                return isDuration;
            default: return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
        }
    }
}
