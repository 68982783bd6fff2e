namespace VisionRollout.Core.Messages;

/// <summary>A message about the rollout.</summary>
/// <param name="Key">Stable key: rollout, status line and channel; a receiver can drop repetitions by it.</param>
/// <param name="Channel">The plan's channel, e.g. <c>#deployment-status</c>.</param>
/// <param name="Title">Short title (the status page's incident name).</param>
/// <param name="Text">The text.</param>
/// <param name="Status">For status pages: scheduled, in_progress, verifying, completed; empty for chats.</param>
/// <param name="At">When (UTC).</param>
public sealed record RolloutMessage(string Key, string Channel, string Title, string Text, string Status, DateTimeOffset At);
