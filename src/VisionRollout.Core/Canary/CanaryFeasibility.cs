using System.Globalization;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Metrics;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Statistics;

namespace VisionRollout.Core.Canary;

/// <summary>Forecasts from what the live version serves now whether the plan's canary stages can be decided: the judge is given, for each stage,
/// the counts that a canary as good as the baseline would bring.</summary>
public sealed class CanaryFeasibility
{
    // The bad luck that four of five rollouts don't exceed, in standard deviations of the canary's errors. It is less than the 0.84 of a single
    // look, because the judge looks after every scrape; taken from the simulation (docs/benchmarks-judge.md: 14,250 requests).
    private const double FourOfFive = 0.65;
    private const double MostRequests = 1e9;
    private readonly PlanCanary canary;
    private readonly ColourCounts live;
    private readonly TimeSpan window;

    /// <summary>Forecasts from an interval of the live version's counters.</summary>
    /// <param name="canary">The plan's canary.</param>
    /// <param name="live">What the live version served in the interval.</param>
    /// <param name="window">Length of the interval, above zero.</param>
    public CanaryFeasibility(PlanCanary canary, ColourCounts live, TimeSpan window)
    {
        ArgumentNullException.ThrowIfNull(canary);
        ArgumentNullException.ThrowIfNull(live);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(window, TimeSpan.Zero);
        (this.canary, this.live, this.window) = (canary, live, window);
    }

    /// <summary>Requests per second, all pods together.</summary>
    public double RequestRate => live.Requests / window.TotalSeconds;

    /// <summary>One answer for each stage, in the plan's order. Evidence on error rates of the stages before counts, as it does in the judge.</summary>
    public IReadOnlyList<StageFeasibility> Stages()
    {
        var rates = Judge();
        var answers = new List<StageFeasibility>();
        foreach (var stage in canary.Stages)
        {
            var before = new RateJudge(rates.State);
            var requests = RequestRate * stage.Weight * stage.Dwell.TotalSeconds;
            rates.Add(Name(stage), Expected(stage, requests));
            answers.Add(Answer(stage, requests, rates.Decide().Verdict == Verdict.Go, Needed(stage, before.State), Latency(stage, requests)));
        }

        return answers;
    }

    private static string Name(PlanStage stage) => stage.Percent.ToString(CultureInfo.InvariantCulture);

    private RateJudge Judge()
    {
        var judge = new RateJudge(new RateJudgeSettings { Delta = canary.ErrorRateDelta, Alpha = canary.Alpha, Metrics = 2 });
        judge.Learn(live.Requests, live.Errors);
        return judge;
    }

    // A canary that is as good as the baseline, with bad luck as one rollout in five has it.
    private RateCounts Expected(PlanStage stage, double requests)
    {
        var rate = live.Requests > 0 ? live.Errors / live.Requests : 0;
        var baseline = requests * (1 - stage.Weight) / stage.Weight;
        var errors = requests * rate;
        return new RateCounts(requests, Math.Min(requests, errors + (FourOfFive * Math.Sqrt(errors))), baseline, baseline * rate);
    }

    private long? Needed(PlanStage stage, RateJudgeState before)
    {
        bool Decides(double requests)
        {
            var judge = new RateJudge(before);
            judge.Add(Name(stage), Expected(stage, requests));
            return judge.Decide().Verdict == Verdict.Go;
        }

        var (low, high) = (0.0, 100.0);
        while (!Decides(high))
        {
            if (high > MostRequests) return null;
            (low, high) = (high, high * 2);
        }

        while (high - low > Math.Max(1, high / 1000))
        {
            var middle = (low + high) / 2;
            if (Decides(middle)) high = middle;
            else low = middle;
        }

        return (long)Math.Ceiling(high);
    }

    /// <summary>Why the response times can't be decided in the dwell; null when they can.</summary>
    private string? Latency(PlanStage stage, double requests)
    {
        if (live.Latency.Total <= 0) return "there are no response times of the live version";
        var judge = new LatencyJudge(new LatencyJudgeSettings { Delta = canary.LatencyDelta.TotalMilliseconds, Alpha = canary.Alpha, Metrics = 2 });
        judge.Add(Name(stage), Scaled(requests), Scaled(requests * (1 - stage.Weight) / stage.Weight));
        var assessment = judge.Assess();
        return assessment.Verdict == Verdict.Go ? null : assessment.Reason.TrimEnd('.');
    }

    private LatencyHistogram Scaled(double requests)
    {
        double sum = 0, before = 0;
        var buckets = new List<HistogramBucket>(live.Latency.Edges.Count + 1);
        for (var index = 0; index < live.Latency.Counts.Count; index++)
        {
            sum += live.Latency.Counts[index];
            var count = Math.Max(before, Math.Round(sum / live.Latency.Total * requests));
            buckets.Add(new HistogramBucket(index < live.Latency.Edges.Count ? live.Latency.Edges[index] : double.PositiveInfinity, count));
            before = count;
        }

        return LatencyHistogram.FromCumulative(buckets);
    }

    private StageFeasibility Answer(PlanStage stage, double requests, bool rateDecides, long? needed, string? latency)
    {
        TimeSpan? dwell = needed is { } count && RequestRate > 0 && count / (RequestRate * stage.Weight) < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(count / (RequestRate * stage.Weight)) : null;
        var expected = string.Create(CultureInfo.InvariantCulture, $"about {requests:N0} canary requests in {stage.Dwell.TotalMinutes:0.#} min");
        List<string> missing = [];
        if (!rateDecides)
        {
            missing.Add(needed is { } more && dwell is { } time
                ? string.Create(CultureInfo.InvariantCulture, $"a rise of the error rate below {canary.ErrorRateDelta * 100:0.###} points takes about {more:N0}: a dwell of {Math.Ceiling(time.TotalMinutes):0} min, a higher weight, or more traffic")
                : RequestRate > 0 ? "no number of requests shows that at the present error rate" : "the live version serves no requests");
        }

        if (latency is not null) missing.Add(latency);
        return new(stage.Percent, stage.Dwell, requests, needed, dwell, missing.Count == 0, missing.Count == 0 ? expected + ": enough" : $"{expected}; {string.Join("; ", missing)}");
    }
}
