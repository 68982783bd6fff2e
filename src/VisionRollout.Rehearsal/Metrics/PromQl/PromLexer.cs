using System.Text;
using System.Text.RegularExpressions;

namespace VisionRollout.Rehearsal.Metrics.PromQl;

/// <summary>Splits a query into words.</summary>
internal static partial class PromLexer
{
    private static readonly string[] Symbols =
        ["=~", "!~", "!=", "==", "<=", ">=", "(", ")", "{", "}", "[", "]", ",", "=", "<", ">", "+", "-", "*", "/", "%", "^", "@", ":"];

    /// <summary>The words of a query, the end last.</summary>
    /// <exception cref="PromQueryException">A character that begins no word, or a text without end.</exception>
    public static List<PromToken> Split(string query)
    {
        var tokens = new List<PromToken>();
        var position = 0;
        while (true)
        {
            while (position < query.Length && char.IsWhiteSpace(query[position]))
                position++;
            var token = Next(query, position, out var length);
            tokens.Add(token);
            if (token.Kind == PromTokenKind.End)
                return tokens;
            position += length;
        }
    }

    /// <summary>A duration in milliseconds.</summary>
    public static long Milliseconds(string duration) => DurationPart().Matches(duration).Sum(part =>
        long.Parse(part.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) * part.Groups[2].Value switch
        {
            "ms" => 1L,
            "s" => 1_000L,
            "m" => 60_000L,
            "h" => 3_600_000L,
            "d" => 86_400_000L,
            "w" => 604_800_000L,
            _ => 31_536_000_000L,
        });

    private static PromToken Next(string query, int position, out int length)
    {
        length = 0;
        if (position >= query.Length)
            return new PromToken(PromTokenKind.End, string.Empty, position);
        if (query[position] is '"' or '\'' or '`')
            return new PromToken(PromTokenKind.Text, Quoted(query, position, out length), position);
        foreach (var (kind, pattern) in Patterns())
        {
            var match = pattern.Match(query, position);
            if (match.Success && match.Length > 0)
            {
                length = match.Length;
                return new PromToken(kind, match.Value, position);
            }
        }

        var symbol = Array.Find(Symbols, candidate => string.CompareOrdinal(query, position, candidate, 0, candidate.Length) == 0)
            ?? throw new PromQueryException($"parse error: unexpected character: '{query[position]}' at position {position + 1}");
        length = symbol.Length;
        return new PromToken(PromTokenKind.Symbol, symbol, position);
    }

    private static (PromTokenKind Kind, Regex Pattern)[] Patterns() =>
        [(PromTokenKind.Duration, Duration()), (PromTokenKind.Number, Number()), (PromTokenKind.Name, Name())];

    private static string Quoted(string query, int position, out int length)
    {
        var quote = query[position];
        var text = new StringBuilder();
        for (var index = position + 1; index < query.Length; index++)
        {
            if (query[index] == quote)
            {
                length = index - position + 1;
                return text.ToString();
            }

            if (query[index] == '\\' && quote != '`' && index + 1 < query.Length)
                text.Append(query[++index] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', var other => other });
            else
                text.Append(query[index]);
        }

        throw new PromQueryException($"parse error: unterminated quoted string at position {position + 1}");
    }

    [GeneratedRegex(@"\G([0-9]+(ms|[smhdwy]))+(?![a-zA-Z0-9_])")]
    private static partial Regex Duration();

    [GeneratedRegex(@"([0-9]+)(ms|[smhdwy])")]
    private static partial Regex DurationPart();

    [GeneratedRegex(@"\G(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|(?:[iI]nf|[nN]a[nN])(?![a-zA-Z0-9_:]))")]
    private static partial Regex Number();

    [GeneratedRegex(@"\G[a-zA-Z_:][a-zA-Z0-9_:]*")]
    private static partial Regex Name();
}
