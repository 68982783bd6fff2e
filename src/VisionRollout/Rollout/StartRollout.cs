using System.Management.Automation;
using VisionRollout.Core.Alerts;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Starts a rollout, or resumes the one that is under way in the environment.</summary>
/// <remarks>The colours come from the traffic route as it stands, never from an assumption. When a rollout of the same version is under way
/// (or was completed and nothing has changed since), it is resumed: steps that its journal shows as completed are not repeated.
/// With -Day ahead it is only prepared: checklists can be confirmed and notices sent, and the next start takes plan, colours, versions and
/// alerts anew, as long as no phase has started.
/// A rollout that was stopped or rolled back is not begun again on the same day by merely starting it again (error id RolloutEnded).</remarks>
/// <example><code>Start-Rollout -Version v1.1.0</code><para>Starts or resumes the rollout of v1.1.0.</para></example>
/// <example><code>Start-Rollout -Version v1.1.0 -Day 2026-11-26</code><para>Days ahead: prepares the rollout of that day.</para></example>
/// <example><code>Start-Rollout -Version v1.1.0 -NewAttempt</code><para>Begins once more after a rollback, the cause being understood.</para></example>
[Cmdlet(VerbsLifecycle.Start, "Rollout", SupportsShouldProcess = true)]
[OutputType(typeof(RolloutInfo))]
public sealed class StartRollout : SessionCmdlet
{
    /// <summary>Version to roll out: the image tag. Default: the plan's.</summary>
    [Parameter(Position = 0)]
    [ValidatePattern("^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$")]
    public string? Version { get; set; }

    /// <summary>Day of the timeline (UTC). Default: today by the rollout's clock.</summary>
    [Parameter]
    public DateTime? Day { get; set; }

    /// <summary>Resumes although the plan has changed since the rollout started.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Begins a new rollout although one of the same version was stopped or rolled back on the same day.</summary>
    [Parameter]
    public SwitchParameter NewAttempt { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var session = Current;
        var version = Version ?? session.Plan.Version;
        if (version is null)
            ThrowTerminatingError(ErrorRecords.From(new RolloutException("VersionMissing", RolloutErrorKind.InvalidInput, "No version was given and the plan names none.", "Pass -Version, e.g. Start-Rollout -Version v1.1.0.")));
        if (!ShouldProcess($"{session.Environment.Name} ({session.Environment.Namespace})", $"Start or resume the rollout of {version}")) return;
        Run(async (shell, token) =>
        {
            await session.Lease.AcquireAsync(takeOver: false, shell, token);
            try
            {
                var journal = await FindResumableAsync(session, version!, token);
                if (journal is null) await StartAsync(session, version!, shell, token);
                else await ResumeAsync(session, journal, shell, token);
                await session.Lease.RecordAsync(token);
            }
            catch
            {
                await session.Lease.ReleaseAsync();
                throw;
            }

            await TellFallbacksAsync(session, shell, token);
            var current = await session.FindJournalAsync(token);
            shell.Write(RolloutInfo.From(await session.StateAsync(token), current!.Location));
        });
    }

    private async Task<RolloutJournal?> FindResumableAsync(RolloutSession session, string version, CancellationToken token)
    {
        foreach (var journal in await session.Journals.ListAsync(session.Environment.Name, token))
        {
            if (await journal.ReadStateAsync(token) is not { } state) continue;
            var same = state.Started.Version == version;
            if (!same && state.IsAhead) continue; // another version's day is still to come
            // Also one that was stopped or taken back after its sign-off by a shell that did not come to its end.
            if (same && (state.Completed is null || state is { Stop: not null, HasComeBack: false } or { Undo: not null })) return journal;
            if (same && !state.HasComeBack && await IsLiveAsync(session, version, token)) return journal;
            if (state.Completed is null)
            {
                throw new RolloutException("RolloutUnderWay", RolloutErrorKind.Conflict,
                    $"A rollout of {state.Started.Version} is under way in '{session.Environment.Name}' since {state.StartedAt:u}, started by {state.Started.StartedBy} (journal '{journal.Location}').",
                    "Finish it with its own runbook, or take it back with Undo-Rollout or Stop-Rollout, before another version is started.", version);
            }

            if (same && state.HasComeBack && !NewAttempt && state.Started.Day == await DayAsync(session, token))
            {
                // The caller's next look is at this rollout: its status, its report, its exit code.
                session.Use(journal);
                throw RolloutSession.Ended(state);
            }

            journal.Dispose();
            break;
        }

        return null;
    }

    private async Task<DateOnly> DayAsync(RolloutSession session, CancellationToken token) => DateOnly.FromDateTime(Day ?? (await session.NowAsync(token)).UtcDateTime);

    /// <summary>A fallback that an earlier contingency has switched on is switched off by people, when its cause is gone.</summary>
    private static async Task TellFallbacksAsync(RolloutSession session, IShell shell, CancellationToken token)
    {
        foreach (var service in session.Plan.Services.Where(service => service.Fallback is not null))
        {
            var fallback = service.Fallback!;
            try
            {
                if (await session.World.Objects.ReadConfigurationAsync(fallback.ConfigMap, fallback.Key, token) == fallback.On)
                    shell.Warn($"The fallback of {service.Name} is on: {fallback.Key} in ConfigMap {fallback.ConfigMap} is '{fallback.On}'. Set it to '{fallback.Off}' when its cause is gone.");
            }
            catch (RolloutException cause)
            {
                shell.Verbose($"Whether the fallback of {service.Name} is on is not known: {cause.Message}");
            }
        }
    }

    private static async Task<bool> IsLiveAsync(RolloutSession session, string version, CancellationToken token)
    {
        var route = await session.World.Router.ReadAsync(token);
        return (await session.World.Workloads.ListAsync(route.LiveColour, token)).All(workload => workload.Version == version);
    }

    /// <summary>Says which canary stages can't be decided at the present traffic, and refuses to start where the plan says so.</summary>
    private static async Task CheckFeasibilityAsync(RolloutSession session, DateOnly day, DateTimeOffset now, IShell shell, CancellationToken token)
    {
        if (day > DateOnly.FromDateTime(now.UtcDateTime)) return; // today's traffic says nothing about that day's
        List<string> doubts;
        try
        {
            doubts = session.Environment.Endpoints.Prometheus is null ? ["the environment has no Endpoints.Prometheus, so no canary stage is ever decided"]
                : [.. (await new FeasibilityCheck(session, session.Plan).StagesAsync(token)).Where(stage => !stage.Decidable).Select(stage => $"{stage.Percent} %: {stage.Reason}")];
        }
        catch (RolloutException cause) when (cause.Id == "FeasibilityUnknown" || cause.Kind == RolloutErrorKind.Unavailable)
        {
            doubts = [cause.Message];
        }

        if (doubts.Count == 0) return;
        var text = $"The canary can't be decided as planned. {string.Join(" / ", doubts)}";
        if (session.Plan.Canary.WhenUndecidable == UndecidableAction.Refuse)
            throw new RolloutException("CanaryUndecidable", RolloutErrorKind.InvalidState, text, "Change the dwell, the weights or the histogram's edges, or start when there is more traffic. Test-RolloutPlan -Feasibility shows each stage.", session.Plan.Path);
        shell.Warn(text);
    }

    private async Task StartAsync(RolloutSession session, string version, IShell shell, CancellationToken token)
    {
        var (live, fromVersion) = await FindLiveAsync(session, version, token);
        var (now, day) = (await session.NowAsync(token), await DayAsync(session, token));
        await CheckFeasibilityAsync(session, day, now, shell, token);
        var id = $"{now.UtcDateTime:yyyyMMdd-HHmmss}-{version}";
        var journal = session.Journals.Create(session.Environment.Name, id);
        await journal.AppendAsync(await DescribeAsync(session, id, version, live, fromVersion, day, token), now, token);
        session.Use(journal);
    }

    /// <summary>Starts what was prepared on an earlier day: from the colours, versions and alerts of now. What was confirmed and sent stays.</summary>
    private async Task BeginAsync(RolloutSession session, RolloutState state, IShell shell, CancellationToken token)
    {
        var (live, fromVersion) = await FindLiveAsync(session, state.Started.Version, token);
        var day = Day is { } given ? DateOnly.FromDateTime(given) : state.Started.Day;
        await CheckFeasibilityAsync(session, day, await session.NowAsync(token), shell, token);
        await session.RecordAsync(await DescribeAsync(session, state.Started.Id, state.Started.Version, live, fromVersion, day, token), token);
    }

    private static async Task<RolloutStarted> DescribeAsync(RolloutSession session, string id, string version, string live, string fromVersion, DateOnly day, CancellationToken token)
    {
        IReadOnlyList<ActiveAlert> alerts = session.Environment.Endpoints.Alertmanager is null ? [] : await session.World.Alerts.ReadAsync(token);
        return new RolloutStarted(id, session.Plan.Name, session.Plan.Path, session.Plan.Hash, session.Environment.Name, version, fromVersion,
            live, session.Plan.Colours.Other(live), day, await session.World.Objects.WhoAmIAsync(token), [.. alerts.Select(alert => alert.Fingerprint)]);
    }

    /// <summary>The colour that serves everything, and its version.</summary>
    private static async Task<(string Colour, string Version)> FindLiveAsync(RolloutSession session, string version, CancellationToken token)
    {
        var route = await session.World.Router.ReadAsync(token);
        var live = route.LiveColour;
        if (route.Weights.Any(pair => pair.Key != live && pair.Value > 0))
        {
            throw new RolloutException("TrafficSplit", RolloutErrorKind.InvalidState, $"The route '{route.Name}' splits traffic ({RolloutInfo.Weights(route.Weights)}) and no rollout is recorded.",
                "Somebody else has moved it. Put all traffic on one colour (Switch-Traffic) before a rollout starts.", route.Name);
        }

        var workloads = await session.World.Workloads.ListAsync(live, token);
        var missing = session.Plan.Services.Where(service => workloads.All(workload => workload.Service != service.Name)).Select(service => service.Deployments[live]).ToList();
        if (missing.Count > 0)
        {
            throw new RolloutException("DeploymentMissing", RolloutErrorKind.NotFound, $"The live colour {live} lacks the Deployment{(missing.Count > 1 ? "s" : "")} {string.Join(", ", missing)} in namespace '{session.Environment.Namespace}'.",
                "Correct Services.Deployments in the plan, or the namespace.", missing[0]);
        }

        var versions = workloads.Select(workload => workload.Version).Distinct().ToList();
        if (versions is [var only] && only == version)
            throw new RolloutException("AlreadyLive", RolloutErrorKind.InvalidState, $"Version {version} is already live in '{session.Environment.Name}' ({live}).", "Nothing is to be done; pass another -Version to roll out.", version);
        return (live, string.Join("+", versions));
    }

    private async Task ResumeAsync(RolloutSession session, RolloutJournal journal, IShell shell, CancellationToken token)
    {
        var state = (await journal.ReadStateAsync(token))!;
        // One that was stopped and is then taken back (with its schema, say) is finished as that.
        if (state.Undo is { } undo)
        {
            session.Use(journal);
            await FinishUndoAsync(session, state, undo with { Force = undo.Force || state.Stop is { Force: true } }, shell, token);
            throw RolloutSession.Ended(await session.StateAsync(token));
        }

        if (state.Stop is { } stop)
        {
            session.Use(journal);
            await FinishStopAsync(session, state, stop, shell, token);
            throw new RolloutStoppedException(stop.Identity, stop.Reason);
        }

        if (state.IsPreparation && (state.IsAhead || state.StartedAt.UtcDateTime.Date != (await session.NowAsync(token)).UtcDateTime.Date))
        {
            session.Use(journal);
            await BeginAsync(session, state, shell, token);
            return;
        }

        if (state.Started.PlanHash != session.Plan.Hash && !Force)
        {
            throw new RolloutException("PlanChanged", RolloutErrorKind.Conflict, $"The plan '{session.Plan.Path}' has changed since the rollout {state.Started.Id} started.",
                "Restore the plan that it started with, or resume with -Force when the change is meant for this rollout.", session.Plan.Path);
        }

        session.Use(journal);
        if (state.Completed is null) await session.RecordAsync(new RolloutResumed(await session.World.Objects.WhoAmIAsync(token), session.Plan.Hash), token);
        shell.Verbose($"Resuming rollout {state.Started.Id}: {state.Steps.Count(step => step.Status == ActivityStatus.Completed)} steps are done.");
    }

    // Whoever took it back did not come to their end.
    private static async Task FinishUndoAsync(RolloutSession session, RolloutState state, RollbackRequested undo, IShell shell, CancellationToken token)
    {
        RolledBack back;
        try
        {
            back = await WayBack.UndoAsync(session, undo.Reason, undo.IncludeSchema, shell, token, undo.Force);
        }
        catch (RolloutException cause) when (cause.Id == WayBack.NotReady)
        {
            // Nothing was moved: people decide, and the next start goes on.
            await session.RecordOrKeepAsync(new RollbackRefused(cause.Message), token);
            throw;
        }

        if (state.Completed is null) await session.RecordOrKeepAsync(new RolloutCompleted(RolloutOutcome.RolledBack, $"{undo.Reason}: {string.Join("; ", back.Done)}"), token);
        await session.HandInAsync(shell, token);
    }

    // The stopping shell asked for it and did not come to its end: traffic is put back here.
    private static async Task FinishStopAsync(RolloutSession session, RolloutState state, StopRequested stop, IShell shell, CancellationToken token)
    {
        if (state.HasComeBack) return;
        await WayBack.UndoAsync(session, stop.Reason, withSchema: false, shell, token, stop.Force);
        if (state.Completed is null) await session.RecordOrKeepAsync(new RolloutCompleted(RolloutOutcome.Stopped, $"Emergency stop: {stop.Reason}"), token);
        await session.HandInAsync(shell, token);
    }
}
