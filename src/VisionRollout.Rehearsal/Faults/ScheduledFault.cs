using VisionRollout.Rehearsal.Scenario;

namespace VisionRollout.Rehearsal.Faults;

/// <summary>A fault with its time on the virtual clock.</summary>
/// <param name="Id">The name by which it can be deleted.</param>
/// <param name="Name">One of <see cref="FaultNames"/>.</param>
/// <param name="Target">What it strikes.</param>
/// <param name="Magnitude">How strong; null for the fault's default.</param>
/// <param name="From">When it begins.</param>
/// <param name="Until">When it ends; null for not before it is deleted.</param>
internal sealed record ScheduledFault(
    string Id, string Name, ScenarioFaultTarget Target, double? Magnitude, DateTimeOffset From, DateTimeOffset? Until)
{
    /// <summary>What the simulation sees.</summary>
    public ActiveFault Effect { get; } = new(Name, Target.Service, Target.Colour, Target.Version, Target.Pod, Magnitude);

    /// <summary>"scheduled", "active" or "ended".</summary>
    public string StateAt(DateTimeOffset now) => now < From ? "scheduled" : now < (Until ?? DateTimeOffset.MaxValue) ? "active" : "ended";
}
