namespace VisionRollout.Core.Plan;

/// <summary>One service of the platform.</summary>
public sealed record PlanService
{
    /// <summary>Name, e.g. <c>business</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Deployment by colour.</summary>
    public required IReadOnlyDictionary<string, string> Deployments { get; init; }

    /// <summary>Container that holds the service.</summary>
    public required string Container { get; init; }

    /// <summary>Image without its tag.</summary>
    public required string Image { get; init; }

    /// <summary>HTTP port of the container.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>Path of the health document (health+json).</summary>
    public string HealthPath { get; init; } = "/health";

    /// <summary>How long the longest request takes that a pod must finish before it ends.</summary>
    public TimeSpan LongestRequest { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>External systems that it integrates with; each is a check <c>external:NAME</c> of the health document.</summary>
    public IReadOnlyList<string> External { get; init; } = [];

    /// <summary>Features by path: each must answer 200 in the new version.</summary>
    public IReadOnlyList<PlanFeature> Features { get; init; } = [];

    /// <summary>How to switch the fallback on when an external system fails; null when there is none.</summary>
    public PlanFallback? Fallback { get; init; }

    /// <summary>Where the new version's manifests come from; null: its Deployment is a copy of the live colour's.</summary>
    public PlanManifests? Manifests { get; init; }

    /// <summary>Its database.</summary>
    public required PlanDatabase Database { get; init; }
}
