using k8s.Models;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Adapters.Kubernetes;

/// <summary>Reads the plan's services out of Deployments and pods.</summary>
internal sealed class WorkloadReader
{
    private readonly Dictionary<string, (PlanService Service, string Colour)> owners = new(StringComparer.Ordinal);

    /// <summary>Knows each Deployment's service and colour from the plan.</summary>
    public WorkloadReader(RolloutPlan plan)
    {
        foreach (var service in plan.Services)
        {
            foreach (var (colour, deployment) in service.Deployments) owners[deployment] = (service, colour);
        }
    }

    /// <summary>Names of the plan's Deployments.</summary>
    public IEnumerable<string> Deployments => owners.Keys;

    /// <summary>The workload, or null when the plan doesn't name the Deployment.</summary>
    public Workload? Read(V1Deployment deployment)
    {
        if (!owners.TryGetValue(deployment.Metadata.Name, out var owner)) return null;
        var containers = deployment.Spec.Template.Spec.Containers;
        var image = (containers.FirstOrDefault(container => container.Name == owner.Service.Container) ?? containers[0]).Image;
        var stalled = Stalled(deployment);
        return new Workload
        {
            Service = owner.Service.Name,
            Colour = owner.Colour,
            Deployment = deployment.Metadata.Name,
            Image = image,
            Version = ImageName.Parse(image).Tag,
            Desired = deployment.Spec.Replicas ?? 1,
            Ready = deployment.Status?.ReadyReplicas ?? 0,
            Updated = deployment.Status?.UpdatedReplicas ?? 0,
            IsReady = stalled.Length == 0 && IsComplete(deployment),
            Stalled = stalled,
            Annotations = new Dictionary<string, string>(deployment.Metadata.Annotations ?? new Dictionary<string, string>()),
        };
    }

    /// <summary>The pod, or null when it belongs to no Deployment of the plan.</summary>
    public PodState? Read(V1Pod pod)
    {
        if (DeploymentOf(pod) is not { } deployment || !owners.TryGetValue(deployment, out var owner)) return null;
        var statuses = (pod.Status?.InitContainerStatuses ?? []).Concat(pod.Status?.ContainerStatuses ?? []).ToList();
        return new PodState
        {
            Name = pod.Metadata.Name,
            Service = owner.Service.Name,
            Colour = owner.Colour,
            Deployment = deployment,
            Phase = pod.Status?.Phase ?? "Unknown",
            Ready = IsReady(pod),
            Restarts = statuses.Sum(status => status.RestartCount),
            Waiting = Waiting(pod, statuses),
            Image = pod.Spec?.Containers?.FirstOrDefault(container => container.Name == owner.Service.Container)?.Image ?? "",
            IsEnding = pod.Metadata.DeletionTimestamp is not null,
            CpuLimit = Limit(pod, "cpu"),
            MemoryLimit = Limit(pod, "memory"),
            CreatedAt = Time(pod.Metadata.CreationTimestamp),
            ReadyAt = IsReady(pod) ? Time(pod.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready")?.LastTransitionTime) : null,
        };
    }

    /// <summary>True when the Ready condition is true and the pod is not about to end.</summary>
    public static bool IsReady(V1Pod pod) =>
        pod.Metadata.DeletionTimestamp is null && (pod.Status?.Conditions ?? []).Any(condition => condition is { Type: "Ready", Status: "True" });

    /// <summary>Deployment of a pod: its ReplicaSet's name without the template hash.</summary>
    public static string? DeploymentOf(V1Pod pod)
    {
        var set = pod.Metadata.OwnerReferences?.FirstOrDefault(owner => owner.Kind == "ReplicaSet")?.Name;
        if (set is null) return null;
        var dash = set.LastIndexOf('-');
        return dash > 0 ? set[..dash] : null;
    }

    /// <summary>The rule of <c>kubectl rollout status deployment</c> (k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go).</summary>
    private static bool IsComplete(V1Deployment deployment)
    {
        var status = deployment.Status;
        if (status is null || (status.ObservedGeneration ?? 0) < (deployment.Metadata.Generation ?? 0)) return false;
        var updated = status.UpdatedReplicas ?? 0;
        return updated >= (deployment.Spec.Replicas ?? 1)
            && (status.Replicas ?? 0) <= updated
            && (status.AvailableReplicas ?? 0) >= updated;
    }

    private static string Stalled(V1Deployment deployment)
    {
        // What was said of the version before says nothing of this one.
        if ((deployment.Status?.ObservedGeneration ?? 0) < (deployment.Metadata.Generation ?? 0)) return "";
        var condition = (deployment.Status?.Conditions ?? []).FirstOrDefault(item =>
            item is { Type: "Progressing", Status: "False" } or { Type: "ReplicaFailure", Status: "True" });
        return condition is null ? "" : $"{condition.Reason}: {condition.Message}";
    }

    private static string Waiting(V1Pod pod, List<V1ContainerStatus> statuses)
    {
        var waiting = statuses.Select(status => status.State?.Waiting).FirstOrDefault(state => state is not null && state.Reason is not ("ContainerCreating" or "PodInitializing"))
            ?? statuses.Select(status => status.State?.Waiting).FirstOrDefault(state => state is not null);
        if (waiting is not null) return Explain(waiting.Reason, waiting.Message);
        var unscheduled = (pod.Status?.Conditions ?? []).FirstOrDefault(condition => condition is { Type: "PodScheduled", Status: "False" });
        return unscheduled is null ? "" : Explain(unscheduled.Reason, unscheduled.Message);
    }

    private static string Explain(string? reason, string? message) => string.IsNullOrEmpty(message) ? reason ?? "" : $"{reason}: {message}";

    private static DateTimeOffset? Time(DateTime? time) => time is { } given ? new DateTimeOffset(DateTime.SpecifyKind(given, DateTimeKind.Utc)) : null;

    private static double? Limit(V1Pod pod, string resource)
    {
        var sum = 0.0;
        foreach (var container in pod.Spec?.Containers ?? [])
        {
            // One container without a limit makes the pod unlimited.
            if (container.Resources?.Limits is not { } limits || !limits.TryGetValue(resource, out var limit)) return null;
            sum += limit.ToDouble();
        }

        return sum;
    }
}
