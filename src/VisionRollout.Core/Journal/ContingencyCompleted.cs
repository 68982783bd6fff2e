namespace VisionRollout.Core.Journal;

/// <summary>The contingency has ended.</summary>
/// <param name="Risk">Row of the risk matrix.</param>
/// <param name="Succeeded">Whether every action did what it should.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record ContingencyCompleted(string Risk, bool Succeeded, double Seconds) : JournalEntry;
