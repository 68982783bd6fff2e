using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Core.State;
using VisionRollout.Core.Traffic;
using VisionRollout.Database;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>The way back: all traffic to the colour that was live when the rollout started, and what else can be taken back.</summary>
internal static class WayBack
{
    /// <summary>Error id of a way back that was refused: nothing was moved.</summary>
    public const string NotReady = "TrafficTargetNotReady";

    // What is asked before a way back is asked for must not hold it up.
    private static readonly TimeSpan QuestionLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WeighLimit = TimeSpan.FromSeconds(10);

    /// <summary>Puts all traffic where it was last proven good and removes the canary's header route. Safe to repeat.</summary>
    public static async Task<TrafficMove> MoveTrafficAsync(RolloutSession session, string reason, CancellationToken token, bool force = false)
    {
        return await session.Mover.MoveAsync(Target(await session.StateAsync(token), reason, force), entry => session.RecordOrKeepAsync(entry, token), token);
    }

    /// <summary>Fails when traffic would not be moved back because the new version serves more; what can't be found out is no reason.</summary>
    /// <exception cref="RolloutException">TrafficTargetNotReady.</exception>
    public static async Task RequireAsync(RolloutSession session, RolloutState state, bool force, CancellationToken token)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(QuestionLimit);
        try
        {
            var present = await session.World.Workloads.ListAsync(state.Started.FromColour, limit.Token);
            if (session.Plan.Services.All(service => present.Any(workload => workload.Service == service.Name && workload.Ready > 0))) return;
            limit.CancelAfter(WeighLimit);
            await session.Mover.RequireWayBackAsync(Target(state, "", force), limit.Token);
        }
        catch (Exception cause) when ((cause is RolloutException { Id: not NotReady } || cause is OperationCanceledException) && !token.IsCancellationRequested)
        {
            // The move itself will tell.
        }
    }

    /// <summary>Who asks for the way back; an API server that does not tell is no reason to wait with it.</summary>
    public static async Task<string> WhoAmIAsync(RolloutSession session, CancellationToken token)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(QuestionLimit);
        try
        {
            return await session.World.Objects.WhoAmIAsync(limit.Token);
        }
        catch (Exception cause) when (cause is RolloutException or OperationCanceledException && !token.IsCancellationRequested)
        {
            return $"{System.Environment.UserName}@{System.Environment.MachineName} (not authenticated)";
        }
    }

    /// <summary>Takes the whole rollout back: traffic first, then the schema where asked and possible; tells what could not be taken back.</summary>
    public static async Task<RolledBack> UndoAsync(RolloutSession session, string reason, bool withSchema, IShell shell, CancellationToken token, bool force = false)
    {
        var began = await session.NowAsync(token);
        List<string> done = [], notDone = [];
        var move = await MoveTrafficAsync(session, reason, token, force);
        notDone.AddRange(move.Unserved);
        var elapsed = await session.NowAsync(token) - began;
        done.Add($"all traffic on {move.Route.LiveColour} ({move.Confirmation})");
        var state = await session.StateAsync(token);
        if (withSchema) await UndoSchemaAsync(session, state, shell, done, notDone, token);
        else await TellSchemaAsync(session, state, notDone, token);
        if (elapsed > session.Plan.Rollback.Budget)
            shell.Warn($"The way back took {elapsed.TotalMinutes:0.#} min; the plan allows {session.Plan.Rollback.Budget.TotalMinutes:0.#} min.");
        var back = new RolledBack(reason, elapsed.TotalSeconds, done, notDone);
        await session.RecordOrKeepAsync(back, token);
        return back;
    }

    private static async Task TellSchemaAsync(RolloutSession session, RolloutState state, List<string> notDone, CancellationToken token)
    {
        foreach (var service in session.Plan.Services.Where(service => MigrationHistory.MayHaveChanged(state, service.Name)))
        {
            try
            {
                var versions = await MigrationHistory.StandingAsync(session, state, service, null, token);
                if (versions.Count > 0) notDone.Add($"schema of {service.Name}: the old version keeps working on it (migrations {string.Join(", ", versions)})");
            }
            catch (RolloutException cause)
            {
                notDone.Add($"schema of {service.Name}: its migration was interrupted, and what it applied can't be read: {cause.Message}");
            }
        }
    }

    private static async Task UndoSchemaAsync(RolloutSession session, RolloutState state, IShell shell, List<string> done, List<string> notDone, CancellationToken token)
    {
        foreach (var service in session.Plan.Services.Reverse().Where(service => MigrationHistory.MayHaveChanged(state, service.Name)))
        {
            try
            {
                var undone = await MigrationUndo.RunAsync(session, service, shell, token);
                if (undone.Versions.Count > 0) done.Add($"schema of {service.Name}: {undone.Before} → {(undone.After.Length > 0 ? undone.After : "none")}");
            }
            catch (RolloutException cause)
            {
                notDone.Add($"schema of {service.Name}: {cause.Message}");
            }
        }
    }

    private static TrafficTarget Target(RolloutState state, string reason, bool force) =>
        new(new Dictionary<string, double> { [state.Started.FromColour] = 1, [state.Started.ToColour] = 0 }, null, reason, IsWayBack: true) { IsForced = force };
}
