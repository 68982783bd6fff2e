namespace VisionRollout.Core.Workloads;

/// <summary>What the Deployments, pods and events of the plan's services say, kept current by the cluster itself: looking at it costs no request.</summary>
public interface IWorkloadFeed : IAsyncDisposable
{
    /// <summary>The newest that is known.</summary>
    /// <exception cref="Errors.RolloutException">The cluster could no longer be followed.</exception>
    WorkloadPicture Read();

    /// <summary>Asks the cluster for everything anew.</summary>
    /// <exception cref="Errors.RolloutException">The cluster does not answer.</exception>
    Task RefreshAsync(CancellationToken token);
}

/// <summary>One look at the plan's services.</summary>
/// <param name="Workloads">Their Deployments, by name.</param>
/// <param name="Pods">Their pods, by name.</param>
/// <param name="Events">Their newest events, oldest first.</param>
/// <param name="Trouble">Why the look is not a fresh one; empty when it is.</param>
public sealed record WorkloadPicture(IReadOnlyList<Workload> Workloads, IReadOnlyList<PodState> Pods, IReadOnlyList<WorkloadEvent> Events, string Trouble);
