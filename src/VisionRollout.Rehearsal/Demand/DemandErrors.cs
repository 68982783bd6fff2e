using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Mesh;
using VisionRollout.Rehearsal.Scenario;

namespace VisionRollout.Rehearsal.Demand;

/// <summary>How the demand on a pod fares under the faults at work.</summary>
/// <param name="InternalErrors">Share answered 500.</param>
/// <param name="Unavailable">Share answered 503.</param>
/// <param name="DelayMs">Added to every latency.</param>
internal readonly record struct DemandErrors(double InternalErrors, double Unavailable, double DelayMs)
{
    private const double CommunicationErrors = 0.05;
    private const double DefaultErrors = 0.05;
    private const double DefaultDelayMs = 80;

    /// <summary>Reads the faults that strike a pod.</summary>
    public static DemandErrors Of(PodIdentity pod, VersionProfile profile, IActiveFaults faults)
    {
        var errorRate = Strongest(faults, FaultNames.ErrorRate, pod, DefaultErrors);
        var communication = Strongest(faults, FaultNames.ServiceCommunication, pod, CommunicationErrors) ?? 0;
        var delay = (Strongest(faults, FaultNames.Latency, pod, DefaultDelayMs) ?? 0)
            + (Strongest(faults, FaultNames.PerformanceDegradation, pod, DefaultDelayMs) ?? 0);
        return new DemandErrors(Math.Min(errorRate ?? profile.ErrorRate, 1 - communication), communication, delay);
    }

    private static double? Strongest(IActiveFaults faults, string name, PodIdentity pod, double fallback)
    {
        double? strongest = null;
        foreach (var fault in faults.Active(name))
        {
            if (fault.Hits(pod.Service, pod.Colour, pod.ImageTag, pod.Name))
                strongest = Math.Max(strongest ?? 0, fault.Magnitude ?? fallback);
        }

        return strongest;
    }
}
