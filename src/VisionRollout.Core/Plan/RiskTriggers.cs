namespace VisionRollout.Core.Plan;

/// <summary>Triggers that a row of the risk matrix may name (see <see cref="Evidence.Finding.Trigger"/>).</summary>
public static class RiskTriggers
{
    /// <summary>Every trigger.</summary>
    public static IReadOnlyList<string> All { get; } =
        ["migration", "deployment", "health", "error-rate", "latency", "external", "cpu", "memory", "alert", "traffic", "database"];
}
