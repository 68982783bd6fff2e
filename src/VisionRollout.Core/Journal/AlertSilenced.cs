namespace VisionRollout.Core.Journal;

/// <summary>Alerts were silenced for the time of the release.</summary>
/// <param name="Id">Identity of the silence.</param>
/// <param name="Matchers">What it covers.</param>
/// <param name="Until">Until when (UTC), at the latest.</param>
/// <param name="Reason">Why.</param>
public sealed record AlertSilenced(string Id, string Matchers, DateTimeOffset Until, string Reason) : JournalEntry;
