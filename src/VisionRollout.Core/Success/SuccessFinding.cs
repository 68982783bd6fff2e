using VisionRollout.Core.Evidence;
using VisionRollout.Core.Plan;

namespace VisionRollout.Core.Success;

/// <summary>Holds a measured value against a success criterion.</summary>
public static class SuccessFinding
{
    /// <summary>The finding of a criterion; without a value it is Undecided with the reason.</summary>
    /// <param name="criterion">The criterion.</param>
    /// <param name="value">The value in the metric's unit; null when it could not be measured.</param>
    /// <param name="reason">Where the value comes from, or why there is none.</param>
    /// <param name="source">The source.</param>
    /// <param name="window">Window of the value; null for a moment.</param>
    /// <param name="at">When (UTC).</param>
    public static Finding Of(PlanCriterion criterion, double? value, string reason, string source, TimeSpan? window, DateTimeOffset at) => new()
    {
        Criterion = criterion.Name,
        Subject = criterion.Category,
        Verdict = value is not { } measured ? Verdict.Undecided : Holds(criterion, measured) ? Verdict.Go : Verdict.NoGo,
        Reason = reason,
        Measured = value,
        Limit = criterion.Limit,
        Unit = SuccessMetrics.Units.GetValueOrDefault(criterion.Metric) ?? "",
        Source = source,
        Window = window,
        At = at,
    };

    private static bool Holds(PlanCriterion criterion, double value) => criterion.Comparison switch
    {
        Comparison.Above => value > criterion.Limit,
        Comparison.Below => value < criterion.Limit,
        Comparison.AtLeast => value >= criterion.Limit,
        _ => value <= criterion.Limit,
    };
}
