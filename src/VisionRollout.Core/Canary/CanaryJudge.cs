using System.Globalization;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Metrics;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Statistics;

namespace VisionRollout.Core.Canary;

/// <summary>Judges one canary stage after every reading of its counters: error rates by e-processes, response times by quantile confidence
/// sequences, both anytime-valid (see <see cref="RateJudge"/> and <see cref="LatencyJudge"/>), and a version that turns bad late by a guard on the
/// newest readings (see <see cref="LateFaultGuard"/>). The evidence of earlier stages on error
/// rates multiplies in. A reading with missing or unusable data never gives a Go.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class CanaryJudge
{
    // Error rate, response time, and late faults: each has a third of α for a NoGo.
    private const int Metrics = 3;
    private const string Beginning = "Counting starts with this reading.";
    private readonly PlanCanary limits;
    private readonly int percent;
    private readonly CanaryArm canary;
    private readonly CanaryArm baseline;
    private readonly CounterTracker counters;
    private readonly RateJudge rates;
    private readonly LateFaultGuard late;
    private readonly LatencyJudge latencies;
    private readonly Dictionary<string, double> unavailable = [];
    private DateTimeOffset? begin;

    // What the guard has been told of this stage before a restart, and how errors scattered then.
    private RateCounts told;
    private double scattered = 1;

    /// <summary>Starts judging a stage.</summary>
    /// <param name="limits">Tolerances and error probability.</param>
    /// <param name="percent">Weight of the stage in per cent.</param>
    /// <param name="canary">The new colour.</param>
    /// <param name="baseline">The live colour.</param>
    /// <param name="earlier">Samples of this rollout from the journal, in order; those of other stages are evidence still. Those since this stage began
    /// go to the guard on the newest readings alone: the others read the counters as they stood when it began.</param>
    /// <exception cref="ArgumentException">An arm has no Deployments, or a Deployment belongs to both.</exception>
    public CanaryJudge(PlanCanary limits, int percent, CanaryArm canary, CanaryArm baseline, IEnumerable<CanarySample>? earlier = null)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(canary);
        ArgumentNullException.ThrowIfNull(baseline);
        (this.limits, this.percent, this.canary, this.baseline) = (limits, percent, canary, baseline);
        counters = new CounterTracker(ColoursOf(canary, baseline));
        var settings = new RateJudgeSettings { Delta = limits.ErrorRateDelta, Alpha = limits.Alpha, Metrics = Metrics };
        (rates, late) = (new RateJudge(settings), new LateFaultGuard(settings));
        latencies = new LatencyJudge(new LatencyJudgeSettings { Delta = limits.LatencyDelta.TotalMilliseconds, Alpha = limits.Alpha, Metrics = Metrics });
        IReadOnlyList<CanarySample> known = [.. earlier ?? []];
        Replay([.. known.Where(sample => sample.Percent != percent)]);
        ReplayRunning([.. known.Where(sample => sample.Percent == percent)]);
    }

    /// <summary>Judges after a reading; the first one is where counting starts.</summary>
    /// <param name="reading">The counters of both colours.</param>
    public CanarySample Add(MetricReading reading)
    {
        var interval = counters.Advance(reading);
        if (interval.Length is null) Begin(interval);
        else if (interval.Length > TimeSpan.Zero) Count(interval);
        return Conclude(interval);
    }

    private static Dictionary<string, string> ColoursOf(CanaryArm canary, CanaryArm baseline)
    {
        if (canary.Deployments.Count == 0 || baseline.Deployments.Count == 0)
            throw new ArgumentException("A canary is judged on at least one Deployment of each colour.", nameof(canary));
        if (canary.Deployments.Intersect(baseline.Deployments).FirstOrDefault() is { } both)
            throw new ArgumentException($"Deployment {both} can't be canary and baseline at once.", nameof(canary));
        return canary.Deployments.Distinct().Select(name => (name, canary.Colour))
            .Concat(baseline.Deployments.Distinct().Select(name => (name, baseline.Colour)))
            .ToDictionary(item => item.name, item => item.Colour);
    }

    private static string Name(int percent) => percent.ToString(CultureInfo.InvariantCulture);

    private static RateCounts Counts(CanarySample sample) =>
        new(sample.Canary.Requests, sample.Canary.Errors, sample.Baseline.Requests, sample.Baseline.Errors);

    // Samples count since their stage began; the judge wants the intervals between them.
    private void Replay(IReadOnlyList<CanarySample> earlier)
    {
        if (earlier.Count == 0) return;
        Learn(earlier[0].HistoryRequests, earlier[0].HistoryErrors);
        for (var index = 0; index < earlier.Count; index++)
        {
            var before = index > 0 && earlier[index - 1].Percent == earlier[index].Percent ? Counts(earlier[index - 1]) : default;
            if (Since(before, Counts(earlier[index])) is { } interval) Add(earlier[index].Percent, interval);
            latencies.Add(Name(earlier[index].Percent), LatencyHistogram.Empty, LatencyHistogram.Empty);
        }
    }

    private void ReplayRunning(IReadOnlyList<CanarySample> running)
    {
        if (running.Count > 0 && rates.State.Blocks.Count == 0) late.Learn(running[0].HistoryRequests, running[0].HistoryErrors);
        foreach (var sample in running)
        {
            if (Since(told, Counts(sample)) is { } interval) late.Add(Name(percent), interval, Math.Max(rates.Dispersion, scattered));
            (told, scattered) = (Counts(sample), Math.Max(1, sample.Dispersion));
        }
    }

    // Null where the counts don't follow on each other: what was counted can't be told apart.
    private static RateCounts? Since(RateCounts before, RateCounts now)
    {
        var interval = new RateCounts(
            now.CanaryRequests - before.CanaryRequests, now.CanaryErrors - before.CanaryErrors,
            now.BaselineRequests - before.BaselineRequests, now.BaselineErrors - before.BaselineErrors);
        return interval is { CanaryRequests: >= 0, CanaryErrors: >= 0, BaselineRequests: >= 0, BaselineErrors: >= 0 }
            && interval.CanaryErrors <= interval.CanaryRequests && interval.BaselineErrors <= interval.BaselineRequests ? interval : null;
    }

    private void Begin(CounterInterval interval)
    {
        begin = interval.At;
        if (rates.State.Blocks.Count > 0) return;
        var history = interval.Colours[baseline.Colour];
        Learn(history.Requests, history.Errors);
    }

    private void Learn(double requests, double errors)
    {
        rates.Learn(requests, errors);
        // What it was told after a restart it has from before.
        if (told == default) late.Learn(requests, errors);
    }

    // The guard is told how errors scattered before these, and nothing twice.
    private void Add(int stage, RateCounts interval)
    {
        if (Since(told, interval) is { } fresh) late.Add(Name(stage), fresh, Math.Max(rates.Dispersion, scattered));
        told = default;
        rates.Add(Name(stage), interval);
    }

    private void Count(CounterInterval interval)
    {
        var (fresh, old) = (interval.Colours[canary.Colour], interval.Colours[baseline.Colour]);
        foreach (var (colour, counts) in interval.Colours) unavailable[colour] = unavailable.GetValueOrDefault(colour) + counts.Unavailable;
        Add(percent, new RateCounts(fresh.Requests, fresh.Errors, old.Requests, old.Errors));
        latencies.Add(Name(percent), fresh.Latency, old.Latency);
    }

    private CanarySample Conclude(CounterInterval interval)
    {
        var rate = rates.Assess(Name(percent));
        var latency = latencies.Assess();
        var doubt = interval.Problems.Count > 0 ? string.Join(' ', interval.Problems) : interval.Length is null ? Beginning : null;
        Finding[] findings = [OnErrors(rate, interval.At, doubt), OnLatency(latency, interval.At, doubt)];
        var verdict = Verdicts.All(findings);
        var state = rates.State;
        return new CanarySample
        {
            At = interval.At,
            Percent = percent,
            Canary = Show(canary.Colour, interval, rate.Stage.CanaryRequests, rate.Stage.CanaryErrors, rate.Canary, latency.Canary),
            Baseline = Show(baseline.Colour, interval, rate.Stage.BaselineRequests, rate.Stage.BaselineErrors, rate.Baseline, latency.Baseline),
            ObservedShare = rate.Stage.Requests > 0 ? rate.Stage.Share : null,
            DeltaLow = rate.DeltaLow,
            DeltaHigh = rate.DeltaHigh,
            GoEvidence = rate.GoEvidence,
            NoGoEvidence = rate.NoGoEvidence,
            RegressionEvidence = rate.RegressionEvidence,
            LateEvidence = late.Evidence,
            GoBound = rate.GoBound,
            NoGoBound = rate.NoGoBound,
            LatencyDeltaLow = latency.DeltaLow,
            LatencyDeltaHigh = latency.DeltaHigh,
            Dispersion = rate.Dispersion,
            HistoryRequests = state.HistoryRequests,
            HistoryErrors = state.HistoryErrors,
            Problems = interval.Problems,
            Notes = interval.Notes,
            Regression = rate.Regression,
            Verdict = verdict,
            Reason = Reason(findings, verdict, doubt),
            RequestsMissing = verdict == Verdict.Undecided ? Missing(rate.RequestsMissing, latency.RequestsMissing) : null,
            Findings = findings,
        };
    }

    private static double? Missing(long? rate, long? latency) => rate is { } left && latency is { } right ? Math.Max(left, right) : null;

    private static string Reason(Finding[] findings, Verdict verdict, string? doubt) => verdict == Verdict.Undecided && doubt is not null
        ? doubt
        : string.Join(' ', findings.Where(finding => verdict != Verdict.NoGo || finding.Verdict == Verdict.NoGo).Select(finding => finding.Reason));

    private ColourSample Show(string colour, CounterInterval interval, double requests, double errors, RateInterval rate, QuantileInterval p99) => new()
    {
        Colour = colour,
        Requests = requests,
        Errors = errors,
        Unavailable = unavailable.GetValueOrDefault(colour),
        ErrorRate = rate.Rate,
        ErrorRateLow = rate.Rate is null ? null : rate.Low,
        ErrorRateHigh = rate.Rate is null ? null : rate.High,
        P99 = p99.Estimate,
        P99Low = p99.Estimate is null ? null : p99.Low,
        P99High = p99.High,
        RequestRate = interval.Length is { TotalSeconds: > 0 } length ? interval.Colours[colour].Requests / length.TotalSeconds : null,
    };

    private Finding OnErrors(RateAssessment rate, DateTimeOffset at, string? doubt) => (rate.Verdict != Verdict.NoGo && late.IsNoGo ? Found(Verdict.NoGo, late.Reason(), at, doubt) : Found(rate.Verdict, rate.Reason, at, doubt)) with
    {
        Criterion = GateCriteria.ErrorRateDelta,
        Measured = rate.Canary.Rate - rate.Baseline.Rate,
        Low = rate.DeltaLow,
        High = rate.DeltaHigh,
        Limit = limits.ErrorRateDelta,
        Unit = "share",
        Trigger = "error-rate",
    };

    private Finding OnLatency(LatencyAssessment latency, DateTimeOffset at, string? doubt) => Found(latency.Verdict, latency.Reason, at, doubt) with
    {
        Criterion = GateCriteria.LatencyDelta,
        Measured = latency.Canary.Estimate - latency.Baseline.Estimate,
        Low = latency.DeltaLow,
        High = latency.DeltaHigh,
        Limit = limits.LatencyDelta.TotalMilliseconds,
        Unit = "ms",
        Trigger = "latency",
    };

    // What is proven bad stays bad; nothing is good while data is missing or counting has only just begun.
    private Finding Found(Verdict verdict, string reason, DateTimeOffset at, string? doubt) => new()
    {
        Criterion = "",
        Subject = canary.Colour,
        Verdict = doubt is not null && verdict == Verdict.Go ? Verdict.Undecided : verdict,
        Reason = doubt is not null && verdict != Verdict.NoGo ? doubt : reason,
        Source = "request counters of the mesh",
        Window = at - (begin ?? at),
        At = at,
    };
}
