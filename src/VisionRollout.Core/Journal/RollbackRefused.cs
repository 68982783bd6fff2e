namespace VisionRollout.Core.Journal;

/// <summary>A rollback that somebody had asked for was refused before anything was moved.</summary>
/// <param name="Reason">Why.</param>
public sealed record RollbackRefused(string Reason) : JournalEntry;
