using VisionRollout.Core.Canary;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Metrics;
using VisionRollout.Core.Statistics;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Watches the version that serves: error rate and response time against the plan's success criteria, alerts, pods, resources.</summary>
internal sealed class LiveWatch
{
    // History of a healthy service: half a per mille, worth ten thousand requests. A prior only costs requests, never the guarantee.
    private static readonly GammaPrior Prior = new(5, 10_000);
    private readonly RolloutSession session;
    private readonly string colour;
    private readonly CustomChecks? checks;
    private readonly Dictionary<string, string> deployments;
    private readonly CounterTracker tracker;
    private readonly SteadyPods pods = new();
    private readonly QuantileSequence p99;
    private readonly double? errorLimit;
    private readonly double? latencyLimit;
    private string version = "";

    public LiveWatch(RolloutSession session, string colour, CustomChecks? checks)
    {
        this.session = session;
        this.colour = colour;
        this.checks = checks;
        deployments = session.Plan.Services.ToDictionary(service => service.Deployments[colour], _ => colour);
        tracker = new CounterTracker(deployments);
        p99 = new QuantileSequence(0.99, session.Plan.Canary.Alpha);
        errorLimit = Limit("ErrorRate");
        latencyLimit = Limit("LatencyP99");
    }

    /// <summary>Counting begins here.</summary>
    public async Task BeginAsync(CancellationToken token)
    {
        version = string.Join("+", (await session.World.Workloads.ListAsync(colour, token)).Select(workload => workload.Version).Distinct());
        tracker.Advance(await ReadAsync(token));
    }

    /// <summary>Looks once, records what it saw, and fails when a limit is proven broken or a guard fires.</summary>
    /// <exception cref="RolloutException">LiveNoGo, with the trigger of what broke.</exception>
    public async Task<LiveSampled> LookAsync(IReadOnlyCollection<string> knownAlerts, CancellationToken token)
    {
        var seen = await SampleAsync(token);
        var resources = await session.Checks.ResourcesAsync([colour], token);
        var alerts = await session.Checks.AlertsAsync("CriticalAlerts", ["critical"], knownAlerts, token);
        var sample = seen.Sample with { Resources = CanaryLook.Use(resources) };
        // No alert that could be read is not no alert; an environment without an Alertmanager has said so in its plan.
        if (alerts.Verdict == Verdict.Undecided && session.Environment.Endpoints.Alertmanager is not null && sample.Verdict == Verdict.Go)
            sample = sample with { Verdict = Verdict.Undecided, Reason = $"{sample.Reason}; alerts are not known: {alerts.Reason}" };
        IReadOnlyList<Finding> own = checks is null ? [] : await checks.RunAsync(token);
        if (sample.Verdict == Verdict.Go && own.FirstOrDefault(finding => finding.Verdict != Verdict.Go) is { } open)
            sample = sample with { Verdict = open.Verdict, Reason = $"{sample.Reason}; {open.Criterion}: {open.Reason}" };
        await session.RecordOrKeepAsync(sample, token);
        List<Finding> findings =
        [
            .. seen.Findings,
            .. own,
            .. pods.Judge(await session.Checks.PodsReadyAsync(colour, token)),
            .. resources,
            alerts, // last: what says more precisely what is wrong chooses the contingency
        ];
        if (findings.FirstOrDefault(finding => finding.Verdict == Verdict.NoGo) is not { } bad) return sample;
        throw new RolloutException("LiveNoGo", RolloutErrorKind.Failed, $"{version} ({colour}) {bad.Criterion}: {bad.Reason.TrimEnd('.')}.", "", colour) { Trigger = bad.Trigger, Findings = [bad, .. findings.Where(finding => finding != bad)] };
    }

    private double? Limit(string metric) => session.Plan.SuccessCriteria.FirstOrDefault(criterion => string.Equals(criterion.Metric, metric, StringComparison.OrdinalIgnoreCase))?.Limit;

    private async Task<MetricReading> ReadAsync(CancellationToken token) => await session.World.Metrics.ReadAsync(deployments.Keys, await session.NowAsync(token), token);

    private async Task<(LiveSampled Sample, List<Finding> Findings)> SampleAsync(CancellationToken token)
    {
        CounterInterval interval;
        try
        {
            interval = tracker.Advance(await ReadAsync(token));
        }
        catch (RolloutException cause) when (cause.Kind == RolloutErrorKind.Unavailable)
        {
            return (new LiveSampled(new ColourSample { Colour = colour }, version, Verdict.Undecided, cause.Message), []);
        }

        var counts = interval.Colours[colour];
        var rate = RateInterval.Of(counts.Requests, counts.Errors, Prior, session.Plan.Canary.Alpha);
        var latency = p99.On(counts.Latency);
        var findings = new List<Finding> { OnErrors(rate, interval.At), OnLatency(latency, interval.At) };
        var verdict = interval.Problems.Count > 0 ? Verdict.Undecided : Verdicts.All(findings);
        var reason = interval.Problems.Count > 0 ? string.Join(' ', interval.Problems) : string.Join("; ", findings.Select(finding => finding.Reason));
        var sample = new ColourSample
        {
            Colour = colour, Requests = counts.Requests, Errors = counts.Errors, ErrorRate = rate.Rate, ErrorRateLow = rate.Low, ErrorRateHigh = rate.High,
            P99 = latency.Estimate, P99Low = latency.Low, P99High = latency.High,
            RequestRate = interval.Length is { } length && length > TimeSpan.Zero ? counts.Requests / length.TotalSeconds : null,
        };
        return (new LiveSampled(sample, version, verdict, reason), findings);
    }

    // One look alone: the limit is proven broken only when the whole interval lies above it.
    private Finding OnErrors(RateInterval rate, DateTimeOffset at) => new()
    {
        Criterion = "ErrorRate", Subject = colour, Trigger = "error-rate", Unit = "share", Source = "mesh counters", At = at, Limit = errorLimit,
        Measured = rate.Rate, Low = rate.Low, High = rate.High,
        Verdict = errorLimit is not { } limit || rate.Rate is null ? Verdict.Undecided : rate.Low > limit ? Verdict.NoGo : rate.High < limit ? Verdict.Go : Verdict.Undecided,
        Reason = rate.Rate is { } value ? $"error rate {value:P3} [{rate.Low:P3}, {rate.High:P3}]" : "no requests",
    };

    private Finding OnLatency(QuantileInterval latency, DateTimeOffset at) => new()
    {
        Criterion = "LatencyP99", Subject = colour, Trigger = "latency", Unit = "ms", Source = "mesh counters", At = at, Limit = latencyLimit,
        Measured = latency.Estimate, Low = latency.Low, High = latency.High,
        Verdict = latencyLimit is not { } limit || latency.Estimate is null ? Verdict.Undecided : latency.Low > limit ? Verdict.NoGo : latency.High < limit ? Verdict.Go : Verdict.Undecided,
        Reason = latency.Estimate is { } value ? $"P99 {value:0.#} ms [{latency.Low:0.#}, {latency.High:0.#}]" : "no response times",
    };
}
