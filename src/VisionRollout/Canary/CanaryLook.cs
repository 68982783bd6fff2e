using VisionRollout.Core.Canary;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Metrics;
using VisionRollout.Core.State;
using VisionRollout.Core.Statistics;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Looks at the canary, as often as asked: the judge on fresh counters, and the guards.</summary>
internal sealed class CanaryLook
{
    // What a healthy service does: half a per mille, worth ten thousand requests. A prior only costs requests, never the guarantee.
    private static readonly GammaPrior Prior = new(5, 10_000);
    private readonly RolloutSession session;
    private readonly RolloutState state;
    private readonly string activity;
    private readonly IShell shell;
    private readonly CanaryJudge judge;
    private readonly SteadyPods pods = new();
    private IReadOnlyList<Finding> resources = [];

    private CanaryLook(RolloutSession session, RolloutState state, CanaryJudge judge, string activity, IShell shell)
    {
        this.session = session;
        this.state = state;
        this.activity = activity;
        this.shell = shell;
        this.judge = judge;
    }

    /// <summary>The newest judgement; null while there was no data at all.</summary>
    public CanarySample? Last { get; private set; }

    /// <summary>Begins with the evidence of earlier stages and the counters as they stood when the running stage began: the metric server keeps
    /// them, so that a restart loses no evidence.</summary>
    /// <exception cref="RolloutException">The metric server does not answer.</exception>
    public static async Task<CanaryLook> BeginAsync(RolloutSession session, RolloutState state, string activity, IShell shell, CancellationToken token)
    {
        var earlier = (await (await session.FindJournalAsync(token))!.ReadAsync(token)).Select(record => record.Entry).OfType<CanarySampled>().Select(entry => entry.Sample)
            .Where(sample => sample.Percent != state.Stage!.Percent || sample.At >= state.StageAt);
        var (from, to) = (state.Started.FromColour, state.Started.ToColour);
        var judge = new CanaryJudge(session.Plan.Canary, state.Stage!.Percent, new CanaryArm(to, Deployments(session, to)), new CanaryArm(from, Deployments(session, from)), earlier);
        var look = new CanaryLook(session, state, judge, activity, shell);
        judge.Add(await look.ReadAsync(state.StageAt ?? state.LastAt, token));
        return look;
    }

    /// <summary>Judges on fresh counters and records the judgement; false when there were none.</summary>
    public async Task<bool> JudgeAsync(CancellationToken token)
    {
        var fresh = true;
        try
        {
            Last = judge.Add(await ReadAsync(await session.NowAsync(token), token));
        }
        catch (RolloutException cause) when (cause.Kind == RolloutErrorKind.Unavailable)
        {
            // No data is never good data: the stage stays undecided as long as the metric server is silent.
            fresh = false;
            Last = Last is null ? null : Last with { Verdict = Verdict.Undecided, Reason = cause.Message };
            shell.Warn($"{activity}: {cause.Message}");
        }

        resources = await session.Checks.ResourcesAsync([state.Started.FromColour, state.Started.ToColour], token);
        if (Last is not null) await session.RecordOrKeepAsync(new CanarySampled(Last) { Resources = Use(resources) }, token);
        return fresh;
    }

    /// <summary>The use of CPU and memory as the journal keeps it.</summary>
    public static ResourceUse Use(IReadOnlyList<Finding> resources) => new(resources[0].Measured, resources[0].Reason, resources[1].Measured, resources[1].Reason);

    /// <summary>What the guards say after a judgement: pods, availability, resources, alerts.</summary>
    public async Task<IReadOnlyList<Finding>> GuardAsync(CancellationToken token) =>
    [
        .. pods.Judge(await session.Checks.PodsReadyAsync(state.Started.ToColour, token)),
        .. Availability(),
        .. resources,
        // Last: what says more precisely what is wrong chooses the contingency.
        await session.Checks.AlertsAsync("CriticalAlerts", ["critical"], [.. state.Started.KnownAlerts], token),
    ];

    private static HashSet<string> Deployments(RolloutSession session, string colour) => [.. session.Plan.Services.Select(service => service.Deployments[colour])];

    private Task<MetricReading> ReadAsync(DateTimeOffset at, CancellationToken token) =>
        session.World.Metrics.ReadAsync([.. session.Plan.Services.SelectMany(service => service.Deployments.Values)], at, token);

    // The share of requests that find nobody is proven above what the plan's availability leaves.
    private IEnumerable<Finding> Availability()
    {
        if (session.Plan.SuccessCriteria.FirstOrDefault(criterion => string.Equals(criterion.Metric, "Availability", StringComparison.OrdinalIgnoreCase))?.Limit is not { } limit) yield break;
        if (Last is not { Canary: { Requests: > 0 } canary } sample) yield break;
        var lost = RateInterval.Of(canary.Requests, canary.Unavailable, Prior, session.Plan.Canary.Alpha);
        yield return new Finding
        {
            Criterion = "Availability", Subject = canary.Colour, Measured = 1 - lost.Rate, Low = 1 - lost.High, High = 1 - lost.Low, Limit = limit, Unit = "share",
            Verdict = lost.Low > 1 - limit ? Verdict.NoGo : lost.High < 1 - limit ? Verdict.Go : Verdict.Undecided, Trigger = "error-rate",
            Reason = $"{canary.Unavailable:0} of {canary.Requests:0} requests found nobody", Source = "request counters of the mesh", At = sample.At,
        };
    }
}
