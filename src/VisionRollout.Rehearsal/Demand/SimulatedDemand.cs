using VisionRollout.Rehearsal.Faults;
using VisionRollout.Rehearsal.Mesh;
using VisionRollout.Rehearsal.Metrics;
using VisionRollout.Rehearsal.Scenario;
using VisionRollout.Rehearsal.Time;

namespace VisionRollout.Rehearsal.Demand;

/// <summary>
/// The users' demand on the virtual clock. Arrivals are a Poisson process, so the requests of each route, pod, outcome and
/// latency bucket are independent Poisson counts: each is drawn by itself, at a cost that does not depend on the rate.
/// </summary>
internal sealed class SimulatedDemand(
    RehearsalScenario scenario, DataPlane dataPlane, MeshView mesh, RequestMetrics metrics, IActiveFaults faults, PodLoads loads) : IClockTick
{
    private readonly PoissonDraws draws = new(scenario.Seed ^ 0x5EED);
    private readonly Dictionary<(string Version, double DelayMs), LatencyShape> shapes = [];
    private readonly long[] buckets = new long[HistogramEdges.Count];
    private long requests;
    private long errors;

    /// <inheritdoc/>
    public int Order => 0;

    /// <summary>Requests so far.</summary>
    public long Requests => Interlocked.Read(ref requests);

    /// <summary>Requests so far that were answered with an error, or not at all.</summary>
    public long Errors => Interlocked.Read(ref errors);

    /// <inheritdoc/>
    public void Tick(DateTimeOffset now, TimeSpan interval)
    {
        loads.BeginInterval(now, interval);
        var arrivals = scenario.DemandPerSecond * interval.TotalSeconds;
        var rule = dataPlane.Current.Table.Find(scenario.Route.Host, "/", "GET", _ => null);
        var state = mesh.Current;
        if (rule is null)
            Refuse(null, StatusCodes.Status404NotFound, "NR", arrivals);
        else
            Split(rule, state, arrivals);
        loads.EndInterval(state, rule is null ? 0 : scenario.DemandPerSecond);
    }

    private void Split(RouteRule rule, MeshState state, double arrivals)
    {
        foreach (var destination in rule.Destinations.Where(destination => destination.Weight > 0))
        {
            var mean = arrivals * destination.Weight / rule.TotalWeight;
            var endpoints = state.Endpoints(destination.Host, destination.Subset);
            if (endpoints.Count == 0)
                Refuse(destination.Host, StatusCodes.Status503ServiceUnavailable, "UH", mean);
            foreach (var endpoint in endpoints)
                Serve(endpoint.Pod, destination.Host, mean / endpoints.Count);
            loads.Share(endpoints, (double)destination.Weight / rule.TotalWeight);
        }
    }

    private void Serve(PodIdentity pod, string host, double mean)
    {
        if (!scenario.Versions.TryGetValue(pod.ImageTag, out var profile))
            return;
        var fate = DemandErrors.Of(pod, profile, faults);
        var shape = Shape(pod.ImageTag, profile, fate.DelayMs);
        var failed = Answer(pod, host, StatusCodes.Status500InternalServerError, shape, mean * fate.InternalErrors)
            + Answer(pod, host, StatusCodes.Status503ServiceUnavailable, shape, mean * fate.Unavailable);
        var served = Answer(pod, host, StatusCodes.Status200OK, shape, mean * (1 - fate.InternalErrors - fate.Unavailable));
        Interlocked.Add(ref requests, failed + served);
        Interlocked.Add(ref errors, failed);
    }

    private long Answer(PodIdentity pod, string host, int code, LatencyShape shape, double mean)
    {
        var (count, milliseconds) = (0L, 0d);
        for (var index = 0; index < buckets.Length; index++)
        {
            buckets[index] = draws.Next(mean * shape.Shares[index]);
            count += buckets[index];
            milliseconds += buckets[index] * shape.Means[index];
        }

        if (count > 0)
        {
            metrics.Destination(pod, host, code).Add(buckets, milliseconds);
            metrics.Source(pod, host, code, "-").Add(buckets, milliseconds);
        }

        return count;
    }

    private void Refuse(string? host, int code, string flags, double mean)
    {
        Array.Clear(buckets);
        buckets[0] = draws.Next(mean);
        if (buckets[0] == 0)
            return;
        metrics.Unreached(host, code, flags).Add(buckets, buckets[0] * 0.5);
        Interlocked.Add(ref requests, buckets[0]);
        Interlocked.Add(ref errors, buckets[0]);
    }

    private LatencyShape Shape(string version, VersionProfile profile, double delayMs)
    {
        if (!shapes.TryGetValue((version, delayMs), out var shape))
            shapes[(version, delayMs)] = shape = LatencyShape.Of(profile, delayMs);
        return shape;
    }
}
