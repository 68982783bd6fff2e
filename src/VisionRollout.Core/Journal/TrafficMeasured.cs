namespace VisionRollout.Core.Journal;

/// <summary>An independent probe reported what clients saw.</summary>
/// <param name="Requests">Requests that it sent.</param>
/// <param name="Lost">Requests without an answer.</param>
/// <param name="Duplicated">Writes found more than once.</param>
/// <param name="Misrouted">Requests answered by the wrong service or colour.</param>
/// <param name="AcknowledgedWrites">Writes that were acknowledged.</param>
/// <param name="MissingWrites">Acknowledged writes that are not in the database.</param>
/// <param name="Source">Where the figures come from.</param>
public sealed record TrafficMeasured(long Requests, long Lost, long Duplicated, long Misrouted, long AcknowledgedWrites, long MissingWrites, string Source) : JournalEntry;
