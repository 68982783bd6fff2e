namespace VisionRollout.Core.Journal;

/// <summary>Approvals of a gate no longer hold, because what they rest on has changed.</summary>
/// <param name="Gate">Name.</param>
/// <param name="Reason">What has changed.</param>
/// <param name="All">True: those given ahead too (a guard fired). False: only those that were given on evidence seen at the open gate.</param>
public sealed record ApprovalsExpired(string Gate, string Reason, bool All) : JournalEntry;
