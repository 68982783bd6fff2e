using VisionRollout.Rehearsal.Cluster;
using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Mesh;
using VisionRollout.Rehearsal.Pods;
using VisionRollout.Rehearsal.Scenario;

namespace VisionRollout.Rehearsal.Demand;

/// <summary>
/// What the pods use: a base for being there and the rest in proportion to their share of the demand, relative to the share that
/// a pod has at nominal size. The fault <c>resource-exhaustion</c> takes both to its magnitude at nominal size; more pods share it.
/// </summary>
internal sealed class PodLoads(RehearsalScenario scenario, PodServers servers, IActiveFaults faults) : IPodUsage
{
    private const double IdleCpu = 0.1;
    private const double IdleMemory = 0.85;
    private const double Noise = 0.02;
    private const double DefaultExhaustion = 0.95;

    private readonly Lock gate = new();
    private readonly Dictionary<string, PodLoad> loads = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> shares = new(StringComparer.Ordinal);
    private readonly PoissonDraws draws = new(scenario.Seed ^ 0x10AD);
    private DateTimeOffset at;
    private TimeSpan window;

    /// <inheritdoc/>
    public PodUsage? Read(string ns, string pod)
    {
        lock (gate)
        {
            return ns == scenario.Namespace && loads.TryGetValue(pod, out var load)
                ? new PodUsage((long)(load.CpuCores * 1e9), (long)load.MemoryBytes, load.At, load.Window)
                : null;
        }
    }

    /// <summary>The CPU seconds so far and the working set of a pod; null before its first interval.</summary>
    public (double CpuSeconds, double MemoryBytes)? Totals(string pod)
    {
        lock (gate)
            return loads.TryGetValue(pod, out var load) ? (load.CpuSeconds, load.MemoryBytes) : null;
    }

    /// <summary>Starts the accounting of an interval that ends at a time.</summary>
    public void BeginInterval(DateTimeOffset now, TimeSpan interval)
    {
        at = now;
        window = interval;
        shares.Clear();
    }

    /// <summary>Adds a share (0 to 1) of the whole demand to the colours of the endpoints that get it.</summary>
    public void Share(IReadOnlyList<MeshEndpoint> endpoints, double share)
    {
        foreach (var colour in endpoints.GroupBy(endpoint => endpoint.Pod.Colour))
            shares[colour.Key] = shares.GetValueOrDefault(colour.Key) + share * colour.Count() / endpoints.Count;
    }

    /// <summary>Computes what every running pod has used in the interval.</summary>
    public void EndInterval(MeshState state, double demandPerSecond)
    {
        var ready = state.Ready.GroupBy(endpoint => (endpoint.Pod.Service, endpoint.Pod.Colour))
            .ToDictionary(group => group.Key, group => group.Count());
        var pods = servers.Running;
        lock (gate)
        {
            foreach (var pod in pods)
                Use(pod, ready.GetValueOrDefault((pod.Service, pod.Colour)), demandPerSecond > 0 ? shares.GetValueOrDefault(pod.Colour) : 0);
            foreach (var gone in loads.Keys.Except(pods.Select(pod => pod.Name)).ToArray())
                loads.Remove(gone);
        }
    }

    private void Use(PodIdentity pod, int ready, double share)
    {
        if (!scenario.Versions.TryGetValue(pod.ImageTag, out var profile))
            return;
        var crowding = (double)(scenario.Service(pod.Service)?.Replicas ?? 1) / Math.Max(1, ready);
        var load = ready == 0 ? 0 : share * crowding;
        var cpu = profile.Cpu * (IdleCpu + (1 - IdleCpu) * load);
        var memory = profile.Memory * (IdleMemory + (1 - IdleMemory) * Math.Min(load, 2));
        if (Exhaustion(pod) is { } magnitude)
        {
            cpu = Math.Max(cpu, magnitude * crowding);
            memory = Math.Max(memory, magnitude * crowding);
        }

        Note(pod, cpu, memory);
    }

    private void Note(PodIdentity pod, double cpu, double memory)
    {
        if (!loads.TryGetValue(pod.Name, out var load))
            loads[pod.Name] = load = new PodLoad();
        load.CpuCores = Math.Clamp(cpu * (1 + Noise * draws.Normal()), 0, 1) * pod.CpuLimitCores;
        load.CpuSeconds += load.CpuCores * window.TotalSeconds;
        load.MemoryBytes = Math.Clamp(memory * (1 + Noise / 4 * draws.Normal()), 0, 1) * pod.MemoryLimitBytes;
        load.At = at;
        load.Window = window;
    }

    private double? Exhaustion(PodIdentity pod) => faults.Active(FaultNames.ResourceExhaustion)
        .Where(fault => fault.Hits(pod.Service, pod.Colour, pod.ImageTag, pod.Name))
        .Select(fault => fault.Magnitude ?? DefaultExhaustion)
        .Cast<double?>().Max();
}
