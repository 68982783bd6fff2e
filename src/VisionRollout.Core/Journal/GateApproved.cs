using VisionRollout.Core.Gates;

namespace VisionRollout.Core.Journal;

/// <summary>A decider approved a gate.</summary>
/// <param name="Gate">Name.</param>
/// <param name="Role">Role of the decider.</param>
/// <param name="Identity">Authenticated identity in the cluster.</param>
/// <param name="Comment">Comment; may be empty.</param>
/// <param name="PlanHash">Hash of the plan that the decider saw.</param>
/// <param name="ValidUntil">Until when the approval holds (UTC); null: until the gate closes.</param>
public sealed record GateApproved(string Gate, string Role, string Identity, string Comment, string PlanHash, DateTimeOffset? ValidUntil) : JournalEntry
{
    /// <summary>The evidence that the decider saw; null when the approval was given ahead, before the gate was open.</summary>
    public SeenEvidence? Seen { get; init; }
}
