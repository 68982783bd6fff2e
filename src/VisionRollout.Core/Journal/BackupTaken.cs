namespace VisionRollout.Core.Journal;

/// <summary>A database was backed up.</summary>
/// <param name="Service">The service.</param>
/// <param name="Database">The database.</param>
/// <param name="Label">Label.</param>
/// <param name="Location">Where it is.</param>
/// <param name="Bytes">Stored bytes.</param>
/// <param name="Seconds">Duration.</param>
/// <param name="Rows">Rows of all tables.</param>
/// <param name="Sha256">Digest of the stored bytes.</param>
public sealed record BackupTaken(string Service, string Database, string Label, string Location, long Bytes, double Seconds, long Rows, string Sha256) : JournalEntry;
