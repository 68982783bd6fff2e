namespace VisionRollout.Rehearsal.Metrics.PromQl;

/// <summary>A function call.</summary>
internal sealed record CallExpression(string Function, IReadOnlyList<PromExpression> Arguments) : PromExpression
{
    /// <summary>The functions that there are, with their number of arguments.</summary>
    public static IReadOnlyDictionary<string, int> Functions { get; } = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["rate"] = 1, ["increase"] = 1, ["histogram_quantile"] = 2, ["absent"] = 1, ["vector"] = 1, ["scalar"] = 1, ["time"] = 0,
        ["avg_over_time"] = 1, ["max_over_time"] = 1, ["min_over_time"] = 1, ["sum_over_time"] = 1, ["count_over_time"] = 1, ["last_over_time"] = 1,
    };

    /// <inheritdoc/>
    public override PromValue Evaluate(PromContext context) => Function switch
    {
        "time" => new PromScalar(context.Milliseconds / 1000d),
        "vector" => new PromVector([new PromElement(new LabelSet([]), ScalarOf(Arguments[0], context, "vector()"))]),
        "scalar" => new PromScalar(VectorOf(Arguments[0], context, "scalar()") is [var only] ? only.Value : double.NaN),
        "absent" => new PromVector(VectorOf(Arguments[0], context, "absent()").Count > 0 ? [] : [new PromElement(new LabelSet([]), 1)]),
        "histogram_quantile" => HistogramQuantile.Of(
            ScalarOf(Arguments[0], context, "histogram_quantile()"), VectorOf(Arguments[1], context, "histogram_quantile()")),
        _ => OverRange(context),
    };

    private PromVector OverRange(PromContext context)
    {
        if (Arguments[0].Evaluate(context) is not PromMatrix matrix)
            throw new PromQueryException($"expected type range vector in call to function \"{Function}\", got instant vector");
        var results = new List<PromElement>(matrix.Series.Count);
        foreach (var series in matrix.Series)
        {
            if (Reduce(series.Samples, matrix) is { } value)
                results.Add(new PromElement(Function == "last_over_time" ? series.Labels : series.Labels.Without(LabelSet.MetricName), value));
        }

        return new PromVector(results);
    }

    private double? Reduce(IReadOnlyList<Sample> samples, PromMatrix matrix) => Function switch
    {
        "rate" => CounterIncrease.Of(samples, matrix.StartMs, matrix.EndMs) / ((matrix.EndMs - matrix.StartMs) / 1000d),
        "increase" => CounterIncrease.Of(samples, matrix.StartMs, matrix.EndMs),
        "avg_over_time" => samples.Average(sample => sample.Value),
        "max_over_time" => samples.Max(sample => sample.Value),
        "min_over_time" => samples.Min(sample => sample.Value),
        "sum_over_time" => samples.Sum(sample => sample.Value),
        "count_over_time" => samples.Count,
        _ => samples[^1].Value,
    };
}
