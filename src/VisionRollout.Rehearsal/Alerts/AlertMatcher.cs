using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace VisionRollout.Rehearsal.Alerts;

/// <summary>A condition on an alert's label, in a silence or a filter; an absent label counts as empty.</summary>
internal sealed record AlertMatcher
{
    private static readonly TimeSpan RegexLimit = TimeSpan.FromMilliseconds(200);

    /// <summary>The label.</summary>
    public required string Name { get; init; }

    /// <summary>The value, or the regular expression.</summary>
    public required string Value { get; init; }

    /// <summary>Whether the value is a regular expression that must match the whole.</summary>
    public bool IsRegex { get; init; }

    /// <summary>Whether the label must be equal (default) or must not.</summary>
    public bool IsEqual { get; init; } = true;

    /// <summary>Whether an empty label meets the condition; a silence of only such conditions would silence everything.</summary>
    [JsonIgnore]
    public bool AllowsEmpty => Matches(string.Empty);

    /// <summary>Whether labels meet the condition.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels) => Matches(labels.GetValueOrDefault(Name, string.Empty));

    /// <summary>Reads <c>name="value"</c>, with <c>=</c>, <c>!=</c>, <c>=~</c> or <c>!~</c>, quoted or not.</summary>
    /// <exception cref="AlertRequestException">It is none.</exception>
    public static AlertMatcher Parse(string text)
    {
        var match = Regex.Match(text, """^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|([^"]*?))\s*$""", RegexOptions.CultureInvariant, RegexLimit);
        if (!match.Success)
            throw new AlertRequestException($"bad matcher format: {text}");
        var value = match.Groups[3].Success ? Regex.Replace(match.Groups[3].Value, @"\\(.)", "$1", RegexOptions.None, RegexLimit) : match.Groups[4].Value;
        var operation = match.Groups[2].Value;
        return new AlertMatcher { Name = match.Groups[1].Value, Value = value, IsRegex = operation[1..] == "~", IsEqual = operation[0] == '=' }.Checked();
    }

    /// <summary>The same condition, when its regular expression is valid.</summary>
    /// <exception cref="AlertRequestException">It is not.</exception>
    public AlertMatcher Checked()
    {
        try
        {
            AllowsEmpty.Equals(true);
            return this;
        }
        catch (ArgumentException error)
        {
            throw new AlertRequestException($"bad matcher {Name}: {error.Message}");
        }
    }

    private bool Matches(string actual) =>
        (IsRegex ? Regex.IsMatch(actual, $"^(?:{Value})$", RegexOptions.CultureInvariant, RegexLimit) : actual == Value) == IsEqual;
}
