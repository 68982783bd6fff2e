using System.Text.RegularExpressions;

namespace VisionRollout.Rehearsal.Metrics;

/// <summary>A condition on a label: <c>=</c>, <c>!=</c>, <c>=~</c> or <c>!~</c>; an absent label counts as empty.</summary>
internal sealed class LabelMatcher
{
    private static readonly TimeSpan RegexLimit = TimeSpan.FromMilliseconds(200);
    private readonly string value;
    private readonly Regex? regex;
    private readonly bool negated;

    /// <summary>Makes a condition.</summary>
    /// <exception cref="PromQueryException">The regular expression is not valid.</exception>
    public LabelMatcher(string name, string operation, string value)
    {
        Name = name;
        this.value = value;
        negated = operation[0] == '!';
        if (!operation.EndsWith('~'))
            return;
        try
        {
            regex = new Regex($"^(?:{value})$", RegexOptions.CultureInvariant | RegexOptions.Singleline, RegexLimit);
        }
        catch (ArgumentException error)
        {
            throw new PromQueryException($"error parsing regexp: {error.Message}");
        }
    }

    /// <summary>The label.</summary>
    public string Name { get; }

    /// <summary>The one value that the label must have, or null when the condition is another.</summary>
    public string? Required => regex is null && !negated ? value : null;

    /// <summary>Whether labels meet the condition.</summary>
    public bool Matches(LabelSet labels)
    {
        var actual = labels[Name];
        return (regex?.IsMatch(actual) ?? string.Equals(actual, value, StringComparison.Ordinal)) != negated;
    }
}
