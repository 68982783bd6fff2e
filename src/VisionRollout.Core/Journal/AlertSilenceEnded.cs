namespace VisionRollout.Core.Journal;

/// <summary>A silence of the release was removed, or could not be and ends by itself.</summary>
/// <param name="Id">Identity of the silence.</param>
/// <param name="Problem">Why it could not be removed; empty when it was.</param>
public sealed record AlertSilenceEnded(string Id, string Problem) : JournalEntry;
