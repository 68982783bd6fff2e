using VisionRollout.Core.Plan;

namespace VisionRollout;

/// <summary>A service of the plan, as Get-RolloutService emits it; binds to other cmdlets by property name.</summary>
public sealed class RolloutService
{
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
        Features = [.. service.Features.Select(feature => feature.Path)];
        HasFallback = service.Fallback is not null;
        Reversible = service.Database.Undo.Count > 0;
    }

    /// <summary>Name, e.g. <c>business</c>.</summary>
    public string Name { get; }

    /// <summary>The name again, for parameters called Service.</summary>
    public string Service => Name;

    /// <summary>Name of its database.</summary>
    public string Database { get; }

    /// <summary>Container that holds the service.</summary>
    public string Container { get; }

    /// <summary>Image without its tag.</summary>
    public string Image { get; }

    /// <summary>HTTP port of the container.</summary>
    public int Port { get; }

    /// <summary>Path of the health document.</summary>
    public string HealthPath { get; }

    /// <summary>Deployment by colour.</summary>
    public IReadOnlyDictionary<string, string> Deployments { get; }

    /// <summary>External systems that it integrates with.</summary>
    public IReadOnlyList<string> External { get; }

    /// <summary>Paths of its features.</summary>
    public IReadOnlyList<string> Features { get; }

    /// <summary>True when the plan knows how to switch its fallback on.</summary>
    public bool HasFallback { get; }

    /// <summary>True when the plan knows how to take its migrations back.</summary>
    public bool Reversible { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
