using System.Globalization;
using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Metrics;
using VisionRollout.Core.Plan;
using VisionRollout.Core.Workloads;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Removes the old colour when its retention is over: first its pods, then, when nobody misses them, its Deployments.</summary>
/// <remarks>Refuses before keep-until, and while the route, the canary header or any request still leads there. Until the last step the pods are
/// brought back when anything speaks against it; after it there is no way back but a new rollout.</remarks>
/// <example><code>Clear-Environment green -WhatIf</code><para>Tells whether green could go, and what would be removed.</para></example>
[Cmdlet(VerbsCommon.Clear, "Environment", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(EnvironmentCleared))]
public sealed class ClearEnvironment : SessionCmdlet
{
    private const string Activity = "Clearing the environment";
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PodsLimit = TimeSpan.FromMinutes(10);

    /// <summary>Colour to remove. Default: the one that does not serve.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(ColourCompleter))]
    public string? Colour { get; set; }

    /// <summary>How long no request must have been seen, and how long it is watched without its pods before they go for good.</summary>
    [Parameter]
    public TimeSpan Quiet { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Also where no metric server can tell that nothing is seen there, or where nobody has said until when it is kept.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var session = Current;
        var colour = "";
        IReadOnlyList<Workload> workloads = [];
        Run(async (_, token) =>
        {
            colour = Colour is null ? session.Plan.Colours.Other((await session.World.Router.ReadAsync(token)).LiveColour) : session.Plan.GetColour(Colour);
            workloads = await session.World.Workloads.ListAsync(colour, token);
            if (workloads.Count > 0) await RequireUnusedAsync(session, colour, workloads, token);
        });
        if (workloads.Count == 0 || !ShouldProcess($"{string.Join(", ", workloads.Select(item => item.Deployment))} in {session.Environment.Namespace}", $"Remove {colour} for good")) return;
        Run((shell, token) => ClearAsync(session, colour, [.. workloads.Reverse()], shell, token));
    }

    private async Task RequireUnusedAsync(RolloutSession session, string colour, IReadOnlyList<Workload> workloads, CancellationToken token)
    {
        if (await session.FindStateAsync(token) is { Completed: null } state)
            throw Refused("RolloutUnderWay", colour, $"the rollout {state.Started.Id} is under way", "Finish it or take it back first.");
        await RequireOffRouteAsync(session, colour, token);
        var now = await session.NowAsync(token);
        foreach (var workload in workloads)
        {
            if (!workload.Annotations.TryGetValue(ProtectEnvironment.Annotation, out var text))
            {
                if (Force) continue;
                throw Refused("RetentionUnknown", colour, $"Deployment '{workload.Deployment}' has no annotation {ProtectEnvironment.Annotation}", "Run Protect-Environment first, or pass -Force when it was never to be kept.");
            }

            if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until))
                throw Refused("RetentionUnknown", colour, $"Deployment '{workload.Deployment}' is kept until '{text}', which is no time", "Write it as RFC 3339, e.g. 2026-11-24T13:00:00Z.");
            if (until > now) throw Refused("RetentionRuns", colour, $"Deployment '{workload.Deployment}' is kept until {until.UtcDateTime:u}", "Wait until then, or change the annotation on purpose.");
        }

        await RequireNoTrafficAsync(session, colour, now - Quiet, token);
    }

    private static async Task RequireOffRouteAsync(RolloutSession session, string colour, CancellationToken token)
    {
        var route = await session.World.Router.ReadAsync(token);
        var isHeader = (route.Parts.Count > 0 ? route.Parts : [route]).Any(part => part.HeaderColour == colour);
        if (route.Weights.GetValueOrDefault(colour) > 0 || isHeader)
            throw Refused("ColourServes", colour, isHeader ? "the canary header leads there" : $"it has {route.Weights[colour]:P0} of the traffic", "Move the traffic away first (Switch-Traffic).");
    }

    private async Task RequireNoTrafficAsync(RolloutSession session, string colour, DateTimeOffset since, CancellationToken token)
    {
        if (session.Environment.Endpoints.Prometheus is null)
        {
            if (Force) return;
            throw Refused("TrafficUnknown", colour, "without a metric server nobody knows whether requests still arrive there", "Name Endpoints.Prometheus of the environment in the plan, or pass -Force when you know it otherwise.");
        }

        var names = session.Plan.Services.Select(service => service.Deployments[colour]).ToList();
        var earlier = await session.World.Metrics.ReadAsync(names, since, token);
        var later = await session.World.Metrics.ReadAsync(names, await session.NowAsync(token), token);
        var seen = RequestDelta.Between(earlier, later).Where(pair => pair.Value > 0).ToList();
        if (seen.Count > 0)
            throw Refused("TrafficSeen", colour, $"requests still arrive: {string.Join(", ", seen.Select(pair => $"{pair.Key} {pair.Value:0}"))} since {since.UtcDateTime:u}", "Find out who still sends there (a client that goes past the gateway, a job), then try again.");
    }

    private async Task ClearAsync(RolloutSession session, string colour, IReadOnlyList<Workload> workloads, IShell shell, CancellationToken token)
    {
        try
        {
            foreach (var workload in workloads) await session.World.Workloads.ScaleAsync(workload.Deployment, 0, token);
            var gone = await AwaitNoPodsAsync(session, colour, shell, token);
            shell.Progress(Activity, $"{colour} has no pods; watching for {Quiet.TotalMinutes:0.#} min before it goes for good");
            await session.WaitUntilAsync(gone + Quiet, shell, null, token);
            await RequireOffRouteAsync(session, colour, token);
            await RequireNoTrafficAsync(session, colour, gone, token);
        }
        catch (Exception cause) when (cause is RolloutException or OperationCanceledException)
        {
            await BringBackAsync(session, workloads, shell);
            throw;
        }

        foreach (var workload in workloads)
        {
            shell.Progress(Activity, $"removing {workload.Deployment}");
            await session.World.Workloads.DeleteAsync(workload.Deployment, token);
        }

        shell.Progress(Activity, "", done: true);
        var entry = new EnvironmentCleared(colour, [.. workloads.Select(item => item.Deployment)]);
        await RecordAsync(session, entry, token);
        shell.Write(entry);
    }

    private static async Task<DateTimeOffset> AwaitNoPodsAsync(RolloutSession session, string colour, IShell shell, CancellationToken token)
    {
        for (var (now, limit) = (await session.NowAsync(token), await session.NowAsync(token) + PodsLimit); ; now = await session.NowAsync(token))
        {
            var pods = await session.World.Workloads.ListPodsAsync(colour, token);
            if (pods.Count == 0) return now;
            if (now >= limit) throw new RolloutException("PodsRemain", RolloutErrorKind.Timeout, $"{pods.Count} pods of {colour} have not ended in {PodsLimit.TotalMinutes:0} min, e.g. '{pods[0].Name}'.", "Look at their events (kubectl describe pod), then try again.", pods[0].Name);
            shell.Progress(Activity, $"{pods.Count} pods of {colour} are ending");
            await session.WaitUntilAsync(now + Poll, shell, null, token);
        }
    }

    // Also after Ctrl-C: whoever interrupts wants the way back, not half of it.
    private static async Task BringBackAsync(RolloutSession session, IReadOnlyList<Workload> workloads, IShell shell)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        foreach (var workload in workloads)
        {
            try
            {
                await session.World.Workloads.ScaleAsync(workload.Deployment, workload.Desired, limit.Token);
            }
            catch (Exception cause) when (cause is RolloutException or OperationCanceledException)
            {
                shell.Warn($"Deployment '{workload.Deployment}' could not be given its {workload.Desired} pods back: {cause.Message}");
            }
        }
    }

    // The rollout that it ends has been signed off: its journal is told all the same, where there is one.
    private static async Task RecordAsync(RolloutSession session, EnvironmentCleared entry, CancellationToken token)
    {
        try
        {
            await session.NewestStateAsync(_ => true, token);
        }
        catch (RolloutException cause) when (cause.Id == "NoRollout")
        {
            await session.Lease.ReleaseAsync();
            return;
        }

        await session.RecordAsync(entry, token);
        await session.Lease.ReleaseAsync();
    }

    private static RolloutException Refused(string id, string colour, string why, string remedy) =>
        new(id, RolloutErrorKind.InvalidState, $"{colour} can't be removed: {why}.", remedy, colour);
}
