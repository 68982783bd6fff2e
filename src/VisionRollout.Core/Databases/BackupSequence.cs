namespace VisionRollout.Core.Databases;

/// <summary>A sequence as it stood just before the dump began (sequences know no snapshot: the dump holds this value or a later one).</summary>
/// <param name="Schema">Schema.</param>
/// <param name="Name">Name.</param>
/// <param name="LastValue">Last value handed out; null when none was.</param>
/// <param name="Increment">Step, negative for a descending one.</param>
/// <param name="Cycles">True when it starts over at its end.</param>
public sealed record BackupSequence(string Schema, string Name, long? LastValue, long Increment, bool Cycles);
