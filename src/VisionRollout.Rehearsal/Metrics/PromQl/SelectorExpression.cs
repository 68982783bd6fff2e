namespace VisionRollout.Rehearsal.Metrics.PromQl;

/// <summary>A selector such as <c>up{job="x"}</c>, with a range <c>[5m]</c>, an <c>offset</c> and an <c>@</c> time where given.</summary>
internal sealed record SelectorExpression(IReadOnlyList<LabelMatcher> Matchers) : PromExpression
{
    /// <summary>How far back an instant selector looks for the latest sample: Prometheus' default of five minutes.</summary>
    public const long LookbackMs = 300_000;

    /// <summary>The range's length; null for an instant selector.</summary>
    public long? RangeMs { get; init; }

    /// <summary>How far the selector looks into the past; negative: into the future.</summary>
    public long OffsetMs { get; init; }

    /// <summary>The fixed time of the <c>@</c> modifier.</summary>
    public long? AtMs { get; init; }

    /// <inheritdoc/>
    public override PromValue Evaluate(PromContext context)
    {
        var end = (AtMs ?? context.Milliseconds) - OffsetMs;
        if (RangeMs is { } range)
            return new PromMatrix([.. context.Store.Read(Matchers, end - range, end).Select(WithoutEnds).Where(series => series.Samples.Count > 0)], end - range, end);
        return new PromVector(
        [
            .. context.Store.Read(Matchers, end - LookbackMs, end)
                .Where(series => !StaleMarker.Is(series.Samples[^1].Value))
                .Select(series => new PromElement(series.Labels, series.Samples[^1].Value)),
        ]);
    }

    private static SampledSeries WithoutEnds(SampledSeries series) => series.Samples.Any(sample => StaleMarker.Is(sample.Value))
        ? series with { Samples = [.. series.Samples.Where(sample => !StaleMarker.Is(sample.Value))] }
        : series;
}
