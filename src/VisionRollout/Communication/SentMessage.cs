namespace VisionRollout;

/// <summary>A message as Send-RolloutMessage sent it to one channel.</summary>
/// <param name="Name">Name in the plan.</param>
/// <param name="Channel">Channel.</param>
/// <param name="Text">The text.</param>
/// <param name="Sent">False when the journal shows that it had been sent before.</param>
/// <param name="At">When (UTC).</param>
public sealed record SentMessage(string Name, string Channel, string Text, bool Sent, DateTimeOffset At);
