namespace VisionRollout.Core.Journal;

/// <summary>A message was sent.</summary>
/// <param name="Key">Stable key of the message.</param>
/// <param name="Name">Name in the plan.</param>
/// <param name="Channel">Channel.</param>
/// <param name="Text">The text.</param>
public sealed record MessageSent(string Key, string Name, string Channel, string Text) : JournalEntry;
