namespace VisionRollout.Rehearsal.Metrics.PromQl;

/// <summary><c>sum</c>, <c>avg</c>, <c>min</c>, <c>max</c> or <c>count</c>, by some labels or without some.</summary>
internal sealed record AggregateExpression(string Operation, PromExpression Inner, IReadOnlyList<string> Labels, bool Without) : PromExpression
{
    /// <summary>The aggregations that there are.</summary>
    public static IReadOnlyList<string> Operations { get; } = ["sum", "avg", "min", "max", "count"];

    /// <inheritdoc/>
    public override PromValue Evaluate(PromContext context) => new PromVector(
    [
        .. VectorOf(Inner, context, $"aggregation {Operation}")
            .GroupBy(element => Group(element.Labels), element => element.Value)
            .Select(group => new PromElement(group.Key, Combine([.. group]))),
    ]);

    private LabelSet Group(LabelSet labels) => Without
        ? labels.Without([LabelSet.MetricName, .. Labels])
        : labels.Only([.. Labels]);

    private double Combine(double[] values) => Operation switch
    {
        "sum" => values.Sum(),
        "avg" => values.Average(),
        "min" => values.Aggregate(Math.Min),
        "max" => values.Aggregate(Math.Max),
        _ => values.Length,
    };
}
