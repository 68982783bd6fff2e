namespace VisionRollout.Rehearsal.Cluster;

/// <summary>How the node tells the cluster that a running pod's health has changed. Implemented by the controllers.</summary>
internal interface IPodHealth
{
    /// <summary>The readiness probe's result has changed; <paramref name="message"/> goes into an <c>Unhealthy</c> event when not ready.</summary>
    void SetReady(string ns, string pod, bool ready, string message);

    /// <summary>The container has died and waits as <c>CrashLoopBackOff</c>: not ready, restart count up, <c>BackOff</c> event.</summary>
    void Crash(string ns, string pod, int exitCode, string message);

    /// <summary>The container is started again through <see cref="IPodRuntime.StartAsync"/> (after a crash or a failed image pull).</summary>
    void Restart(string ns, string pod);
}
