using VisionRollout.Core.Evidence;

namespace VisionRollout;

/// <summary>Tells pods that are missing or unwell from pods that just come or go, as with an autoscaler or a drained node: what some pods of a service
/// fail and others don't is a NoGo only when two looks in a row say so.</summary>
internal sealed class SteadyPods
{
    // What is read twice within one look is one look.
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(5);
    private Dictionary<string, DateTimeOffset> since = [];

    /// <summary>True for a finding that only some pods of a service fail: it may pass by itself.</summary>
    public static bool MayPass(Finding finding) =>
        finding is { Verdict: not Verdict.Go, Measured: > 0, Criterion: "PodsReady" or "HealthChecks" or "DatabaseConnections" or "ExternalIntegrations" };

    /// <summary>The findings of a look; a NoGo that may pass is Undecided.</summary>
    public IReadOnlyList<Finding> Judge(IReadOnlyList<Finding> findings)
    {
        var before = since;
        since = findings.Where(finding => finding.Verdict == Verdict.NoGo && MayPass(finding)).ToDictionary(Key, finding => before.TryGetValue(Key(finding), out var first) ? first : finding.At);
        return [.. findings.Select(finding => since.TryGetValue(Key(finding), out var first) && finding.At - first < Apart
            ? finding with { Verdict = Verdict.Undecided, Reason = $"{finding.Reason.TrimEnd('.')}; the next look tells whether it stays so" } : finding)];
    }

    private static string Key(Finding finding) => $"{finding.Criterion}/{finding.Subject}";
}
