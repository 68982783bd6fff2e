using System.Globalization;

namespace VisionRollout.Rehearsal.Cluster;

/// <summary>The number of pods that the ResourceQuotas of a namespace allow.</summary>
internal static class PodQuota
{
    /// <summary>Why one more pod is not allowed, or null when it is.</summary>
    public static ApiException? Exceeded(ObjectStore store, string ns, string pod)
    {
        foreach (var quota in store.List("", "resourcequotas", ns))
        {
            var hard = quota.At("spec", "hard");
            if (!int.TryParse((hard?["pods"] ?? hard?["count/pods"])?.ToString(), CultureInfo.InvariantCulture, out var limit))
                continue;
            var used = store.List("", "pods", ns).Count(PodFacts.IsActive);
            if (used >= limit)
                return ApiException.Forbidden(
                    $"pods \"{pod}\" is forbidden: exceeded quota: {quota.Name()}, requested: pods=1, used: pods={used}, limited: pods={limit}");
        }

        return null;
    }
}
