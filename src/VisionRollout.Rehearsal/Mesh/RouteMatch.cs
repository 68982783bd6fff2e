namespace VisionRollout.Rehearsal.Mesh;

/// <summary>One condition of a route: everything in it must hold.</summary>
/// <param name="Path">On the path, or null.</param>
/// <param name="Method">On the method, or null.</param>
/// <param name="Headers">On headers, by name.</param>
internal sealed record RouteMatch(TextMatch? Path, TextMatch? Method, IReadOnlyList<KeyValuePair<string, TextMatch>> Headers)
{
    /// <summary>The condition that every request meets.</summary>
    public static RouteMatch Any { get; } = new(null, null, []);

    /// <summary>Whether a request meets the condition. <paramref name="header"/> gives a header's value or null.</summary>
    public bool Matches(string path, string method, Func<string, string?> header) =>
        Path?.Matches(path) != false
        && Method?.Matches(method) != false
        && Headers.All(wanted => header(wanted.Key) is { } value && wanted.Value.Matches(value));
}
