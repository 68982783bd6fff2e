using System.Text.Json;
using VisionRollout.Core.Canary;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Metrics;
using VisionRollout.Core.Plan;

namespace VisionRollout.Core.Tests.Canary;

public sealed class CanaryJudgeTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 11, 30, 0, TimeSpan.Zero);
    private static readonly PlanCanary Limits = new() { Stages = [new PlanStage(0.05, TimeSpan.FromMinutes(30))] };

    [Fact]
    public void An_equal_canary_gets_Go_with_its_evidence()
    {
        var mesh = new Mesh();
        var sample = Follow(Judge(), mesh, polls: 60);
        Assert.Equal(Verdict.Go, sample.Verdict);
        Assert.All(sample.Findings, finding => Assert.Equal(Verdict.Go, finding.Verdict));
        Assert.Equal(["ErrorRateDelta", "LatencyDelta"], sample.Findings.Select(finding => finding.Criterion));
        Assert.Equal(TimeSpan.FromMinutes(30), sample.Findings[0].Window);
        Assert.InRange(sample.ObservedShare!.Value, 0.049, 0.051);
        Assert.InRange(sample.Canary.P99!.Value, 50, 80);
    }

    [Fact]
    public void Errors_stop_the_canary_at_once_and_name_their_trigger()
    {
        var mesh = new Mesh { CanaryErrorShare = 0.02 };
        var sample = Follow(Judge(), mesh, polls: 3);
        Assert.Equal(Verdict.NoGo, sample.Verdict);
        Assert.True(sample.Regression);
        Assert.Equal("error-rate", sample.Findings.Single(finding => finding.Verdict == Verdict.NoGo).Trigger);
    }

    [Fact]
    public void Slowness_stops_the_canary_and_names_its_trigger()
    {
        var mesh = new Mesh { CanaryDelay = 80 };
        var sample = Follow(Judge(), mesh, polls: 4);
        Assert.Equal("latency", sample.Findings.Single(finding => finding.Verdict == Verdict.NoGo).Trigger);
        Assert.Contains("P99", sample.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_that_turns_bad_after_a_long_good_stretch_is_stopped_soon_and_the_reason_names_the_readings()
    {
        var mesh = new Mesh();
        var judge = Judge();
        Follow(judge, mesh, polls: 40);
        mesh.CanaryErrorShare = 0.03;
        var readings = 0;
        CanarySample sample;
        do
        {
            sample = judge.Add(mesh.Next());
            readings++;
        }
        while (sample.Verdict != Verdict.NoGo && readings < 20);

        Assert.InRange(readings, 1, 4);
        Assert.StartsWith("In the newest ", sample.Reason, StringComparison.Ordinal);
        Assert.True(sample.LateEvidence >= sample.NoGoBound);
        Assert.Equal("error-rate", sample.Findings.Single(finding => finding.Verdict == Verdict.NoGo).Trigger);
    }

    [Theory]
    [InlineData("Prometheus returned no series.")]
    [InlineData("The newest sample is 90 s old.")]
    public void A_reading_with_a_problem_is_never_Go(string problem)
    {
        var mesh = new Mesh();
        var judge = Judge();
        Assert.Equal(Verdict.Go, Follow(judge, mesh, polls: 60).Verdict);
        var sample = judge.Add(mesh.Next() with { Problems = [problem] });
        Assert.Equal(Verdict.Undecided, sample.Verdict);
        Assert.Equal(problem, sample.Reason);
        Assert.All(sample.Findings, finding => Assert.Equal(problem, finding.Reason));
    }

    [Fact]
    public void The_first_reading_only_starts_the_count()
    {
        var sample = Judge().Add(new Mesh().Next());
        Assert.Equal((Verdict.Undecided, "Counting starts with this reading."), (sample.Verdict, sample.Reason));
    }

    [Fact]
    public void A_judge_restarted_within_a_stage_counts_from_where_the_stage_began()
    {
        var mesh = new Mesh();
        var straight = Judge();
        var begin = mesh.Next();
        straight.Add(begin);
        for (var poll = 0; poll < 20; poll++) straight.Add(mesh.Next());
        var restarted = Judge();
        restarted.Add(begin);
        var (left, right) = (straight.Add(mesh.Next()), restarted.Add(mesh.Now));
        Assert.Equal(left.GoEvidence, right.GoEvidence, 1e-9);
        Assert.Equal((left.Verdict, left.Reason, left.LatencyDeltaHigh), (right.Verdict, right.Reason, right.LatencyDeltaHigh));
    }

    [Fact]
    public void A_judge_restarted_within_a_stage_knows_of_a_late_fault_what_the_one_before_it_knew()
    {
        var mesh = new Mesh();
        var straight = Judge();
        var begin = mesh.Next();
        straight.Add(begin);
        List<CanarySample> journal = [];
        for (var poll = 0; poll < 40; poll++) journal.Add(straight.Add(mesh.Next()));
        mesh.CanaryErrorShare = 0.03;
        while (journal[^1].Verdict != Verdict.NoGo && journal.Count < 60) journal.Add(straight.Add(mesh.Next()));
        var restarted = Judge(earlier: journal);
        restarted.Add(begin);
        var (left, right) = (straight.Add(mesh.Next()), restarted.Add(mesh.Now));
        Assert.Equal((Verdict.NoGo, Verdict.NoGo), (left.Verdict, right.Verdict));
        Assert.Equal(1, right.LateEvidence / left.LateEvidence, 1e-6);
    }

    [Fact]
    public void The_evidence_of_earlier_stages_comes_back_from_the_journal()
    {
        var mesh = new Mesh();
        var first = Judge();
        var journal = new List<string>();
        for (var poll = 0; poll <= 10; poll++) journal.Add(JsonSerializer.Serialize(new CanarySampled(first.Add(mesh.Next())), JournalJson.Options));
        var earlier = journal.Select(line => JsonSerializer.Deserialize<CanarySampled>(line, JournalJson.Options)!.Sample).ToList();
        var before = earlier[^1].GoEvidence;
        var second = Judge(10, earlier);
        var begin = second.Add(mesh.Next());
        Assert.Equal(before, begin.GoEvidence, before * 1e-9);
        Assert.Equal(0, begin.Canary.Requests);
        var fresh = Judge(10);
        fresh.Add(mesh.Now);
        var reading = mesh.Next();
        Assert.InRange(second.Add(reading).GoEvidence / (before * fresh.Add(reading).GoEvidence), 0.3, 3);
    }

    [Fact]
    public void A_Deployment_of_both_colours_is_refused() =>
        Assert.Throws<ArgumentException>(() => new CanaryJudge(Limits, 5, new CanaryArm("blue", ["shop"]), new CanaryArm("green", ["shop"])));

    private static CanaryJudge Judge(int percent = 5, IEnumerable<CanarySample>? earlier = null) =>
        new(Limits, percent, new CanaryArm("blue", ["shop-blue"]), new CanaryArm("green", ["shop"]), earlier);

    private static CanarySample Follow(CanaryJudge judge, Mesh mesh, int polls)
    {
        CanarySample? last = null;
        for (var poll = 0; poll <= polls; poll++) last = judge.Add(mesh.Next());
        return last!;
    }

    /// <summary>Cumulative counters of two pods with 12,000 requests per poll.</summary>
    private sealed class Mesh
    {
        private static readonly double[] Edges = [.. Enumerable.Range(1, 40).Select(step => step * 5.0), 500];
        private readonly Random random = new(4);
        private readonly double[][] buckets = [new double[Edges.Length + 1], new double[Edges.Length + 1]];
        private readonly double[] errors = new double[2];
        private int poll;

        public double CanaryErrorShare { get; set; } = 0.0003;

        public double CanaryDelay { get; init; }

        public MetricReading Now => new(Start.AddSeconds(30 * (poll - 1)), [Pod(0, "shop"), Pod(1, "shop-blue")], []);

        public MetricReading Next()
        {
            poll++;
            Serve(0, 11_400, 0.0003, 0);
            Serve(1, 600, CanaryErrorShare, CanaryDelay);
            return Now;
        }

        private void Serve(int colour, int requests, double errorShare, double delay)
        {
            for (var request = 0; request < requests; request++)
            {
                if (random.NextDouble() < errorShare) errors[colour]++;
                var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                var index = Array.BinarySearch(Edges, delay + (18 * Math.Exp(0.531 * normal)));
                buckets[colour][index < 0 ? ~index : index]++;
            }
        }

        private PodCounters Pod(int colour, string deployment)
        {
            var sum = 0.0;
            return new PodCounters
            {
                Deployment = deployment,
                Pod = deployment + "-1",
                Requests = buckets[colour].Sum(),
                Errors = errors[colour],
                Latency = [.. buckets[colour].Select((count, index) => new HistogramBucket(index < Edges.Length ? Edges[index] : double.PositiveInfinity, sum += count))],
            };
        }
    }
}
