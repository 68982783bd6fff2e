using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Gates;

/// <summary>The evidence that somebody saw when approving an open gate. The approval holds as long as all of it is still as good.</summary>
/// <param name="Met">Criteria that were met, as <c>criterion (subject)</c>.</param>
/// <param name="Traffic">How traffic was split, e.g. <c>blue 50 %, green 50 %</c>.</param>
public sealed record SeenEvidence(IReadOnlyList<string> Met, string Traffic)
{
    /// <summary>Criteria that were met.</summary>
    public IReadOnlyList<string> Met { get; init => field = IndexedList.Of(value); } = IndexedList.Of(Met);

    /// <summary>All that was shown, also what was not met.</summary>
    public IReadOnlyList<Finding> Findings { get; init => field = IndexedList.Of(value); } = [];

    /// <summary>What the findings and the split of traffic show now.</summary>
    /// <param name="findings">Findings of the gate.</param>
    /// <param name="traffic">How traffic is split.</param>
    public static SeenEvidence Of(IReadOnlyList<Finding> findings, string traffic)
    {
        ArgumentNullException.ThrowIfNull(findings);
        return new([.. findings.Where(finding => finding.Verdict == Verdict.Go).Select(Name).Distinct().Order(StringComparer.Ordinal)], traffic) { Findings = findings };
    }

    /// <summary>What has become worse or different since; null when the approval still rests on what was seen.</summary>
    /// <param name="findings">Findings of the gate now.</param>
    /// <param name="traffic">How traffic is split now.</param>
    public string? Change(IReadOnlyList<Finding> findings, string traffic)
    {
        ArgumentNullException.ThrowIfNull(findings);
        if (traffic != Traffic) return $"traffic stood at {Traffic} and stands at {traffic}";
        var now = findings.Where(finding => finding.Verdict == Verdict.Go).Select(Name).ToHashSet(StringComparer.Ordinal);
        foreach (var met in Met.Where(met => !now.Contains(met)))
        {
            var finding = findings.FirstOrDefault(item => Name(item) == met);
            return finding is null ? $"{met} was met and is not measured any more" : $"{met} was met and is {finding.Verdict} now: {finding.Reason}";
        }

        return null;
    }

    private static string Name(Finding finding) => $"{finding.Criterion} ({finding.Subject})";
}
