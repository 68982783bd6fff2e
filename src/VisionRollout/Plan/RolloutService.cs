using System.Text.Json.Serialization;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Plan;

namespace VisionRollout;

/// <summary>A service of the plan, as Get-RolloutService emits it; binds to other cmdlets by property name.</summary>
public sealed class RolloutService
{
    // For steps: their output comes back from the journal.
    [JsonConstructor]
    internal RolloutService()
    {
    }

    internal RolloutService(PlanService service)
    {
        Name = service.Name;
        Database = service.Database.Name;
        Container = service.Container;
        Image = service.Image;
        Port = service.Port;
        HealthPath = service.HealthPath;
        Deployments = service.Deployments;
        External = service.External;
        Features = IndexedList.Of<string>([.. service.Features.Select(feature => feature.Path)]);
        HasFallback = service.Fallback is not null;
        Reversible = service.Database.Undo.Count > 0;
    }

    /// <summary>Name, e.g. <c>business</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>The name again, for parameters called Service.</summary>
    public string Service => Name;

    /// <summary>Name of its database.</summary>
    public string Database { get; init; } = "";

    /// <summary>Container that holds the service.</summary>
    public string Container { get; init; } = "";

    /// <summary>Image without its tag.</summary>
    public string Image { get; init; } = "";

    /// <summary>HTTP port of the container.</summary>
    public int Port { get; init; }

    /// <summary>Path of the health document.</summary>
    public string HealthPath { get; init; } = "";

    /// <summary>Deployment by colour.</summary>
    public IReadOnlyDictionary<string, string> Deployments { get; init; } = new Dictionary<string, string>();

    /// <summary>External systems that it integrates with.</summary>
    public IReadOnlyList<string> External { get; init => field = IndexedList.Of(value); } = [];

    /// <summary>Paths of its features.</summary>
    public IReadOnlyList<string> Features { get; init => field = IndexedList.Of(value); } = [];

    /// <summary>True when the plan knows how to switch its fallback on.</summary>
    public bool HasFallback { get; init; }

    /// <summary>True when the plan knows how to take its migrations back.</summary>
    public bool Reversible { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
