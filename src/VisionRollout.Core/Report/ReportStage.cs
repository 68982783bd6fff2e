using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Report;

/// <summary>One canary stage.</summary>
/// <param name="Percent">The new colour's weight in per cent.</param>
/// <param name="Start">When it began (UTC).</param>
/// <param name="End">When it ended (UTC); null when it never did.</param>
/// <param name="Verdict">How it was judged.</param>
/// <param name="Reason">Why.</param>
public sealed record ReportStage(int Percent, DateTimeOffset Start, DateTimeOffset? End, Verdict Verdict, string Reason);
