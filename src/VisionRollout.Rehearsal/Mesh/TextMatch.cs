using System.Text.RegularExpressions;

namespace VisionRollout.Rehearsal.Mesh;

/// <summary>A match of one text: exact, by prefix, or by a regular expression that must match the whole.</summary>
internal sealed class TextMatch
{
    private static readonly TimeSpan RegexLimit = TimeSpan.FromMilliseconds(100);
    private readonly Func<string, bool> matches;

    private TextMatch(int rank, int length, Func<string, bool> matches)
    {
        Rank = rank;
        Length = length;
        this.matches = matches;
    }

    /// <summary>2 for exact, 1 for a prefix, 0 for a regular expression: the Gateway API's order of precedence.</summary>
    public int Rank { get; }

    /// <summary>The length of the text to match.</summary>
    public int Length { get; }

    /// <summary>Matches the text and no other.</summary>
    public static TextMatch Exact(string value) => new(2, value.Length, text => text == value);

    /// <summary>Matches texts that start so (Istio: characters).</summary>
    public static TextMatch Prefix(string value) => new(1, value.Length, text => text.StartsWith(value, StringComparison.Ordinal));

    /// <summary>Matches paths that start so, by whole segments (Gateway API).</summary>
    public static TextMatch PathPrefix(string value)
    {
        var prefix = value.TrimEnd('/');
        return new(1, value.Length, text => text.StartsWith(prefix, StringComparison.Ordinal) && (text.Length == prefix.Length || text[prefix.Length] == '/'));
    }

    /// <summary>Matches texts that the pattern matches as a whole; nothing when the pattern is not valid.</summary>
    public static TextMatch Pattern(string value)
    {
        try
        {
            var regex = new Regex($"^(?:{value})$", RegexOptions.CultureInvariant, RegexLimit);
            return new(0, value.Length, regex.IsMatch);
        }
        catch (ArgumentException)
        {
            return new(0, value.Length, _ => false);
        }
    }

    /// <summary>Whether the text matches.</summary>
    public bool Matches(string text) => matches(text);
}
