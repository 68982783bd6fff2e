using VisionRollout.Core.Evidence;

namespace VisionRollout;

/// <summary>Tells pods that are missing from pods that just come or go, as with an autoscaler or a drained node: what has some ready pod is a NoGo only
/// when two looks in a row say so.</summary>
internal sealed class SteadyPods
{
    private HashSet<string> before = [];

    /// <summary>The findings of a look; a NoGo that may pass is Undecided.</summary>
    public IReadOnlyList<Finding> Judge(IReadOnlyList<Finding> findings)
    {
        var known = before;
        before = [.. findings.Where(finding => finding.Verdict == Verdict.NoGo).Select(finding => finding.Subject)];
        return [.. findings.Select(finding => finding is { Verdict: Verdict.NoGo, Measured: > 0 } && !known.Contains(finding.Subject) ? finding with { Verdict = Verdict.Undecided, Reason = $"{finding.Reason.TrimEnd('.')}; the next look tells whether it stays so" } : finding)];
    }
}
