using System.Collections.Concurrent;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using VisionRollout.Adapters;
using VisionRollout.Core.Checks;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Leases;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;
using VisionRollout.Core.Traffic;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>A connection to one environment under one plan: clients, clock and journal. Made by Connect-Rollout.</summary>
public sealed class RolloutSession : IDisposable, IAsyncDisposable
{
    private static readonly ConditionalWeakTable<Runspace, RolloutSession> Defaults = [];
    private readonly Lazy<ClusterChecks> checks;
    private readonly Lazy<TrafficMover> mover;
    private readonly Lazy<RecurringMessages> recurring;
    private readonly RolloutRecords records;
    private Task? ending;

    internal RolloutSession(RolloutPlan plan, PlanEnvironment environment, string journalDirectory, bool sharedJournal = false)
    {
        Plan = plan;
        Environment = environment;
        Lease = new SessionLease(this);
        World = new OutsideWorld(plan, environment) { Fence = Lease.RequireAsync };
        Journals = new JournalDirectory(journalDirectory, sharedJournal ? World.Journals : null) { OnTrouble = Troubles.Enqueue };
        records = new(Journals, environment.Name, NowAsync, Lease.Guard, Troubles.Enqueue);
        checks = new(() => new ClusterChecks(World.Workloads, World.Pods, environment.Endpoints.Alertmanager is null ? null : World.Alerts, World.Clock, plan, environment));
        mover = new(() => new TrafficMover(World.Router, World.Workloads, environment.Endpoints.Prometheus is null ? null : World.Metrics, World.Clock, plan) { BeforeWrite = ThrowIfStoppedAsync });
        recurring = new(() => new RecurringMessages(this));
    }

    /// <summary>The plan.</summary>
    public RolloutPlan Plan { get; }

    /// <summary>The environment, with the addresses in force.</summary>
    public PlanEnvironment Environment { get; }

    /// <summary>Folder of the journals.</summary>
    public string JournalPath => Journals.Path;

    /// <summary>How long whoever holds the environment's lease may be silent before somebody else takes over.</summary>
    public TimeSpan LeaseDuration { get; internal init; } = TimeSpan.FromSeconds(30);

    /// <summary>The default session of the current runspace; null when there is none.</summary>
    internal static RolloutSession? Default
    {
        get => Runspace.DefaultRunspace is { } runspace && Defaults.TryGetValue(runspace, out var session) ? session : null;
        set
        {
            if (Runspace.DefaultRunspace is not { } runspace) return;
            Defaults.Remove(runspace);
            if (value is null) return;
            Defaults.Add(runspace, value);
            runspace.StateChanged += value.OnRunspace;
        }
    }

    /// <summary>What happened in between and a person should know: the next cmdlet says it.</summary>
    internal ConcurrentQueue<string> Troubles { get; } = [];

    /// <summary>The outside systems, each behind its port.</summary>
    internal OutsideWorld World { get; }

    /// <summary>Checks of the running environment.</summary>
    internal ClusterChecks Checks => checks.Value;

    /// <summary>Moves traffic.</summary>
    internal TrafficMover Mover => mover.Value;

    /// <summary>The journals.</summary>
    internal JournalDirectory Journals { get; }

    /// <summary>This session's hold on the environment's lease.</summary>
    internal SessionLease Lease { get; }

    /// <summary>The phase that runs in this session; null between phases.</summary>
    internal string? Phase { get; set; }

    /// <summary>The step that runs in this session; null between steps.</summary>
    internal string? Step { get; set; }

    /// <summary>Closes the clients. A lease that is still held is given back by a task of the session's own, which closes them when it is through;
    /// <see cref="DisposeAsync"/> waits for it.</summary>
    public void Dispose() => ending ??= EndAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await (ending ??= EndAsync());

    /// <summary>The current time of the rollout's clock.</summary>
    internal Task<DateTimeOffset> NowAsync(CancellationToken token) => World.Clock.GetNowAsync(token);

    /// <summary>The rollout that this session works on: the one it started or resumed, else the environment's active one; null when there is none.</summary>
    internal Task<RolloutJournal?> FindJournalAsync(CancellationToken token) => records.FindJournalAsync(token);

    /// <summary>Works on this rollout from now on.</summary>
    internal void Use(RolloutJournal chosen) => records.Use(chosen);

    /// <summary>The state of the rollout.</summary>
    /// <exception cref="RolloutException">NoRollout: none was started.</exception>
    internal async Task<RolloutState> StateAsync(CancellationToken token) =>
        await FindStateAsync(token) ?? throw NoRollout();

    /// <summary>The state of the rollout, also when it has ended and this session did not run it: then it is the environment's newest one.</summary>
    /// <param name="counts">Which ended rollouts count.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="RolloutException">NoRollout: there is none.</exception>
    internal async Task<RolloutState> NewestStateAsync(Func<RolloutState, bool> counts, CancellationToken token)
    {
        if (await FindStateAsync(token) is { } current) return current;
        foreach (var past in await Journals.ListAsync(Environment.Name, token))
        {
            if (await past.ReadStateAsync(token) is { } state)
            {
                if (!counts(state)) break;
                Use(past);
                return state;
            }

            past.Dispose();
        }

        throw NoRollout();
    }

    /// <summary>The state of the rollout that has put traffic where it is: one that is only prepared for a later day does not hide it.</summary>
    /// <param name="counts">Which ended rollouts count.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="RolloutException">NoRollout: there is none.</exception>
    internal async Task<RolloutState> ServingStateAsync(Func<RolloutState, bool> counts, CancellationToken token)
    {
        if (await FindStateAsync(token) is not { IsAhead: true }) return await NewestStateAsync(counts, token);
        foreach (var past in await Journals.ListAsync(Environment.Name, token))
        {
            if (await past.ReadStateAsync(token) is { IsAhead: false } state)
            {
                if (!counts(state)) break;
                Use(past);
                return state;
            }

            past.Dispose();
        }

        return await NewestStateAsync(counts, token);
    }

    /// <summary>The failure of whoever goes on with a rollout that has ended on the old version.</summary>
    internal static RolloutException Ended(RolloutState state) => state.Undo is { } undo
        ? new("RolloutEnded", RolloutErrorKind.InvalidState, $"The rollout {state.Started.Id} is being taken back by {undo.Identity}: {undo.Reason.TrimEnd('.')}.",
            "Undo-Rollout finishes it where that was interrupted.", state.Started.Id)
        : new("RolloutEnded", RolloutErrorKind.InvalidState,
        $"The rollout {state.Started.Id} has ended ({(state.Completed?.Outcome is RolloutOutcome.Stopped ? "stopped" : "rolled back")}): {(state.RolledBack?.Reason ?? state.Completed?.Summary ?? "").TrimEnd('.')}.",
        $"When the cause is understood, begin a new one on purpose: Start-Rollout {state.Started.Version} -NewAttempt.", state.Started.Id);

    /// <summary>The state of the rollout; null when none was started.</summary>
    internal Task<RolloutState?> FindStateAsync(CancellationToken token) => records.FindStateAsync(token);

    /// <summary>Records an entry in the rollout's journal; it is on disk when the task ends. Without a rollout nothing is recorded.</summary>
    /// <exception cref="LeaseLostException">Another session runs the rollout by now.</exception>
    internal async Task RecordAsync(JournalEntry entry, CancellationToken token)
    {
        if (await records.RecordAsync(entry, token)) await AfterAsync(entry, token);
    }

    /// <summary>Records an entry of the way to safety: a NoGo, or traffic on its way back. It does not fail when the journal can't be written; then
    /// the entry is kept, and recorded before the next one.</summary>
    /// <exception cref="LeaseLostException">Another session runs the rollout by now.</exception>
    internal async Task RecordOrKeepAsync(JournalEntry entry, CancellationToken token)
    {
        if (await records.RecordOrKeepAsync(entry, token)) await AfterAsync(entry, token);
    }

    /// <summary>Records what was kept, and says what could not be recorded (to nobody when null).</summary>
    internal Task HandInAsync(IShell? shell, CancellationToken token) => records.HandInAsync(shell, token);

    private async Task AfterAsync(JournalEntry entry, CancellationToken token)
    {
        if (entry is not RolloutCompleted) return;
        await RemoveSilencesAsync(token);
        await Lease.ReleaseAsync();
    }

    /// <summary>Removes the silences that the rollout has made; one that can't be removed is recorded as such and ends by itself.</summary>
    internal async Task RemoveSilencesAsync(CancellationToken token)
    {
        if (await FindStateAsync(token) is not { } state) return;
        foreach (var silence in state.Silences.Values)
        {
            var problem = "";
            try
            {
                await World.Silences.RemoveAsync(silence.Id, token);
            }
            catch (RolloutException cause)
            {
                problem = $"{cause.Message} It ends by itself at {silence.Until:u}.";
            }

            await RecordOrKeepAsync(new AlertSilenceEnded(silence.Id, problem), token);
        }
    }

    /// <summary>Waits until <paramref name="until"/> by the rollout's clock, looking around for an emergency stop and sending the messages that
    /// the plan repeats.</summary>
    /// <param name="until">End of the wait.</param>
    /// <param name="shell">Told what goes wrong with a message.</param>
    /// <param name="onSlice">Called with the time after every slice; null for none.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="RolloutStoppedException">Somebody stopped the rollout.</exception>
    internal async Task WaitUntilAsync(DateTimeOffset until, IShell shell, Action<DateTimeOffset>? onSlice, CancellationToken token)
    {
        for (var now = await NowAsync(token); ; now = await NowAsync(token))
        {
            await ThrowIfStoppedAsync(token);
            var message = await SendDueMessagesAsync(now, shell, token);
            onSlice?.Invoke(now);
            if (now >= until) return;
            DateTimeOffset[] ends = [until, now + World.Clock.Slice, message ?? until];
            await World.Clock.WaitUntilAsync(ends.Min(), token);
        }
    }

    // Only whoever runs the rollout sends them: a second shell that looks on does not.
    private async Task<DateTimeOffset?> SendDueMessagesAsync(DateTimeOffset now, IShell shell, CancellationToken token) =>
        Lease.IsHeld && await FindStateAsync(token) is { Completed: null } state ? await recurring.Value.SendDueAsync(state, now, shell, token) : null;

    /// <summary>Ends the caller when somebody has stopped the rollout or taken it back.</summary>
    /// <exception cref="RolloutStoppedException">Somebody stopped the rollout.</exception>
    /// <exception cref="RolloutException">RolloutEnded: it was taken back.</exception>
    internal async Task ThrowIfStoppedAsync(CancellationToken token)
    {
        var state = await FindStateAsync(token);
        ThrowIfEnded(state);
        await Lease.ThrowIfLostAsync(state, token);
    }

    /// <summary>Ends the caller when the state says that somebody has stopped the rollout or taken it back.</summary>
    internal static void ThrowIfEnded(RolloutState? state)
    {
        if (state is { Stop: { } stop }) throw new RolloutStoppedException(stop.Identity, stop.Reason);
        if (state is { HasComeBack: true } or { Undo: not null }) throw Ended(state);
    }

    private void OnRunspace(object? sender, RunspaceStateEventArgs change)
    {
        if (change.RunspaceStateInfo.State is RunspaceState.Closed or RunspaceState.Broken) Dispose();
    }

    private async Task EndAsync()
    {
        await Lease.ReleaseAsync();
        records.Dispose();
        World.Dispose();
        Lease.Dispose();
    }

    private string Places => Journals.IsShared ? $"journals in '{JournalPath}' and in namespace '{Environment.Namespace}'" : $"journals in '{JournalPath}'";

    private RolloutException NoRollout() => new("NoRollout", RolloutErrorKind.InvalidState,
        $"No rollout is under way in '{Environment.Name}' ({Places}).", "Run Start-Rollout -Version … first, or connect with the -JournalPath that the runbook uses.");
}
