using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.Cluster;

/// <summary>
/// The node: runs the pods that the controllers have created. The controllers call it from their one
/// worker, so a call must return within real milliseconds and must not wait for the cluster clock.
/// </summary>
internal interface IPodRuntime
{
    /// <summary>How long (cluster time) the pod takes from its start until it is ready; <see cref="Timeout.InfiniteTimeSpan"/> when it never will be.</summary>
    TimeSpan StartupTime(JsonObject pod);

    /// <summary>Starts the pod's containers; answers where it listens, or why it waits.</summary>
    Task<PodStart> StartAsync(JsonObject pod, CancellationToken token);

    /// <summary>Stops a pod; no harm when it does not run. Requests in progress are finished first.</summary>
    Task StopAsync(string ns, string name, CancellationToken token);
}
