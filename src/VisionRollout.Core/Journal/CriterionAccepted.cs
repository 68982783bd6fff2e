using VisionRollout.Core.Evidence;
using VisionRollout.Core.Report;

namespace VisionRollout.Core.Journal;

/// <summary>A person who decides has accepted that a success criterion is broken or can't be shown; it no longer stands against the sign-off, as long as
/// it does not get worse than what was accepted.</summary>
/// <param name="Criterion">Name of the criterion.</param>
/// <param name="Role">Role of the decider.</param>
/// <param name="Identity">Who it was in the cluster.</param>
/// <param name="Reason">Why.</param>
public sealed record CriterionAccepted(string Criterion, string Role, string Identity, string Reason) : JournalEntry
{
    /// <summary>The lowest value that is accepted, in the metric's unit; null for a criterion whose limit is an upper one, and where there was no value.</summary>
    public double? Lowest { get; init; }

    /// <summary>The highest value that is accepted, in the metric's unit; null for a criterion whose limit is a lower one, and where there was no value.</summary>
    public double? Highest { get; init; }

    /// <summary>True when this covers a finding: its value is not worse than the accepted one, or not proven to be (the better end of its confidence
    /// interval is not); or neither could be measured.</summary>
    public bool Covers(Finding finding) => finding.Measured is { } value
        ? (Lowest is not null || Highest is not null) && !((finding.High ?? value) < Lowest) && !((finding.Low ?? value) > Highest)
        : finding.Verdict == Verdict.Undecided && Lowest is null && Highest is null;

    /// <summary>What this says about a finding, for people.</summary>
    public string Tell(Finding finding) => Covers(finding) ? $"accepted by {Role} ({Identity}): {Reason}"
        : Highest is { } highest ? $"{Role} has accepted {ReportText.Value(highest, finding.Unit)} at most"
        : Lowest is { } lowest ? $"{Role} has accepted {ReportText.Value(lowest, finding.Unit)} at least"
        : $"{Role} has accepted that it could not be measured";
}
