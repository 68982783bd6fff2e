using System.Diagnostics;
using System.Globalization;
using VisionRollout.Core.Canary;
using VisionRollout.Core.Metrics;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Statistics;

namespace VisionRollout.Benchmarks.Judge;

/// <summary>judge-speed: how long a verdict takes, and what it keeps in memory.</summary>
internal static class SpeedProgram
{
    private const int Pods = 1_000;
    private const int Metrics = 20;
    private const int Ticks = 400;
    private const int Rows = 1_000_000;

    public static int Run()
    {
        Tick();
        Replay();
        return 0;
    }

    // Ten pairs of an error rate and a response time, each counted on a thousand pods.
    private static void Tick()
    {
        var judges = Enumerable.Range(0, Metrics / 2).Select(_ => new CanaryJudge(new PlanCanary { Stages = [] }, 50, new CanaryArm("blue", ["blue"]), new CanaryArm("green", ["green"]))).ToArray();
        var times = new List<double>();
        long early = 0, allocated = 0;
        for (var tick = 0; tick < Ticks; tick++)
        {
            var reading = Reading(tick);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var clock = Stopwatch.GetTimestamp();
            foreach (var judge in judges) judge.Add(reading);
            times.Add(Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (tick == Ticks / 4) early = GC.GetTotalMemory(forceFullCollection: true);
        }

        var late = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(judges);
        times.RemoveRange(0, 20);
        times.Sort();
        Say($"verdicts on {Metrics} metrics of {Pods:N0} pods (20 buckets): median {times[times.Count / 2]:0.0} ms, 99 % {times[times.Count * 99 / 100]:0.0} ms, longest {times[^1]:0.0} ms");
        Say($"memory kept: {early / 1024.0 / 1024:0.0} MiB after {Ticks / 4} ticks, {late / 1024.0 / 1024:0.0} MiB after {Ticks}; allocated in a tick: {allocated / 1024.0 / 1024:0.0} MiB");
    }

    private static MetricReading Reading(int tick) => new(DateTimeOffset.UnixEpoch.AddSeconds(30 * tick),
        [.. Enumerable.Range(0, Pods).Select(pod => new PodCounters
        {
            Deployment = pod % 2 == 0 ? "blue" : "green",
            Pod = $"pod-{pod}",
            Requests = 1_000.0 * (tick + 1),
            Errors = Math.Floor((tick + 1 + (pod % 7)) * 0.5),
            Latency = [.. Enumerable.Range(1, 20).Select(edge => new HistogramBucket(edge == 20 ? double.PositiveInfinity : edge * 5, Math.Floor(1_000.0 * (tick + 1) * Math.Min(1, edge / 15.0))))],
        })], []);

    private static void Replay()
    {
        var judge = new RateJudge(new RateJudgeSettings());
        var clock = Stopwatch.StartNew();
        for (var row = 0; row < Rows; row++)
        {
            judge.Add(row < Rows / 2 ? "5" : "10", new RateCounts(100, row % 20 == 0 ? 1 : 0, 1_900, row % 2));
            judge.Assess();
        }

        Say($"recorded counts: {Rows:N0} rows in {clock.Elapsed.TotalSeconds:0.0} s, {Rows / clock.Elapsed.TotalSeconds:N0} verdicts a second");
    }

    private static void Say(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
