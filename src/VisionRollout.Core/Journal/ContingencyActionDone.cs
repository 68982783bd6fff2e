using VisionRollout.Core.Plan;

namespace VisionRollout.Core.Journal;

/// <summary>One action of the contingency was carried out.</summary>
/// <param name="Risk">Row of the risk matrix.</param>
/// <param name="Action">The action.</param>
/// <param name="Succeeded">Whether it did what it should.</param>
/// <param name="Detail">What was done, to what.</param>
public sealed record ContingencyActionDone(string Risk, ContingencyAction Action, bool Succeeded, string Detail) : JournalEntry;
