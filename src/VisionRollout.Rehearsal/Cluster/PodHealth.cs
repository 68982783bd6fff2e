using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.Cluster;

/// <summary>Writes what the node reports about running pods into the store. Reports about a pod that is gone are ignored.</summary>
internal sealed class PodHealth(ObjectStore store, EventRecorder events, IClusterClock clock) : IPodHealth
{
    /// <inheritdoc/>
    public void SetReady(string ns, string pod, bool ready, string message)
    {
        var changed = Report(ns, pod, value => PodStatus.WaitingReason(value) is not null || value.HasCondition("Ready") == ready
            ? null
            : PodStatus.Ready(value, ready, ready ? null : "ContainersNotReady", clock.Now));
        if (changed is not null && !ready)
            events.Warning(changed, "kubelet", "Unhealthy", $"Readiness probe failed: {message}");
    }

    /// <inheritdoc/>
    public void Crash(string ns, string pod, int exitCode, string message)
    {
        if (Report(ns, pod, value => PodStatus.Crashed(value, exitCode, message, clock.Now)) is { } crashed)
            events.Warning(crashed, "kubelet", "BackOff", $"Back-off restarting failed container {PodFacts.DefaultContainer(crashed)} in pod {pod}: {message}");
    }

    /// <inheritdoc/>
    public void Restart(string ns, string pod) => Report(ns, pod, PodStatus.AskRestart);

    private JsonObject? Report(string ns, string pod, Func<JsonObject, JsonObject?> change)
    {
        try
        {
            return store.Update(new ObjectKey("", "pods", ns, pod), value => value.IsDeleting() ? null : change(value));
        }
        catch (ApiException e) when (e.Code == 404)
        {
            return null;
        }
    }
}
