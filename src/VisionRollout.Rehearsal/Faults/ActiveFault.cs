namespace VisionRollout.Rehearsal.Faults;

/// <summary>A fault that acts at this moment. A target property that is null matches everything.</summary>
/// <param name="Name">One of <see cref="FaultNames"/>.</param>
/// <param name="Service">Only pods of this service, or null.</param>
/// <param name="Colour">Only pods of this colour, or null.</param>
/// <param name="Version">Only pods of this version (image tag), or null.</param>
/// <param name="Pod">Only the pod of this name, or null.</param>
/// <param name="Magnitude">How strong, in the unit of the fault (ms, share 0 to 1, seconds); null: the fault's default.</param>
public sealed record ActiveFault(string Name, string? Service, string? Colour, string? Version, string? Pod, double? Magnitude)
{
    /// <summary>Whether the fault is meant for this pod. Null arguments mean "not known" and match only an untargeted property.</summary>
    public bool Hits(string? service, string? colour, string? version, string? pod) =>
        (Service is null || Service == service)
        && (Colour is null || Colour == colour)
        && (Version is null || Version == version)
        && (Pod is null || Pod == pod);
}
