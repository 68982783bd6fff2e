namespace VisionRollout.Core.Journal;

/// <summary>The last line had been torn by a crash and was removed.</summary>
/// <param name="Bytes">Length of the torn line.</param>
public sealed record JournalRepaired(long Bytes) : JournalEntry;
