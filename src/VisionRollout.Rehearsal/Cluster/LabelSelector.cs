using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace VisionRollout.Rehearsal.Cluster;

/// <summary>A label selector: all of its requirements must hold.</summary>
internal sealed partial class LabelSelector
{
    private readonly IReadOnlyList<Func<IReadOnlyDictionary<string, string>, bool>> requirements;

    private LabelSelector(IReadOnlyList<Func<IReadOnlyDictionary<string, string>, bool>> requirements) => this.requirements = requirements;

    /// <summary>Selects everything.</summary>
    public static LabelSelector Everything { get; } = new([]);

    /// <summary>Whether the labels fulfil all requirements.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels) => requirements.All(requirement => requirement(labels));

    /// <summary>Reads the text form of the labelSelector query parameter.</summary>
    /// <exception cref="ApiException">400: the text is no selector.</exception>
    public static LabelSelector Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return Everything;
        return new([.. Terms().Matches(text).Select(match => match.Value.Trim()).Where(term => term.Length > 0).Select(Requirement)]);
    }

    /// <summary>Reads the object form (<c>matchLabels</c> and <c>matchExpressions</c>) of <c>spec.selector</c>.</summary>
    public static LabelSelector From(JsonNode? selector) => new(
    [
        .. selector.Map("matchLabels").Select(pair => In(pair.Key, [pair.Value])),
        .. selector.Items("matchExpressions").Select(Expression),
    ]);

    private static Func<IReadOnlyDictionary<string, string>, bool> Requirement(string term)
    {
        if (SetTerm().Match(term) is { Success: true } set)
        {
            var values = set.Groups["values"].Value.Split(',', StringSplitOptions.TrimEntries);
            return set.Groups["not"].Success ? NotIn(set.Groups["key"].Value, values) : In(set.Groups["key"].Value, values);
        }

        if (EqualityTerm().Match(term) is { Success: true } equality)
        {
            string[] values = [equality.Groups["value"].Value];
            return equality.Groups["op"].Value == "!=" ? NotIn(equality.Groups["key"].Value, values) : In(equality.Groups["key"].Value, values);
        }

        if (!ExistsTerm().IsMatch(term))
            throw ApiException.BadRequest($"unable to parse requirement: {term}");
        return term[0] == '!' ? Missing(term[1..].Trim()) : Present(term);
    }

    private static Func<IReadOnlyDictionary<string, string>, bool> Expression(JsonObject expression)
    {
        var key = expression.Text("key") ?? "";
        string[] values = [.. (expression["values"] as JsonArray ?? []).Select(value => value!.ToString())];
        return expression.Text("operator") switch
        {
            "In" => In(key, values),
            "NotIn" => NotIn(key, values),
            "Exists" => Present(key),
            "DoesNotExist" => Missing(key),
            var other => throw ApiException.BadRequest($"\"{other}\" is not a valid label selector operator"),
        };
    }

    private static Func<IReadOnlyDictionary<string, string>, bool> In(string key, string[] values) =>
        labels => labels.TryGetValue(key, out var value) && values.Contains(value);

    private static Func<IReadOnlyDictionary<string, string>, bool> NotIn(string key, string[] values) =>
        labels => !labels.TryGetValue(key, out var value) || !values.Contains(value);

    private static Func<IReadOnlyDictionary<string, string>, bool> Present(string key) => labels => labels.ContainsKey(key);

    private static Func<IReadOnlyDictionary<string, string>, bool> Missing(string key) => labels => !labels.ContainsKey(key);

    [GeneratedRegex(@"(?:[^,(]|\([^)]*\))+")]
    private static partial Regex Terms();

    [GeneratedRegex(@"^(?<key>\S+)\s+(?<not>not)?in\s*\((?<values>[^)]*)\)$")]
    private static partial Regex SetTerm();

    [GeneratedRegex(@"^(?<key>[^\s=!]+)\s*(?<op>==|=|!=)\s*(?<value>[^\s=!]*)$")]
    private static partial Regex EqualityTerm();

    [GeneratedRegex(@"^!?\s*[A-Za-z0-9][A-Za-z0-9._/-]*$")]
    private static partial Regex ExistsTerm();
}
