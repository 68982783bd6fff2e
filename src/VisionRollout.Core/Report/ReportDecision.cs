using VisionRollout.Core.Gates;

namespace VisionRollout.Core.Report;

/// <summary>One approval or denial.</summary>
/// <param name="At">When (UTC).</param>
/// <param name="Approved">True: approved. False: denied.</param>
/// <param name="Role">Role of the decider.</param>
/// <param name="Identity">Authenticated identity in the cluster.</param>
/// <param name="Comment">Comment or reason; may be empty.</param>
/// <param name="PlanHash">Hash of the plan that was approved; empty for a denial.</param>
public sealed record ReportDecision(DateTimeOffset At, bool Approved, string Role, string Identity, string Comment, string PlanHash)
{
    /// <summary>The evidence that the decider saw; null for a denial, and for an approval that was given before the gate was open.</summary>
    public SeenEvidence? Seen { get; init; }

    /// <summary>Why the approval has expired; empty while it holds.</summary>
    public string Expired { get; init; } = "";
}
