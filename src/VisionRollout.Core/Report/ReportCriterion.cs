using VisionRollout.Core.Evidence;
using VisionRollout.Core.Plan;

namespace VisionRollout.Core.Report;

/// <summary>One success criterion with what was measured.</summary>
/// <param name="Name">Name for people.</param>
/// <param name="Category">Technical, Business or Operational; empty when the plan does not have it.</param>
/// <param name="Comparison">How the value is compared; null when the plan does not have it.</param>
/// <param name="Limit">The plan's limit in <paramref name="Unit"/>.</param>
/// <param name="Unit">Unit of the limit.</param>
/// <param name="Finding">The newest measurement; null when it was never measured.</param>
public sealed record ReportCriterion(string Name, string Category, Comparison? Comparison, double? Limit, string Unit, Finding? Finding);
