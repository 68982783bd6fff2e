using VisionRollout.Core.Databases;
using VisionRollout.Core.Databases.Migrations;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Takes the migrations of this rollout back for one service, in a pod of the version that is live, and records it.</summary>
internal static class MigrationUndo
{
    public static async Task<MigrationsUndone> RunAsync(RolloutSession session, PlanService service, IShell shell, CancellationToken token)
    {
        var state = await session.StateAsync(token);
        var request = new MigrationRequest { Service = service, Deployment = service.Deployments[state.Started.FromColour], OnLine = shell.Verbose };
        var versions = state.Migrations.GetValueOrDefault(service.Name) ?? [];
        UndoPolicy.Require(state, service.Name, versions, allowDataLoss: false);
        var result = await session.World.Migrations.UndoAsync(request, versions, token);
        var undone = new MigrationsUndone(service.Name, result.Before ?? "", result.After ?? "", result.Undone);
        await session.RecordAsync(undone, token);
        return undone;
    }
}
