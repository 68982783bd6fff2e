using VisionRollout.Core.Evidence;
using VisionRollout.Core.Plan;

namespace VisionRollout.Core.Workloads;

/// <summary>The Deployments and pods of the plan's services in one environment.</summary>
public interface IWorkloads
{
    /// <summary>The Deployments of all services, or of one colour; services without a Deployment in a colour are left out.</summary>
    Task<IReadOnlyList<Workload>> ListAsync(string? colour, CancellationToken token);

    /// <summary>The Deployment of a service in a colour; null when there is none.</summary>
    Task<Workload?> FindAsync(PlanService service, string colour, CancellationToken token);

    /// <summary>Looks at the Deployment that <see cref="DeployAsync"/> would write: preStop against the grace period, what is left for the longest
    /// request, readiness gates, disruption budgets, autoscaler headroom, quota. NoGo is what is certain to go wrong. Empty when it stands already.</summary>
    Task<IReadOnlyList<Finding>> InspectAsync(PlanService service, string fromColour, string toColour, string version, DateTimeOffset at, CancellationToken token);

    /// <summary>Brings a version of a service up in a colour: its Deployment is made as a copy of the other colour's (image tag, colour
    /// label, version label and names changed), at the same replica count, by server-side apply with our field manager.</summary>
    /// <returns>The Deployment, and whether anything was changed.</returns>
    Task<(Workload Workload, bool Changed)> DeployAsync(PlanService service, string fromColour, string toColour, string version, CancellationToken token);

    /// <summary>Sets the replica count.</summary>
    Task ScaleAsync(string deployment, int replicas, CancellationToken token);

    /// <summary>Merges annotations into a Deployment; a null value removes one.</summary>
    Task AnnotateAsync(string deployment, IReadOnlyDictionary<string, string?> annotations, CancellationToken token);

    /// <summary>Deletes a Deployment and waits for nothing.</summary>
    Task DeleteAsync(string deployment, CancellationToken token);

    /// <summary>The pods of all services, or of one colour.</summary>
    Task<IReadOnlyList<PodState>> ListPodsAsync(string? colour, CancellationToken token);

    /// <summary>Follows the Deployments, pods and events of all services from now on: one list and one watch of each kind.</summary>
    Task<IWorkloadFeed> FollowAsync(CancellationToken token);

    /// <summary>Last lines of a pod's log; of the previous container when <paramref name="previous"/>.</summary>
    Task<IReadOnlyList<string>> ReadLogAsync(string pod, string container, int lines, bool previous, CancellationToken token);

    /// <summary>What each pod uses, from metrics.k8s.io.</summary>
    Task<IReadOnlyList<PodUsage>> ReadUsageAsync(CancellationToken token);
}
