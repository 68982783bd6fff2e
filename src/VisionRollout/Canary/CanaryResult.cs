using VisionRollout.Core.Canary;
using VisionRollout.Core.Evidence;

namespace VisionRollout;

/// <summary>How a canary stage was judged.</summary>
/// <param name="Percent">The new colour's weight in per cent.</param>
/// <param name="Verdict">The judgement.</param>
/// <param name="Reason">Why.</param>
/// <param name="Sample">The last judgement; null when there was no data at all.</param>
/// <param name="Samples">How often it was judged.</param>
/// <param name="At">When it ended (UTC).</param>
public sealed record CanaryResult(int Percent, Verdict Verdict, string Reason, CanarySample? Sample, int Samples, DateTimeOffset At);
