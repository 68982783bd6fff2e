using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using VisionRollout.Rehearsal.Cluster;
using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Mesh;

namespace VisionRollout.Rehearsal.Pods;

/// <summary>The node: starts and stops the pods' servers.</summary>
internal sealed class PodServers(PodWorld world, PodLogStore logs) : IPodRuntime, IAsyncDisposable
{
    private readonly PodAddresses addresses = new();
    private readonly ConcurrentDictionary<(string Namespace, string Name), PodServer> running = new();
    private readonly ConcurrentDictionary<(string Namespace, string Name), byte> draining = new();
    private readonly ConcurrentDictionary<Task, byte> stopping = new();

    /// <summary>The pods that run now.</summary>
    public IReadOnlyCollection<PodIdentity> Running => [.. running.Values.Select(server => server.Identity)];

    /// <inheritdoc/>
    public TimeSpan StartupTime(JsonObject pod)
    {
        var identity = PodIdentity.Of(pod, world.Scenario);
        if (Hit(FaultNames.NeverReady, identity) || !world.Scenario.Versions.TryGetValue(identity.ImageTag, out var profile))
            return Timeout.InfiniteTimeSpan;
        return TimeSpan.FromSeconds(profile.StartupSeconds);
    }

    /// <inheritdoc/>
    public async Task<PodStart> StartAsync(JsonObject pod, CancellationToken token)
    {
        var identity = PodIdentity.Of(pod, world.Scenario);
        var image = (string?)pod["spec"]?["containers"]?[0]?["image"] ?? string.Empty;
        if (!world.Scenario.Versions.ContainsKey(identity.ImageTag))
            return PodStart.Waiting("ImagePullBackOff", $"Back-off pulling image \"{image}\": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image \"{image}\": not found");

        await EndAsync((identity.Namespace, identity.Name));
        var log = logs.Begin(identity.Namespace, identity.Name);
        if (Hit(FaultNames.CrashLoop, identity))
        {
            log.Write(world.Clock.Now, $"starting {identity.Service} {identity.ImageTag} ({identity.Colour})");
            log.Write(world.Clock.Now, PodFaultWatch.LastWords);
            return PodStart.Waiting("CrashLoopBackOff", $"back-off 10s restarting failed container={identity.Container} pod={identity.Name}_{identity.Namespace}: {PodFaultWatch.LastWords}");
        }

        return await ListenAsync(identity, log, token);
    }

    /// <inheritdoc/>
    public Task StopAsync(string ns, string name, CancellationToken token)
    {
        if (Take((ns, name)) is { } server)
        {
            draining[(ns, name)] = 0;
            Track(DrainAsync(server, ns, name));
        }
        else if (!draining.ContainsKey((ns, name)))
        {
            logs.Remove(ns, name);
        }

        return Task.CompletedTask;
    }

    /// <summary>Kills a pod's container.</summary>
    public async Task CrashAsync(PodIdentity identity, string lastWords)
    {
        if (Take((identity.Namespace, identity.Name)) is not { } server)
            return;
        await server.CrashAsync(lastWords);
        Release(server);
    }

    /// <summary>Stops every pod and waits until all are gone.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var key in running.Keys)
            await EndAsync(key);
        await Task.WhenAll(stopping.Keys);
        addresses.Dispose();
    }

    private async Task<PodStart> ListenAsync(PodIdentity identity, PodLog log, CancellationToken token)
    {
        var address = addresses.Take();
        var server = new PodServer(identity, address, world, log);
        try
        {
            await server.StartAsync(addresses.HasOwnAddresses ? identity.Port : 0, token);
        }
        catch (IOException error)
        {
            Release(server);
            return PodStart.Waiting("CreateContainerError", error.Message);
        }

        running[(identity.Namespace, identity.Name)] = server;
        return PodStart.Running(address.ToString(), server.Port == identity.Port ? null : server.Port);
    }

    private PodServer? Take((string Namespace, string Name) key) => running.TryRemove(key, out var server) ? server : null;

    private async Task EndAsync((string Namespace, string Name) key)
    {
        if (Take(key) is not { } server)
            return;
        await server.CrashAsync("terminated");
        Release(server);
    }

    private async Task DrainAsync(PodServer server, string ns, string name)
    {
        await server.DrainAsync();
        Release(server);
        draining.TryRemove((ns, name), out _);
        if (!running.ContainsKey((ns, name)))
            logs.Remove(ns, name);
    }

    private void Release(PodServer server)
    {
        server.Dispose();
        if (!Equals(server.Address, IPAddress.Loopback))
            addresses.Return(server.Address);
    }

    /// <summary>Keeps a stop that goes on after the call, so that <see cref="DisposeAsync"/> can await it.</summary>
    private void Track(Task stop)
    {
        stopping[stop] = 0;
        stop.ContinueWith(done => stopping.TryRemove(done, out _), TaskScheduler.Default);
    }

    private bool Hit(string fault, PodIdentity identity) => world.Faults.Active(fault)
        .Any(active => active.Hits(identity.Service, identity.Colour, identity.ImageTag, identity.Name));
}
