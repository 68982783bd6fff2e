using VisionRollout.Core.Databases;
using VisionRollout.Core.Databases.Migrations;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Database;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Takes the migrations of this rollout back for one service, in a pod of the version that is live, and records it.</summary>
internal static class MigrationUndo
{
    public static async Task<MigrationsUndone> RunAsync(RolloutSession session, PlanService service, IShell shell, CancellationToken token)
    {
        var request = new MigrationRequest { Service = service, Deployment = service.Deployments[(await session.StateAsync(token)).Started.FromColour], OnLine = shell.Verbose };
        await MigrationHistory.SettleAsync(session, request, token);
        var state = await session.StateAsync(token);
        var standing = state.Migrations.GetValueOrDefault(service.Name) ?? [];
        UndoPolicy.Require(state, service.Name, standing, allowDataLoss: false);
        var result = await OutputRecorder.RunAsync(session, service.Name, shell.Verbose, onLine => session.World.Migrations.UndoAsync(request with { OnLine = onLine }, standing, token));
        // All of them are gone now, also those that an undo took back which was killed before it could say so.
        var undone = new MigrationsUndone(service.Name, result.Before ?? "", result.After ?? "", [.. standing.Reverse()]);
        await session.RecordOrKeepAsync(undone, token);
        return undone;
    }
}
