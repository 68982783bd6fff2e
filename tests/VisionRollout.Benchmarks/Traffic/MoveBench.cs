using System.Diagnostics;
using VisionRollout.Core.Traffic;
using VisionRollout.Tests.Shared;
using static VisionRollout.Benchmarks.Traffic.TrafficProgram;

namespace VisionRollout.Benchmarks.Traffic;

/// <summary>Cutover and way back again and again: from the decision to the route as stored, and to the confirmed share of requests.</summary>
internal static class MoveBench
{
    public static async Task RunAsync(int cycles)
    {
        await using var bench = await BenchCluster.StartAsync(RehearsalScenarios.Whole());
        var before = await bench.Cluster.GetAsync("traffic", CancellationToken.None);
        var timed = new TimedRouter(bench.World.Router);
        var mover = new TrafficMover(timed, bench.World.Workloads, bench.World.Metrics, bench.World.Clock, bench.World.Plan);
        var moves = new List<(bool IsBack, double Written, double Confirmed, long Requests)>();
        for (var cycle = 0; cycle < cycles; cycle++)
        {
            foreach (var isBack in (bool[])[false, true])
            {
                var weights = new Dictionary<string, double> { ["green"] = isBack ? 1 : 0, ["blue"] = isBack ? 0 : 1 };
                var requests = await bench.RequestsAsync();
                timed.Began = Stopwatch.GetTimestamp();
                var move = await mover.MoveAsync(new TrafficTarget(weights, null, isBack ? "way back" : "cutover", isBack), _ => Task.CompletedTask, CancellationToken.None);
                moves.Add((isBack, timed.Written.TotalMilliseconds, move.Elapsed.TotalSeconds, await bench.RequestsAsync() - requests));
            }
        }

        Say($"{cycles} cutovers and {cycles} ways back, {RehearsalScenarios.Whole()["services"]!.AsArray().Count} services");
        foreach (var isBack in (bool[])[false, true])
        {
            var own = moves.Where(move => move.IsBack == isBack).ToList();
            var (written, confirmed) = (Summary(own.Select(move => move.Written)), Summary(own.Select(move => move.Confirmed)));
            Say($"  {(isBack ? "way back" : "cutover")}: route written and read back after {written.Median:0} ms (90 % {written.Ninety:0}, most {written.Most:0}); share of requests confirmed after {confirmed.Median:0.0} s (90 % {confirmed.Ninety:0.0}, most {confirmed.Most:0.0}) of the cluster's clock; {own.Max(move => move.Requests)} API requests at most");
        }

        var after = await bench.Cluster.GetAsync("traffic", CancellationToken.None);
        Say($"  meanwhile {(long)after["requests"]! - (long)before["requests"]!} requests, {(long)after["lost"]! - (long)before["lost"]!} lost, {(long)after["duplicated"]! - (long)before["duplicated"]!} repeated, {(long)after["misrouted"]! - (long)before["misrouted"]!} astray");
    }

    private sealed class TimedRouter(ITrafficRouter router) : ITrafficRouter
    {
        public long Began { get; set; }

        public TimeSpan Written { get; private set; }

        public Task<TrafficRoute> ReadAsync(CancellationToken token) => router.ReadAsync(token);

        public Task<TrafficRoute> ReadForWayBackAsync(CancellationToken token) => router.ReadForWayBackAsync(token);

        public async Task<TrafficRoute> WriteAsync(TrafficRoute seen, IReadOnlyDictionary<string, double> weights, string? headerColour, bool isWayBack, CancellationToken token)
        {
            var stored = await router.WriteAsync(seen, weights, headerColour, isWayBack, token);
            Written = Stopwatch.GetElapsedTime(Began);
            return stored;
        }
    }
}
