namespace VisionRollout.Rehearsal.Scenario;

/// <summary>What a rehearsal cluster contains and how it behaves, as the scenario file of <c>PROTOCOL.md</c> says it.</summary>
public sealed record RehearsalScenario
{
    /// <summary>The name of the application rehearsed.</summary>
    public required string Name { get; init; }

    /// <summary>The Kubernetes namespace that holds everything.</summary>
    public required string Namespace { get; init; }

    /// <summary>The seed of every random draw.</summary>
    public required int Seed { get; init; }

    /// <summary>Virtual time at which the cluster starts (UTC).</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>Simulated requests per second of virtual time, all services together (0 or more).</summary>
    public required double DemandPerSecond { get; init; }

    /// <summary>Real probe requests per second of real time through the gateway (0 to 2,000; 0 sends none).</summary>
    public required double ProbesPerSecond { get; init; }

    /// <summary>Virtual seconds between two scrapes (1 to 300).</summary>
    public required int ScrapeSeconds { get; init; }

    /// <summary>The traffic route of the application.</summary>
    public required ScenarioRoute Route { get; init; }

    /// <summary>The label of Deployments and pods that names their colour.</summary>
    public required string ColourLabel { get; init; }

    /// <summary>The colour that serves at the start.</summary>
    public required string LiveColour { get; init; }

    /// <summary>The version that the live colour runs at the start.</summary>
    public required string LiveVersion { get; init; }

    /// <summary>The gateway's port; 0 for any free one.</summary>
    public int GatewayPort { get; init; }

    /// <summary>The Kubernetes API's port; 0 for any free one.</summary>
    public int KubernetesPort { get; init; }

    /// <summary>The control port (clock, faults, Prometheus, Alertmanager, hooks); 0 for any free one.</summary>
    public int ControlPort { get; init; }

    /// <summary>The application's services.</summary>
    public required IReadOnlyList<ScenarioService> Services { get; init; }

    /// <summary>How each version (image tag) behaves. A tag that is not here cannot be pulled.</summary>
    public required IReadOnlyDictionary<string, VersionProfile> Versions { get; init; }

    /// <summary>People with credentials of their own.</summary>
    public IReadOnlyList<ScenarioPerson> People { get; init; } = [];

    /// <summary>The faults that happen by schedule.</summary>
    public IReadOnlyList<ScenarioFault> Faults { get; init; } = [];

    /// <summary>The service of this name, or null.</summary>
    public ScenarioService? Service(string name) =>
        Services.FirstOrDefault(service => string.Equals(service.Name, name, StringComparison.Ordinal));
}
