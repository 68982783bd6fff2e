namespace VisionRollout.Rehearsal.Scenario;

/// <summary>What a fault strikes; a null member matches everything.</summary>
public sealed record ScenarioFaultTarget
{
    /// <summary>A service's name.</summary>
    public string? Service { get; init; }

    /// <summary>A colour.</summary>
    public string? Colour { get; init; }

    /// <summary>A version (image tag).</summary>
    public string? Version { get; init; }

    /// <summary>A pod's name.</summary>
    public string? Pod { get; init; }
}
