namespace VisionRollout.Rehearsal.Metrics.PromQl;

/// <summary>Arithmetic (<c>+ - * / % ^</c>) and comparison (<c>== != &lt; &gt; &lt;= &gt;=</c>, which filter) of numbers and of vectors with the same labels.</summary>
internal sealed record BinaryExpression(string Operation, PromExpression Left, PromExpression Right) : PromExpression
{
    private bool IsComparison => Operation is "==" or "!=" or "<" or ">" or "<=" or ">=";

    /// <inheritdoc/>
    public override PromValue Evaluate(PromContext context) => (Left.Evaluate(context), Right.Evaluate(context)) switch
    {
        (PromScalar left, PromScalar right) => IsComparison
            ? throw new PromQueryException("comparisons between scalars must use BOOL modifier")
            : new PromScalar(Calculate(left.Value, right.Value)),
        (PromVector left, PromScalar right) => Combine(left.Elements, element => (element.Value, right.Value)),
        (PromScalar left, PromVector right) => Combine(right.Elements, element => (left.Value, element.Value)),
        (PromVector left, PromVector right) => Match(left.Elements, right.Elements),
        _ => throw new PromQueryException("binary expression must contain only scalar and instant vector types"),
    };

    private PromVector Combine(IReadOnlyList<PromElement> elements, Func<PromElement, (double Left, double Right)> sides)
    {
        var results = new List<PromElement>(elements.Count);
        foreach (var element in elements)
        {
            var (left, right) = sides(element);
            if (!IsComparison)
                results.Add(new PromElement(element.Labels.Without(LabelSet.MetricName), Calculate(left, right)));
            else if (Holds(left, right))
                results.Add(element);
        }

        return new PromVector(results);
    }

    private PromVector Match(IReadOnlyList<PromElement> left, IReadOnlyList<PromElement> right)
    {
        var others = new Dictionary<LabelSet, double>();
        foreach (var element in right)
        {
            if (!others.TryAdd(element.Labels.Without(LabelSet.MetricName), element.Value))
                throw new PromQueryException("found duplicate series for the match group on the right hand-side of the operation");
        }

        return Combine([.. left.Where(element => others.ContainsKey(element.Labels.Without(LabelSet.MetricName)))],
            element => (element.Value, others[element.Labels.Without(LabelSet.MetricName)]));
    }

    private double Calculate(double left, double right) => Operation switch
    {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => left / right,
        "%" => left % right,
        _ => Math.Pow(left, right),
    };

    private bool Holds(double left, double right) => Operation switch
    {
        "==" => left == right,
        "!=" => left != right,
        "<" => left < right,
        ">" => left > right,
        "<=" => left <= right,
        _ => left >= right,
    };
}
