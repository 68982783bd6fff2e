namespace VisionRollout.Core.Journal;

/// <summary>A risk became real and its contingency began.</summary>
/// <param name="Risk">Row of the risk matrix.</param>
/// <param name="Contingency">The contingency in words.</param>
/// <param name="Trigger">Trigger of the risk matrix; empty when none.</param>
/// <param name="Cause">What happened.</param>
public sealed record ContingencyStarted(string Risk, string Contingency, string Trigger, string Cause) : JournalEntry;
