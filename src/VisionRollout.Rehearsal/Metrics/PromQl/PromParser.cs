using System.Globalization;

namespace VisionRollout.Rehearsal.Metrics.PromQl;

/// <summary>Reads the part of PromQL that the rehearsal's Prometheus answers; anything else is refused by name.</summary>
internal sealed class PromParser
{
    private static readonly string[][] Precedence = [["==", "!=", "<=", "<", ">=", ">"], ["+", "-"], ["*", "/", "%"], ["^"]];
    private static readonly string[] Unsupported = ["and", "or", "unless", "bool", "on", "ignoring", "group_left", "group_right", "atan2"];

    private readonly List<PromToken> tokens;
    private int position;

    private PromParser(string query)
    {
        tokens = PromLexer.Split(query);
    }

    private PromToken Current => tokens[position];

    /// <summary>Reads a query.</summary>
    /// <exception cref="PromQueryException">It is wrong, or not supported.</exception>
    public static PromExpression Parse(string query)
    {
        var parser = new PromParser(query);
        var expression = parser.Binary(0);
        return parser.Current.Kind == PromTokenKind.End ? expression : throw parser.Unexpected();
    }

    /// <summary>Reads one selector without modifiers, as <c>match[]</c> has it.</summary>
    /// <exception cref="PromQueryException">It is none.</exception>
    public static IReadOnlyList<LabelMatcher> ParseSelector(string text) =>
        Parse(text) is SelectorExpression { RangeMs: null } selector ? selector.Matchers : throw new PromQueryException($"\"{text}\" is not a series selector");

    private PromExpression Binary(int level)
    {
        if (level == Precedence.Length)
            return Unary();
        var left = Binary(level + 1);
        while (Current.Kind == PromTokenKind.Symbol && Precedence[level].Contains(Current.Text))
        {
            var operation = Take().Text;
            RefuseModifier();
            // Only ^ binds to the right.
            left = new BinaryExpression(operation, left, operation == "^" ? Binary(level) : Binary(level + 1));
        }

        if (level == 0)
            RefuseModifier();
        return left;
    }

    private void RefuseModifier()
    {
        if (Current.Kind == PromTokenKind.Name && Unsupported.Contains(Current.Text))
            throw PromQueryException.Unsupported($"\"{Current.Text}\"");
    }

    private PromExpression Unary()
    {
        if (TryTake("-"))
            return new BinaryExpression("*", new NumberExpression(-1), Unary());
        return TryTake("+") ? Unary() : Modifiers(Primary());
    }

    private PromExpression Primary()
    {
        if (TryTake("("))
        {
            var inner = Binary(0);
            Expect(")");
            return inner;
        }

        if (Current is { Kind: PromTokenKind.Symbol, Text: "{" })
            return new SelectorExpression(Matchers([]));
        return Current.Kind switch
        {
            PromTokenKind.Number => new NumberExpression(Number(Take().Text)),
            PromTokenKind.Name => Named(Take()),
            _ => throw Unexpected(),
        };
    }

    private PromExpression Named(PromToken name)
    {
        if (AggregateExpression.Operations.Contains(name.Text) && (Current.Text is "(" or "by" or "without"))
            return Aggregate(name.Text);
        if (Current is { Kind: PromTokenKind.Symbol, Text: "(" })
            return Call(name.Text);
        LabelMatcher[] matchers = [new LabelMatcher(LabelSet.MetricName, "=", name.Text)];
        return new SelectorExpression(Current.Text == "{" && Current.Kind == PromTokenKind.Symbol ? Matchers(matchers) : matchers);
    }

    private AggregateExpression Aggregate(string operation)
    {
        var grouping = Grouping();
        Expect("(");
        var inner = Binary(0);
        Expect(")");
        var (labels, without) = grouping ?? Grouping() ?? ([], false);
        return new AggregateExpression(operation, inner, labels, without);
    }

    private (List<string> Labels, bool Without)? Grouping()
    {
        if (Current.Kind != PromTokenKind.Name || Current.Text is not ("by" or "without"))
            return null;
        var without = Take().Text == "without";
        var labels = new List<string>();
        Expect("(");
        while (!TryTake(")"))
        {
            labels.Add(Current.Kind == PromTokenKind.Name ? Take().Text : throw Unexpected());
            TryTake(",");
        }

        return (labels, without);
    }

    private CallExpression Call(string function)
    {
        if (!CallExpression.Functions.TryGetValue(function, out var count))
            throw PromQueryException.Unsupported($"the function \"{function}\"");
        var arguments = new List<PromExpression>();
        Expect("(");
        while (!TryTake(")"))
        {
            arguments.Add(Binary(0));
            if (Current.Text != ")")
                Expect(",");
        }

        return arguments.Count == count
            ? new CallExpression(function, arguments)
            : throw new PromQueryException($"parse error: expected {count} argument(s) in call to \"{function}\", got {arguments.Count}");
    }

    private List<LabelMatcher> Matchers(IEnumerable<LabelMatcher> first)
    {
        var matchers = first.ToList();
        Expect("{");
        while (!TryTake("}"))
        {
            var name = Current.Kind == PromTokenKind.Name ? Take().Text : throw Unexpected();
            var operation = Current.Text is "=" or "!=" or "=~" or "!~" ? Take().Text : throw Unexpected();
            matchers.Add(new LabelMatcher(name, operation, Current.Kind == PromTokenKind.Text ? Take().Text : throw Unexpected()));
            if (Current.Text != "}")
                Expect(",");
        }

        return matchers;
    }

    private PromExpression Modifiers(PromExpression expression)
    {
        while (true)
        {
            if (TryTake("["))
                expression = Range(expression);
            else if (TryTake("@"))
                expression = Selector(expression, "@") with { AtMs = (long)Math.Round(SignedNumber() * 1000) };
            else if (Current is { Kind: PromTokenKind.Name, Text: "offset" })
                expression = Offset(expression);
            else
                return expression;
        }
    }

    private SelectorExpression Range(PromExpression expression)
    {
        var length = Duration();
        if (Current.Text.StartsWith(':'))
            throw PromQueryException.Unsupported("subqueries");
        Expect("]");
        return Selector(expression, "a range") with { RangeMs = length };
    }

    private SelectorExpression Offset(PromExpression expression)
    {
        Take();
        var sign = TryTake("-") ? -1 : 1;
        return Selector(expression, "offset") with { OffsetMs = sign * Duration() };
    }

    private static SelectorExpression Selector(PromExpression expression, string what) =>
        expression as SelectorExpression ?? throw PromQueryException.Unsupported($"{what} on anything but a selector");

    private long Duration()
    {
        if (Current.Kind == PromTokenKind.Duration)
            return PromLexer.Milliseconds(Take().Text);
        return Current.Kind == PromTokenKind.Number ? (long)(Number(Take().Text) * 1000) : throw Unexpected();
    }

    private double SignedNumber()
    {
        var sign = TryTake("-") ? -1 : 1;
        return Current.Kind == PromTokenKind.Number ? sign * Number(Take().Text) : throw PromQueryException.Unsupported($"@ {Current.Text}");
    }

    private static double Number(string text) => text.ToUpperInvariant() switch
    {
        "INF" => double.PositiveInfinity,
        "NAN" => double.NaN,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    private PromToken Take() => tokens[position++];

    private bool TryTake(string symbol)
    {
        if (Current.Kind != PromTokenKind.Symbol || Current.Text != symbol)
            return false;
        position++;
        return true;
    }

    private void Expect(string symbol)
    {
        if (!TryTake(symbol))
            throw Unexpected();
    }

    private PromQueryException Unexpected() => Current.Kind == PromTokenKind.End
        ? new PromQueryException("parse error: unexpected end of input")
        : new PromQueryException($"parse error: unexpected \"{Current.Text}\" at position {Current.Position + 1}");
}
