namespace VisionRollout.Rehearsal.Metrics.PromQl;

/// <summary>A part of a query.</summary>
internal abstract record PromExpression
{
    /// <summary>Its value at a time.</summary>
    /// <exception cref="PromQueryException">The query makes no sense, or is not supported.</exception>
    public abstract PromValue Evaluate(PromContext context);

    /// <summary>Its value as a vector.</summary>
    protected static IReadOnlyList<PromElement> VectorOf(PromExpression expression, PromContext context, string where) =>
        expression.Evaluate(context) is PromVector vector ? vector.Elements : throw new PromQueryException($"expected type instant vector in {where}");

    /// <summary>Its value as a number.</summary>
    protected static double ScalarOf(PromExpression expression, PromContext context, string where) =>
        expression.Evaluate(context) is PromScalar scalar ? scalar.Value : throw new PromQueryException($"expected type scalar in {where}");
}
