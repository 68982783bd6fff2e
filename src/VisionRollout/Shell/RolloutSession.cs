using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using VisionRollout.Adapters;
using VisionRollout.Core.Checks;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;
using VisionRollout.Core.Traffic;

namespace VisionRollout;

/// <summary>A connection to one environment under one plan: clients, clock and journal. Made by Connect-Rollout.</summary>
public sealed class RolloutSession : IDisposable
{
    private static readonly ConditionalWeakTable<Runspace, RolloutSession> Defaults = [];
    private readonly Lazy<ClusterChecks> checks;
    private readonly Lazy<TrafficMover> mover;
    private RolloutJournal? journal;

    internal RolloutSession(RolloutPlan plan, PlanEnvironment environment, string journalDirectory)
    {
        Plan = plan;
        Environment = environment;
        Journals = new JournalDirectory(journalDirectory);
        World = new OutsideWorld(plan, environment);
        checks = new(() => new ClusterChecks(World.Workloads, World.Pods, environment.Endpoints.Alertmanager is null ? null : World.Alerts, World.Clock, plan, environment));
        mover = new(() => new TrafficMover(World.Router, World.Workloads, environment.Endpoints.Prometheus is null ? null : World.Metrics, World.Clock, plan) { BeforeWrite = ThrowIfStoppedAsync });
    }

    /// <summary>The plan.</summary>
    public RolloutPlan Plan { get; }

    /// <summary>The environment, with the addresses in force.</summary>
    public PlanEnvironment Environment { get; }

    /// <summary>Folder of the journals.</summary>
    public string JournalPath => Journals.Path;

    /// <summary>The default session of the current runspace; null when there is none.</summary>
    internal static RolloutSession? Default
    {
        get => Runspace.DefaultRunspace is { } runspace && Defaults.TryGetValue(runspace, out var session) ? session : null;
        set
        {
            if (Runspace.DefaultRunspace is not { } runspace) return;
            Defaults.Remove(runspace);
            if (value is not null) Defaults.Add(runspace, value);
        }
    }

    /// <summary>The outside systems, each behind its port.</summary>
    internal OutsideWorld World { get; }

    /// <summary>Checks of the running environment.</summary>
    internal ClusterChecks Checks => checks.Value;

    /// <summary>Moves traffic.</summary>
    internal TrafficMover Mover => mover.Value;

    /// <summary>The journals.</summary>
    internal JournalDirectory Journals { get; }

    /// <summary>The phase that runs in this session; null between phases.</summary>
    internal string? Phase { get; set; }

    /// <summary>The step that runs in this session; null between steps.</summary>
    internal string? Step { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        journal?.Dispose();
        World.Dispose();
    }

    /// <summary>The current time of the rollout's clock.</summary>
    internal Task<DateTimeOffset> NowAsync(CancellationToken token) => World.Clock.GetNowAsync(token);

    /// <summary>The rollout that this session works on: the one it started or resumed, else the environment's active one; null when there is none.</summary>
    internal async Task<RolloutJournal?> FindJournalAsync(CancellationToken token) =>
        journal ??= await Journals.FindActiveAsync(Environment.Name, token);

    /// <summary>Works on this rollout from now on.</summary>
    internal void Use(RolloutJournal chosen)
    {
        if (!ReferenceEquals(journal, chosen)) journal?.Dispose();
        journal = chosen;
    }

    /// <summary>The state of the rollout.</summary>
    /// <exception cref="RolloutException">NoRollout: none was started.</exception>
    internal async Task<RolloutState> StateAsync(CancellationToken token) =>
        await FindStateAsync(token) ?? throw NoRollout();

    /// <summary>The state of the rollout; null when none was started.</summary>
    internal async Task<RolloutState?> FindStateAsync(CancellationToken token) =>
        await FindJournalAsync(token) is { } found ? await found.ReadStateAsync(token) : null;

    /// <summary>Records an entry in the rollout's journal; it is on disk when the task ends. Without a rollout nothing is recorded.</summary>
    internal async Task RecordAsync(JournalEntry entry, CancellationToken token)
    {
        if (await FindJournalAsync(token) is { } found)
            await found.AppendAsync(entry, await NowAsync(token), token);
    }

    /// <summary>Waits until <paramref name="until"/> by the rollout's clock, looking around for an emergency stop.</summary>
    /// <param name="until">End of the wait.</param>
    /// <param name="onSlice">Called with the time after every slice; null for none.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="RolloutStoppedException">Somebody stopped the rollout.</exception>
    internal async Task WaitUntilAsync(DateTimeOffset until, Action<DateTimeOffset>? onSlice, CancellationToken token)
    {
        for (var now = await NowAsync(token); ; now = await NowAsync(token))
        {
            await ThrowIfStoppedAsync(token);
            onSlice?.Invoke(now);
            if (now >= until) return;
            var next = now + World.Clock.Slice;
            await World.Clock.WaitUntilAsync(next < until ? next : until, token);
        }
    }

    /// <summary>Ends the caller when somebody has stopped the rollout.</summary>
    /// <exception cref="RolloutStoppedException">Somebody stopped the rollout.</exception>
    internal async Task ThrowIfStoppedAsync(CancellationToken token)
    {
        if (await FindStateAsync(token) is { Stop: { } stop }) throw new RolloutStoppedException(stop.Identity, stop.Reason);
    }

    private RolloutException NoRollout() => new("NoRollout", RolloutErrorKind.InvalidState,
        $"No rollout is under way in '{Environment.Name}' (journals in '{JournalPath}').", "Run Start-Rollout -Version … first, or connect with the -JournalPath that the runbook uses.");
}
