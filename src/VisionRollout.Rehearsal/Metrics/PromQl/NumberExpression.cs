namespace VisionRollout.Rehearsal.Metrics.PromQl;

/// <summary>A number written in the query.</summary>
internal sealed record NumberExpression(double Value) : PromExpression
{
    /// <inheritdoc/>
    public override PromValue Evaluate(PromContext context) => new PromScalar(Value);
}
