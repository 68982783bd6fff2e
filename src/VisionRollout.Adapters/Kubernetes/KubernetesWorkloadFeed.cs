using k8s.Models;
using VisionRollout.Core.Workloads;

namespace VisionRollout.Adapters.Kubernetes;

/// <summary>Follows Deployments, pods and events with one list and one watch of each kind, however many there are.</summary>
internal sealed class KubernetesWorkloadFeed : IWorkloadFeed
{
    private readonly CancellationTokenSource end = new();
    private readonly ObjectMirror<V1DeploymentList, V1Deployment, Workload> deployments;
    private readonly ObjectMirror<V1PodList, V1Pod, PodState> pods;
    private readonly ObjectMirror<Corev1EventList, Corev1Event, WorkloadEvent> events;
    private Task[] following = [];

    private KubernetesWorkloadFeed(ObjectMirror<V1DeploymentList, V1Deployment, Workload> deployments, ObjectMirror<V1PodList, V1Pod, PodState> pods,
        ObjectMirror<Corev1EventList, Corev1Event, WorkloadEvent> events) => (this.deployments, this.pods, this.events) = (deployments, pods, events);

    /// <summary>Lists everything and begins to follow it.</summary>
    public static async Task<KubernetesWorkloadFeed> StartAsync(ObjectMirror<V1DeploymentList, V1Deployment, Workload> deployments, ObjectMirror<V1PodList, V1Pod, PodState> pods,
        ObjectMirror<Corev1EventList, Corev1Event, WorkloadEvent> events, CancellationToken token)
    {
        var feed = new KubernetesWorkloadFeed(deployments, pods, events);
        await feed.RefreshAsync(token);
        feed.following = [Task.Run(() => deployments.FollowAsync(feed.end.Token), token), Task.Run(() => pods.FollowAsync(feed.end.Token), token), Task.Run(() => events.FollowAsync(feed.end.Token), token)];
        return feed;
    }

    /// <inheritdoc/>
    public WorkloadPicture Read()
    {
        if (following.FirstOrDefault(task => task.IsFaulted) is { } failed) failed.GetAwaiter().GetResult();
        return new(deployments.Read(), pods.Read(), [.. events.Read().OrderBy(item => item.At)], new[] { deployments.Trouble, pods.Trouble, events.Trouble }.FirstOrDefault(text => text.Length > 0) ?? "");
    }

    /// <inheritdoc/>
    public async Task RefreshAsync(CancellationToken token)
    {
        await deployments.ListAsync(token);
        await pods.ListAsync(token);
        await events.ListAsync(token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        foreach (var task in following) await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        end.Dispose();
    }
}
