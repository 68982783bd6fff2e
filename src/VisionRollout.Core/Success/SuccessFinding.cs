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
        Trigger = SuccessMetrics.Triggers.GetValueOrDefault(criterion.Metric) ?? "",
        Unit = SuccessMetrics.Units.GetValueOrDefault(criterion.Metric) ?? "",
        Source = source,
        Window = window,
        At = at,
    };

    /// <summary>The finding of a criterion whose value is known within bounds: met when the worse bound meets it, broken when the better one does
    /// not, else Undecided.</summary>
    /// <param name="criterion">The criterion.</param>
    /// <param name="value">The value in the metric's unit; null when it could not be measured.</param>
    /// <param name="bounds">Lower and upper bound of the true value.</param>
    /// <param name="reason">Where the value comes from, or why there is none.</param>
    /// <param name="source">The source.</param>
    /// <param name="window">Window of the value.</param>
    /// <param name="at">When (UTC).</param>
    public static Finding Of(PlanCriterion criterion, double? value, (double Low, double High) bounds, string reason, string source, TimeSpan? window, DateTimeOffset at)
    {
        var finding = Of(criterion, value, reason, source, window, at);
        if (value is null) return finding;
        var upwards = criterion.Comparison is Comparison.Above or Comparison.AtLeast;
        var (worse, better) = upwards ? bounds : (bounds.High, bounds.Low);
        return finding with
        {
            Low = bounds.Low,
            High = bounds.High,
            Verdict = Holds(criterion, worse) ? Verdict.Go : Holds(criterion, better) ? Verdict.Undecided : Verdict.NoGo,
            Reason = Holds(criterion, worse) || !Holds(criterion, better) ? reason : $"{reason}; the limit lies within the bounds of what was measured: more requests decide",
        };
    }

    private static bool Holds(PlanCriterion criterion, double value) => criterion.Comparison switch
    {
        Comparison.Above => value > criterion.Limit,
        Comparison.Below => value < criterion.Limit,
        Comparison.AtLeast => value >= criterion.Limit,
        _ => value <= criterion.Limit,
    };
}
