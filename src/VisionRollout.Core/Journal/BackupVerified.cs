using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Journal;

/// <summary>A backup was restored into a scratch database and compared.</summary>
/// <param name="Service">The service.</param>
/// <param name="Location">Where it is.</param>
/// <param name="Verdict">The result.</param>
/// <param name="Reason">Why.</param>
public sealed record BackupVerified(string Service, string Location, Verdict Verdict, string Reason) : JournalEntry;
