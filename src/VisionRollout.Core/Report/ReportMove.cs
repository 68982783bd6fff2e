namespace VisionRollout.Core.Report;

/// <summary>One confirmed move of traffic.</summary>
/// <param name="At">When it was confirmed (UTC).</param>
/// <param name="Weights">Share by colour, 0 to 1.</param>
/// <param name="Reason">Why.</param>
/// <param name="Seconds">From the decision to the confirmation.</param>
/// <param name="ObservedShare">Share of requests at the new colour as observed; null when it could not be observed.</param>
/// <param name="Confirmation">How it was confirmed.</param>
public sealed record ReportMove(DateTimeOffset At, IReadOnlyDictionary<string, double> Weights, string Reason, double Seconds, double? ObservedShare, string Confirmation);
