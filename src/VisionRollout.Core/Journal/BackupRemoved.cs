namespace VisionRollout.Core.Journal;

/// <summary>A backup was deleted, its manifest first.</summary>
/// <param name="Service">The service.</param>
/// <param name="Label">Label.</param>
/// <param name="Location">Where it was.</param>
/// <param name="Bytes">Stored bytes.</param>
public sealed record BackupRemoved(string Service, string Label, string Location, long Bytes) : JournalEntry;
