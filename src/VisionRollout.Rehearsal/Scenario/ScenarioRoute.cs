namespace VisionRollout.Rehearsal.Scenario;

/// <summary>The traffic route that the cluster starts with.</summary>
public sealed record ScenarioRoute
{
    /// <summary><c>VirtualService</c> (Istio) or <c>HTTPRoute</c> (Gateway API).</summary>
    public required string Kind { get; init; }

    /// <summary>The route object's name.</summary>
    public required string Name { get; init; }

    /// <summary>Colour to the Kubernetes Service that stands for it in the route.</summary>
    public required IReadOnlyDictionary<string, string> Hosts { get; init; }

    /// <summary>The header that sends a request to the idle colour at any weight.</summary>
    public required string Header { get; init; }

    /// <summary>The header's value.</summary>
    public required string HeaderValue { get; init; }

    /// <summary>The public host name of the application.</summary>
    public required string Host { get; init; }

    /// <summary>The colour whose Service is <paramref name="host"/> (bare or fully qualified), or null.</summary>
    public string? ColourOf(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var bare = host.Split('.', 2)[0];
        return Hosts.FirstOrDefault(pair => string.Equals(pair.Value, bare, StringComparison.Ordinal)).Key;
    }
}
