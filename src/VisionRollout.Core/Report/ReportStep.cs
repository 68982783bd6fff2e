using VisionRollout.Core.State;

namespace VisionRollout.Core.Report;

/// <summary>One step as it was carried out.</summary>
/// <param name="Phase">Phase.</param>
/// <param name="Name">Step.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Start">When it was last started (UTC).</param>
/// <param name="End">When it ended (UTC); null when it never did.</param>
/// <param name="Attempts">How often it was started.</param>
/// <param name="Error">What went wrong; empty when nothing did.</param>
public sealed record ReportStep(string Phase, string Name, ActivityStatus Status, DateTimeOffset Start, DateTimeOffset? End, int Attempts, string Error);
