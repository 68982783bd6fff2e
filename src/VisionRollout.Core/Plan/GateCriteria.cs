namespace VisionRollout.Core.Plan;

/// <summary>Names of the criteria that a gate may use.</summary>
public static class GateCriteria
{
    /// <summary>Error rate of the new colour minus the old one's is below the limit (share).</summary>
    public const string ErrorRateDelta = nameof(ErrorRateDelta);

    /// <summary>99th percentile of the response time of the new colour minus the old one's is below the limit (milliseconds).</summary>
    public const string LatencyDelta = nameof(LatencyDelta);

    /// <summary>No alert of severity critical that is new since the rollout started.</summary>
    public const string CriticalAlerts = nameof(CriticalAlerts);

    /// <summary>Every pod of the new colour is ready and answers its health check.</summary>
    public const string HealthChecks = nameof(HealthChecks);

    /// <summary>The last canary stage has been good for the limit (seconds).</summary>
    public const string CanaryStable = nameof(CanaryStable);

    /// <summary>No open incident: no alert of severity critical, p1 or p2, new since the rollout started.</summary>
    public const string Incidents = nameof(Incidents);

    /// <summary>CPU and memory of all pods are below the plan's limits.</summary>
    public const string ResourceUsage = nameof(ResourceUsage);

    /// <summary>The checklist named <c>Business approval</c> is confirmed.</summary>
    public const string BusinessApproval = nameof(BusinessApproval);

    /// <summary>Every name.</summary>
    public static IReadOnlyList<string> All { get; } = [ErrorRateDelta, LatencyDelta, CriticalAlerts, HealthChecks, CanaryStable, Incidents, ResourceUsage, BusinessApproval];

    /// <summary>Unit of the limit (see <see cref="Evidence.Finding.Unit"/>) of those criteria that have one.</summary>
    public static IReadOnlyDictionary<string, string> Units { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        [ErrorRateDelta] = "share",
        [LatencyDelta] = "ms",
        [CanaryStable] = "s",
    };
}
