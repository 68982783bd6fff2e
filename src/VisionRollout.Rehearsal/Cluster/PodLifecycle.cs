using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace VisionRollout.Rehearsal.Cluster;

/// <summary>
/// The scheduler and the node's agent: starts pods through <see cref="IPodRuntime"/>, makes them ready when
/// their start-up time has passed on the cluster's clock, starts failed ones again with growing pauses
/// (10 s doubling to 5 min, as the kubelet does), and stops those that are deleted.
/// </summary>
internal sealed class PodLifecycle(
    ObjectStore store, EventRecorder events, IClusterClock clock, IPodRuntime runtime, ControllerQueue queue) : IController
{
    private const string Kubelet = "kubelet";
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<string, TimeSpan> pauses = [];
    private readonly Dictionary<string, string> planned = [];

    /// <inheritdoc/>
    public IEnumerable<ObjectKey> Affected(StoreChange change) =>
        change.Key is { Group: "", Plural: "pods" } ? [change.Key] : [];

    /// <inheritdoc/>
    public async Task ReconcileAsync(ObjectKey key, CancellationToken token)
    {
        var pod = store.Get(key);
        if (pod is null || pod.IsDeleting())
            await StopAsync(key, pod, token);
        else if (pod.Text("spec", "nodeName") is null)
            Bind(key, pod);
        else if (pod.Text("status", "startTime") is null || pod.Text("metadata", "annotations", PodStatus.RestartAnnotation) is not null)
            await StartAsync(key, pod, token);
        else if (PodStatus.WaitingReason(pod) is not null)
            PlanRestart(key, pod);
    }

    private void Bind(ObjectKey key, JsonObject pod)
    {
        var node = store.List("", "nodes", null) is [var first, ..] ? first.Name() : "rehearsal-node";
        store.Update(key, bound =>
        {
            bound.Child("spec")["nodeName"] = node;
            PodStatus.SetCondition(bound, "PodScheduled", true, null, null, clock.Now);
            return bound;
        });
        events.Normal(pod, "default-scheduler", "Scheduled", $"Successfully assigned {key.Namespace}/{key.Name} to {node}");
    }

    private async Task StartAsync(ObjectKey key, JsonObject pod, CancellationToken token)
    {
        var start = await TryStartAsync(pod, token);
        var started = clock.Now;
        if (store.Get(key) is null)
            return;
        pod = store.Update(key, value => start.WaitingReason is null
            ? PodStatus.Running(value, start, started)
            : PodStatus.Waiting(value, start.WaitingReason, start.Message ?? "", started))!;
        if (start.WaitingReason is { } reason)
            ReportWaiting(pod, reason, start.Message ?? "");
        else
            ReportRunning(key, pod, started);
    }

    private async Task<PodStart> TryStartAsync(JsonObject pod, CancellationToken token)
    {
        try
        {
            return await runtime.StartAsync(pod, token);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return PodStart.Waiting("CreateContainerError", e.Message);
        }
    }

    private void ReportRunning(ObjectKey key, JsonObject pod, DateTimeOffset started)
    {
        foreach (var container in pod.Items("spec", "containers"))
        {
            events.Normal(pod, Kubelet, "Pulled", $"Container image \"{container.Text("image")}\" already present on machine");
            events.Normal(pod, Kubelet, "Created", $"Created container: {container.Text("name")}");
            events.Normal(pod, Kubelet, "Started", $"Started container {container.Text("name")}");
        }

        var startup = runtime.StartupTime(pod);
        if (startup != Timeout.InfiniteTimeSpan)
            clock.Schedule(started + startup, () => BecomeReadyAsync(key, pod));
    }

    private void ReportWaiting(JsonObject pod, string reason, string message)
    {
        var container = pod.Items("spec", "containers").FirstOrDefault();
        if (reason is "ErrImagePull" or "ImagePullBackOff")
        {
            events.Normal(pod, Kubelet, "Pulling", $"Pulling image \"{container.Text("image")}\"");
            events.Warning(pod, Kubelet, "Failed", $"Failed to pull image \"{container.Text("image")}\": {message}");
            events.Normal(pod, Kubelet, "BackOff", $"Back-off pulling image \"{container.Text("image")}\"");
        }
        else
        {
            events.Warning(pod, Kubelet, reason == "CrashLoopBackOff" ? "BackOff" : "Failed",
                $"Back-off restarting failed container {container.Text("name")} in pod {pod.Name()}: {message}");
        }
    }

    private async Task BecomeReadyAsync(ObjectKey key, JsonObject startedPod)
    {
        if (store.Get(key) is not null)
        {
            var now = clock.Now;
            store.Update(key, pod => !pod.IsDeleting() && pod.Uid() == startedPod.Uid() && PodStatus.IsSameStart(pod, startedPod)
                ? PodStatus.Ready(pod, true, null, now)
                : null);
        }

        pauses.TryRemove(startedPod.Uid(), out _);
        await queue.SettleAsync();
    }

    private void PlanRestart(ObjectKey key, JsonObject pod)
    {
        var uid = pod.Uid();
        var mark = PodStatus.WaitingMark(pod);
        if (planned.TryGetValue(uid, out var known) && known == mark)
            return;
        planned[uid] = mark;
        var pause = pauses.GetValueOrDefault(uid, FirstPause);
        pauses[uid] = pause * 2 > LongestPause ? LongestPause : pause * 2;
        clock.Schedule(clock.Now + pause, async () =>
        {
            if (store.Get(key) is { } again && again.Uid() == uid && !again.IsDeleting() && PodStatus.WaitingReason(again) is not null)
                store.Update(key, PodStatus.AskRestart);
            await queue.SettleAsync();
        });
    }

    private async Task StopAsync(ObjectKey key, JsonObject? pod, CancellationToken token)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(StopLimit);
        if (pod?.Text("status", "podIP") is not null)
            events.Normal(pod, Kubelet, "Killing", $"Stopping container {PodFacts.DefaultContainer(pod)}");
        try
        {
            await runtime.StopAsync(key.Namespace!, key.Name, limit.Token);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            // The grace period is over: the pod goes whatever it is still doing.
        }
        finally
        {
            if (pod is not null)
                Forget(key, pod);
        }
    }

    private void Forget(ObjectKey key, JsonObject pod)
    {
        pauses.TryRemove(pod.Uid(), out _);
        planned.Remove(pod.Uid());
        store.Delete(key);
    }
}
