namespace VisionRollout.Rehearsal.Metrics;

/// <summary>The labels of a series, its name among them as <c>__name__</c>; sorted by name, without empty values. Immutable, equal by value.</summary>
internal sealed class LabelSet : IEquatable<LabelSet>
{
    /// <summary>The label that holds a metric's name.</summary>
    public const string MetricName = "__name__";

    private readonly KeyValuePair<string, string>[] pairs;
    private readonly int hash;

    /// <summary>Makes a set of labels; empty values are left out, as Prometheus takes them for absent.</summary>
    public LabelSet(IEnumerable<KeyValuePair<string, string>> labels)
    {
        pairs = [.. labels.Where(pair => pair.Value.Length > 0).OrderBy(pair => pair.Key, StringComparer.Ordinal)];
        var code = new HashCode();
        foreach (var (name, value) in pairs)
        {
            code.Add(name, StringComparer.Ordinal);
            code.Add(value, StringComparer.Ordinal);
        }

        hash = code.ToHashCode();
    }

    /// <summary>The labels in order of their names.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Pairs => pairs;

    /// <summary>The metric's name, or empty.</summary>
    public string Name => this[MetricName];

    /// <summary>The value of a label; empty when there is none.</summary>
    public string this[string name]
    {
        get
        {
            foreach (var pair in pairs)
            {
                if (string.Equals(pair.Key, name, StringComparison.Ordinal))
                    return pair.Value;
            }

            return string.Empty;
        }
    }

    /// <summary>The same labels with one set or replaced.</summary>
    public LabelSet With(string name, string value) => new(Without(name).pairs.Append(KeyValuePair.Create(name, value)));

    /// <summary>The same labels without some.</summary>
    public LabelSet Without(params string[] names) => new(pairs.Where(pair => !names.Contains(pair.Key, StringComparer.Ordinal)));

    /// <summary>Only some of the labels.</summary>
    public LabelSet Only(params string[] names) => new(pairs.Where(pair => names.Contains(pair.Key, StringComparer.Ordinal)));

    /// <inheritdoc/>
    public bool Equals(LabelSet? other) => other is not null && hash == other.hash && pairs.AsSpan().SequenceEqual(other.pairs);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LabelSet);

    /// <inheritdoc/>
    public override int GetHashCode() => hash;

    /// <inheritdoc/>
    public override string ToString() => $"{Name}{{{string.Join(',', pairs.Where(pair => pair.Key != MetricName).Select(pair => $"{pair.Key}=\"{Escape(pair.Value)}\""))}}}";

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
