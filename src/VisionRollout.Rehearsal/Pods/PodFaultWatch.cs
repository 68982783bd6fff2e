using VisionRollout.Rehearsal.Cluster;
using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Mesh;
using VisionRollout.Rehearsal.Scenario;
using VisionRollout.Rehearsal.Time;

namespace VisionRollout.Rehearsal.Pods;

/// <summary>Brings the faults <c>crash-loop</c> and <c>never-ready</c> to pods that run already, and lets them recover afterwards.</summary>
internal sealed class PodFaultWatch(
    PodServers servers, ObjectStore store, RehearsalScenario scenario, IActiveFaults faults, IClusterClock clock, Func<IPodHealth> health) : IClockTick
{
    /// <summary>What a crashing container says last.</summary>
    public const string LastWords = "fatal: uncaught exception in main loop: configuration key 'cache.url' is missing; exit status 1";

    private readonly HashSet<string> crashed = [];
    private readonly HashSet<string> unready = [];

    /// <inheritdoc/>
    public int Order => 10;

    /// <inheritdoc/>
    public void Tick(DateTimeOffset now, TimeSpan interval)
    {
        if (faults.Active(FaultNames.CrashLoop).Count + faults.Active(FaultNames.NeverReady).Count + crashed.Count + unready.Count == 0)
            return;
        foreach (var pod in store.List("", "pods", scenario.Namespace).Select(item => PodIdentity.Of(item, scenario)))
        {
            Crash(pod, Hit(FaultNames.CrashLoop, pod));
            Unready(pod, Hit(FaultNames.NeverReady, pod));
        }
    }

    private void Crash(PodIdentity pod, bool hit)
    {
        if (hit && crashed.Add(pod.Name))
        {
            clock.Schedule(clock.Now, async () =>
            {
                await servers.CrashAsync(pod, LastWords);
                health().Crash(pod.Namespace, pod.Name, 1, LastWords);
            });
        }
        else if (!hit && crashed.Remove(pod.Name))
        {
            health().Restart(pod.Namespace, pod.Name);
        }
    }

    private void Unready(PodIdentity pod, bool hit)
    {
        if (hit && unready.Add(pod.Name))
            health().SetReady(pod.Namespace, pod.Name, false, "Readiness probe failed: HTTP probe failed with statuscode: 503");
        else if (!hit && unready.Remove(pod.Name))
            health().SetReady(pod.Namespace, pod.Name, true, string.Empty);
    }

    private bool Hit(string fault, PodIdentity pod) =>
        faults.Active(fault).Any(active => active.Hits(pod.Service, pod.Colour, pod.ImageTag, pod.Name));
}
