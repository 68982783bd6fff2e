namespace VisionRollout.Core.Journal;

/// <summary>A person who decides has accepted that a success criterion is broken or can't be shown; it no longer stands against the sign-off.</summary>
/// <param name="Criterion">Name of the criterion.</param>
/// <param name="Role">Role of the decider.</param>
/// <param name="Identity">Who it was in the cluster.</param>
/// <param name="Reason">Why.</param>
public sealed record CriterionAccepted(string Criterion, string Role, string Identity, string Reason) : JournalEntry;
