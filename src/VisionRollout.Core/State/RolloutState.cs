using System.Collections.Immutable;
using VisionRollout.Core.Canary;
using VisionRollout.Core.Databases.Migrations;
using VisionRollout.Core.Evidence;
using VisionRollout.Core.Journal;

namespace VisionRollout.Core.State;

/// <summary>A rollout as its journal tells it.</summary>
public sealed record RolloutState
{
    /// <summary>How it started.</summary>
    public required RolloutStarted Started { get; init; }

    /// <summary>When it started (UTC).</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Number of the last record.</summary>
    public long LastSequence { get; init; }

    /// <summary>Time of the last record (UTC).</summary>
    public DateTimeOffset LastAt { get; init; }

    /// <summary>How often it was resumed.</summary>
    public int Resumes { get; init; }

    /// <summary>How it ended; null while it runs.</summary>
    public RolloutCompleted? Completed { get; init; }

    /// <summary>Phases in the order in which they were started.</summary>
    public ImmutableList<PhaseState> Phases { get; init; } = [];

    /// <summary>Steps in the order in which they were started.</summary>
    public ImmutableList<StepState> Steps { get; init; } = [];

    /// <summary>Gates by name.</summary>
    public ImmutableDictionary<string, GateState> Gates { get; init; } = ImmutableDictionary.Create<string, GateState>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The last confirmed move of traffic; null before the first.</summary>
    public TrafficMoved? Traffic { get; init; }

    /// <summary>The move that was begun last, when it is not confirmed yet.</summary>
    public TrafficMoving? Moving { get; init; }

    /// <summary>True once a move has led any traffic to the new version, or was about to.</summary>
    public bool NewVersionHadTraffic { get; init; }

    /// <summary>When traffic was last moved (UTC).</summary>
    public DateTimeOffset? TrafficAt { get; init; }

    /// <summary>The canary stage that runs or ran last; null before the first.</summary>
    public CanaryStageStarted? Stage { get; init; }

    /// <summary>When that stage began (UTC).</summary>
    public DateTimeOffset? StageAt { get; init; }

    /// <summary>How that stage ended; null while it runs.</summary>
    public CanaryStageEnded? StageEnd { get; init; }

    /// <summary>Newest sample of the canary.</summary>
    public CanarySample? Sample { get; init; }

    /// <summary>Keys of the messages that were sent.</summary>
    public ImmutableHashSet<string> Messages { get; init; } = [];

    /// <summary>Confirmed items as <c>checklist/item</c>.</summary>
    public ImmutableHashSet<string> Confirmed { get; init; } = ImmutableHashSet.Create<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Versions that this rollout has applied and not taken back, oldest first, by service.</summary>
    public ImmutableDictionary<string, ImmutableList<string>> Migrations { get; init; } = ImmutableDictionary.Create<string, ImmutableList<string>>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether migrations can be taken back, by version, by service: as far as they had a preflight, the newest one wins.</summary>
    public ImmutableDictionary<string, ImmutableDictionary<string, MigrationClass>> MigrationClasses { get; init; } =
        ImmutableDictionary.Create<string, ImmutableDictionary<string, MigrationClass>>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Migration commands whose end nobody has recorded, the first one of each service.</summary>
    public ImmutableDictionary<string, MigrationsStarting> OpenMigrations { get; init; } = ImmutableDictionary.Create<string, MigrationsStarting>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Backups of this rollout by service, newest wins.</summary>
    public ImmutableDictionary<string, BackupTaken> Backups { get; init; } = ImmutableDictionary.Create<string, BackupTaken>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Answer of the newest test restore that decided, by backup location; one that was hindered stands only where there is no other.</summary>
    public ImmutableDictionary<string, BackupVerified> Verifications { get; init; } = ImmutableDictionary.Create<string, BackupVerified>(StringComparer.Ordinal);

    /// <summary>The request for an emergency stop; null when there is none.</summary>
    public StopRequested? Stop { get; init; }

    /// <summary>The request to take the rollout back that was not carried out to its end yet; null when there is none.</summary>
    public RollbackRequested? Undo { get; init; }

    /// <summary>The rollback; null when there was none.</summary>
    public RolledBack? RolledBack { get; init; }

    /// <summary>True when it has ended on the old version: stopped, rolled back, or taken back after its sign-off.</summary>
    public bool HasComeBack => Completed is { } end && (end.Outcome != RolloutOutcome.Succeeded || RolledBack is not null);

    /// <summary>True as long as nothing was done in the environment: no phase has started, nothing was backed up, migrated or moved.</summary>
    public bool IsPreparation => Completed is null && Phases.IsEmpty && Backups.IsEmpty && Migrations.IsEmpty && OpenMigrations.IsEmpty && Stage is null && Traffic is null;

    /// <summary>True for a preparation on a day before the rollout's.</summary>
    public bool IsAhead => IsPreparation && DateOnly.FromDateTime(StartedAt.UtcDateTime) < Started.Day;

    /// <summary>The contingency that was started last; null when there was none.</summary>
    public ContingencyStarted? Contingency { get; init; }

    /// <summary>The newest measurement of the success criteria; null before.</summary>
    public SuccessMeasured? Success { get; init; }

    /// <summary>When that was (UTC).</summary>
    public DateTimeOffset? SuccessAt { get; init; }

    /// <summary>Success criteria that a decider has accepted although they are broken or can't be shown, by name.</summary>
    public ImmutableDictionary<string, CriterionAccepted> Accepted { get; init; } = ImmutableDictionary.Create<string, CriterionAccepted>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Silences of alerts that this rollout has made and not removed, by identity.</summary>
    public ImmutableDictionary<string, AlertSilenced> Silences { get; init; } = ImmutableDictionary<string, AlertSilenced>.Empty;

    /// <summary>Until when the old colour is kept (UTC); null before.</summary>
    public DateTimeOffset? KeepUntil { get; init; }

    /// <summary>The newest forecast of the way back; null before the first.</summary>
    public RollbackForecasted? Forecast { get; init; }

    /// <summary>The longest confirmed move of traffic so far; null before the first.</summary>
    public TimeSpan? SlowestMove { get; init; }

    /// <summary>Who got the environment's lease last; null when nobody did.</summary>
    public LeaseAcquired? Lease { get; init; }

    /// <summary>Folds a journal; null when it holds no start.</summary>
    public static RolloutState? From(IEnumerable<JournalRecord> records) => records.Aggregate((RolloutState?)null, Fold);

    /// <summary>Folds one more record; null as long as there is no start.</summary>
    public static RolloutState? Fold(RolloutState? state, JournalRecord record)
    {
        var next = record.Entry is RolloutStarted started
            ? (state ?? new RolloutState { Started = started, StartedAt = record.At }) with { Started = started, StartedAt = record.At }
            : state?.Apply(record);
        return next is null ? null : next with { LastSequence = record.Sequence, LastAt = record.At };
    }

    /// <summary>Finds a step; null when it was never started.</summary>
    public StepState? FindStep(string phase, string step) => Steps.Find(item => Same(item.Phase, phase) && Same(item.Step, step));

    /// <summary>Finds a phase; null when it was never started.</summary>
    public PhaseState? FindPhase(string phase) => Phases.Find(item => Same(item.Phase, phase));

    /// <summary>True when a decider has accepted what a success criterion shows.</summary>
    public bool IsAccepted(Finding finding) => Accepted.GetValueOrDefault(finding.Criterion)?.Covers(finding) == true;

    /// <summary>Finds a gate; an untouched one when nothing was recorded for it.</summary>
    public GateState FindGate(string gate) => Gates.GetValueOrDefault(gate) ?? new GateState { Gate = gate };

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private RolloutState Apply(JournalRecord record) => record.Entry switch
    {
        RolloutResumed => this with { Resumes = Resumes + 1 },
        RolloutCompleted completed => this with { Completed = completed, Undo = null },
        PhaseStarted or PhaseCompleted or PhaseFailed => ApplyPhase(record),
        StepStarted or StepCompleted or StepFailed => ApplyStep(record),
        GateOpened or GateApproved or GateDenied or GateDecided or ApprovalsExpired => ApplyGate(record),
        TrafficMoving moving => this with { Moving = moving, NewVersionHadTraffic = NewVersionHadTraffic || Leads(moving.Weights, moving.HeaderColour) },
        TrafficMoved moved => this with { Traffic = moved, Moving = null, NewVersionHadTraffic = NewVersionHadTraffic || Leads(moved.Weights, moved.HeaderColour), TrafficAt = record.At, SlowestMove = Longer(SlowestMove, TimeSpan.FromSeconds(moved.Seconds)) },
        RollbackForecasted forecast => this with { Forecast = forecast },
        CanaryStageStarted stage => this with { Stage = stage, StageAt = record.At, StageEnd = null },
        CanarySampled sampled => this with { Sample = sampled.Sample },
        CanaryStageEnded ended => this with { StageEnd = ended },
        MessageSent sent => this with { Messages = Messages.Add(sent.Key) },
        ChecklistConfirmed confirmed => this with { Confirmed = Confirmed.Add($"{confirmed.Checklist}/{confirmed.Item}") },
        BackupTaken taken => this with { Backups = Backups.SetItem(taken.Service, taken) },
        BackupVerified { Verdict: Verdict.Undecided } hindered => this with { Verifications = KeepsDecided(hindered.Location) ? Verifications : Verifications.SetItem(hindered.Location, hindered) },
        BackupVerified verified => this with { Verifications = Verifications.SetItem(verified.Location, verified) },
        MigrationsPreflighted preflighted => this with { MigrationClasses = MigrationClasses.SetItem(preflighted.Service,
            (MigrationClasses.GetValueOrDefault(preflighted.Service) ?? ImmutableDictionary<string, MigrationClass>.Empty).SetItems(preflighted.Migrations.Select(item => KeyValuePair.Create(item.Version, item)))) },
        MigrationsStarting or MigrationsApplied or MigrationsUndone => ApplyMigrations(record.Entry),
        StopRequested stop => this with { Stop = stop },
        RollbackRequested undo => this with { Undo = undo },
        RollbackRefused => this with { Undo = null },
        // One that has not ended yet is taken back when it stands as ended.
        RolledBack back => this with { RolledBack = back, Undo = Completed is null ? Undo : null },
        ContingencyStarted contingency => this with { Contingency = contingency },
        SuccessMeasured success => this with { Success = success, SuccessAt = record.At },
        CriterionAccepted accepted => this with { Accepted = Accepted.SetItem(accepted.Criterion, accepted) },
        AlertSilenced silenced => this with { Silences = Silences.SetItem(silenced.Id, silenced) },
        AlertSilenceEnded ended => this with { Silences = Silences.Remove(ended.Id) },
        LeaseAcquired lease => this with { Lease = lease },
        EnvironmentProtected protection => this with { KeepUntil = protection.KeepUntil },
        _ => this,
    };

    private bool Leads(IReadOnlyDictionary<string, double> weights, string? header) => weights.GetValueOrDefault(Started.ToColour) > 0 || (header is not null && Same(header, Started.ToColour));

    private bool KeepsDecided(string location) => Verifications.GetValueOrDefault(location) is { Verdict: not Verdict.Undecided };

    private static TimeSpan Longer(TimeSpan? one, TimeSpan other) => one > other ? one.Value : other;

    private RolloutState ApplyPhase(JournalRecord record) => record.Entry switch
    {
        PhaseStarted started => this with { Phases = Put(Phases, item => Same(item.Phase, started.Phase), old => old is null
            ? NewPhase(started.Phase, record)
            : old with { Status = ActivityStatus.Running, EndedAt = null, Error = "", Trigger = "" }) },
        PhaseCompleted completed => this with { Phases = Put(Phases, item => Same(item.Phase, completed.Phase), old => (old ?? NewPhase(completed.Phase, record)) with { Status = ActivityStatus.Completed, EndedAt = record.At }) },
        PhaseFailed failed => this with { Phases = Put(Phases, item => Same(item.Phase, failed.Phase), old => (old ?? NewPhase(failed.Phase, record)) with { Status = ActivityStatus.Failed, EndedAt = record.At, Error = failed.Error, Trigger = failed.Trigger }) },
        _ => this,
    };

    private RolloutState ApplyStep(JournalRecord record) => record.Entry switch
    {
        StepStarted started => this with { Steps = Put(Steps, IsStep(started.Phase, started.Step), old => NewStep(started.Phase, started.Step, record) with { Attempts = (old?.Attempts ?? 0) + 1 }) },
        StepCompleted completed => this with { Steps = Put(Steps, IsStep(completed.Phase, completed.Step), old => (old ?? NewStep(completed.Phase, completed.Step, record)) with { Status = ActivityStatus.Completed, EndedAt = record.At, Output = completed.Output }) },
        StepFailed failed => this with { Steps = Put(Steps, IsStep(failed.Phase, failed.Step), old => (old ?? NewStep(failed.Phase, failed.Step, record)) with { Status = ActivityStatus.Failed, EndedAt = record.At, Failure = failed }) },
        _ => this,
    };

    private RolloutState ApplyGate(JournalRecord record) => record.Entry switch
    {
        GateOpened opened => WithGate(opened.Gate, gate => gate with { Opened = opened, OpenedAt = record.At, Decision = null }),
        GateApproved approved => WithGate(approved.Gate, gate => gate with { Approvals = [.. gate.Approvals, (record.At, approved)] }),
        ApprovalsExpired expired => WithGate(expired.Gate, gate => gate with { Approvals = [.. gate.Approvals.Where(item => !expired.Covers(item.Approval, record.At))], Expired = expired.Reason, Expiries = gate.Expiries + 1 }),
        GateDenied denied => WithGate(denied.Gate, gate => gate with { Denial = gate.Denial ?? denied }),
        GateDecided decided => WithGate(decided.Gate, gate => gate with { Decision = decided }),
        _ => this,
    };

    private RolloutState ApplyMigrations(JournalEntry entry) => entry switch
    {
        MigrationsStarting starting => OpenMigrations.ContainsKey(starting.Service) ? this : this with { OpenMigrations = OpenMigrations.Add(starting.Service, starting) },
        MigrationsApplied applied => this with
        {
            Migrations = Migrations.SetItem(applied.Service, (Migrations.GetValueOrDefault(applied.Service) ?? []).AddRange(applied.Versions)),
            OpenMigrations = applied.Interrupted ? OpenMigrations : OpenMigrations.Remove(applied.Service),
        },
        MigrationsUndone undone => this with { Migrations = Migrations.SetItem(undone.Service, (Migrations.GetValueOrDefault(undone.Service) ?? []).RemoveAll(undone.Versions.Contains)) },
        _ => this,
    };

    private RolloutState WithGate(string name, Func<GateState, GateState> change) => this with { Gates = Gates.SetItem(name, change(FindGate(name))) };

    private static PhaseState NewPhase(string phase, JournalRecord record) => new() { Phase = phase, Status = ActivityStatus.Running, StartedAt = record.At };

    private static StepState NewStep(string phase, string step, JournalRecord record) => new() { Phase = phase, Step = step, Status = ActivityStatus.Running, StartedAt = record.At };

    private static Predicate<StepState> IsStep(string phase, string step) => item => Same(item.Phase, phase) && Same(item.Step, step);

    private static ImmutableList<T> Put<T>(ImmutableList<T> list, Predicate<T> match, Func<T?, T> change)
        where T : class
    {
        var index = list.FindIndex(match);
        return index < 0 ? list.Add(change(null)) : list.SetItem(index, change(list[index]));
    }
}
