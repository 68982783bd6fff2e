namespace VisionRollout.Core.Journal;

/// <summary>Approvals of a gate no longer hold, because what they rest on has changed.</summary>
/// <param name="Gate">Name.</param>
/// <param name="Reason">What has changed.</param>
/// <param name="All">True: those given ahead too (a guard fired). False: only those that were given on evidence seen at the open gate.</param>
public sealed record ApprovalsExpired(string Gate, string Reason, bool All) : JournalEntry
{
    /// <summary>Hash of the plan in force, when only approvals of another plan expire, and those whose time has passed; empty otherwise.</summary>
    public string PlanHash { get; init; } = "";

    /// <summary>True when an approval that came before this no longer holds.</summary>
    /// <param name="approval">The approval.</param>
    /// <param name="at">When they expired (UTC).</param>
    public bool Covers(GateApproved approval, DateTimeOffset at) =>
        PlanHash.Length > 0 ? approval.PlanHash != PlanHash || approval.ValidUntil <= at : All || approval.Seen is not null;
}
