namespace VisionRollout.Rehearsal.Scenario;

/// <summary>A fault as the scenario or <c>POST /faults</c> asks for it.</summary>
public sealed record ScenarioFault
{
    /// <summary>One of <see cref="Faults.FaultNames.All"/>.</summary>
    public required string Name { get; init; }

    /// <summary>Virtual seconds from the cluster's start (scenario) or from now (command) to the fault's start.</summary>
    public double AfterSeconds { get; init; }

    /// <summary>How long it lasts in virtual seconds; null until it is deleted.</summary>
    public double? ForSeconds { get; init; }

    /// <summary>What it strikes; all members null: everything.</summary>
    public ScenarioFaultTarget Target { get; init; } = new();

    /// <summary>How strong, in the fault's own unit; null for its default.</summary>
    public double? Magnitude { get; init; }
}
