namespace VisionRollout.Rehearsal.Scenario;

/// <summary>One service of the application.</summary>
public sealed record ScenarioService
{
    /// <summary>The service's name; also the first segment of its request paths.</summary>
    public required string Name { get; init; }

    /// <summary>Pods per colour (1 to 50).</summary>
    public required int Replicas { get; init; }

    /// <summary>The port that its container listens on.</summary>
    public required int Port { get; init; }

    /// <summary>The container's name.</summary>
    public required string Container { get; init; }

    /// <summary>The image without its tag.</summary>
    public required string Image { get; init; }

    /// <summary>Colour to Deployment name.</summary>
    public required IReadOnlyDictionary<string, string> Deployments { get; init; }

    /// <summary>The service's PostgreSQL database.</summary>
    public required string Database { get; init; }

    /// <summary>The Secret that holds the database's connection settings.</summary>
    public required string Secret { get; init; }

    /// <summary>External systems that the service calls.</summary>
    public IReadOnlyList<string> External { get; init; } = [];
}
