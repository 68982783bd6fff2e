using System.Net;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Leases;
using VisionRollout.Core.Plan;
using VisionRollout.Core.State;

namespace VisionRollout.Database;

/// <summary>Which migrations a rollout has applied, also where whoever ran them was killed between the commit and its record.</summary>
internal static class MigrationHistory
{
    private static readonly TimeSpan LastReadLimit = TimeSpan.FromSeconds(15);

    /// <summary>True when the rollout may have changed the service's schema.</summary>
    public static bool MayHaveChanged(RolloutState state, string service) => state.Migrations.GetValueOrDefault(service) is { Count: > 0 } || state.OpenMigrations.ContainsKey(service);

    /// <summary>Notes what stands in the database before the command runs.</summary>
    /// <returns>False when an earlier command has no known end: it may still run beside this one.</returns>
    public static async Task<bool> BeginAsync(RolloutSession session, PlanService service, NetworkCredential? login, CancellationToken token)
    {
        if (await session.FindStateAsync(token) is not { } state) return true;
        // What an interrupted command did is counted first. It may still run: where it began counts until a command has come to its end.
        if (state.OpenMigrations.ContainsKey(service.Name))
        {
            await FindAsync(session, service, login, token);
            return false;
        }

        await session.RecordAsync(new MigrationsStarting(service.Name, await VersionsAsync(session, service, login, token)), token);
        return true;
    }

    /// <summary>Notes what the command has applied.</summary>
    /// <param name="session">The session.</param>
    /// <param name="service">The service.</param>
    /// <param name="login">How to read the database.</param>
    /// <param name="result">What the command did.</param>
    /// <param name="hasEnded">Whether nothing of it, nor of an earlier one, can still run: it has succeeded, or it was the only one and its exit code is known.</param>
    /// <param name="token">Cancels.</param>
    public static async Task EndAsync(RolloutSession session, PlanService service, NetworkCredential? login, DatabaseMigrationResult result, bool hasEnded, CancellationToken token)
    {
        if (await session.FindStateAsync(token) is not { } state) return;
        try
        {
            var (applied, newest) = await AppliedSinceAsync(session, state, service, login, token);
            await session.RecordOrKeepAsync(new MigrationsApplied(service.Name, result.Before ?? "", newest, applied, result.Duration.TotalSeconds) { Interrupted = !hasEnded }, token);
        }
        catch (RolloutException cause) when (cause is not LeaseLostException)
        {
            // Its end stays open: whoever needs to know asks the database again.
            if (result.Applied.Count > 0)
                await session.RecordOrKeepAsync(new MigrationsApplied(service.Name, result.Before ?? "", result.After ?? "", result.Applied, result.Duration.TotalSeconds) { Interrupted = true }, token);
        }
    }

    /// <summary>Notes what a command has applied that is given up; it may still run.</summary>
    public static async Task GiveUpAsync(RolloutSession session, PlanService service, NetworkCredential? login)
    {
        using var limit = new CancellationTokenSource(LastReadLimit);
        try
        {
            await FindAsync(session, service, login, limit.Token);
        }
        catch (Exception cause) when (cause is RolloutException or OperationCanceledException or IOException)
        {
            // The start stands in the journal without an end: that is enough to find out later.
        }
    }

    /// <summary>Ends what an interrupted command still runs and notes what it has applied.</summary>
    public static async Task SettleAsync(RolloutSession session, MigrationRequest request, CancellationToken token)
    {
        if (await session.FindStateAsync(token) is not { } state || !state.OpenMigrations.ContainsKey(request.Service.Name)) return;
        await session.World.Migrations.EndInterruptedAsync(request, token);
        var (applied, newest) = await AppliedSinceAsync(session, state, request.Service, request.Credential, token);
        await session.RecordOrKeepAsync(new MigrationsApplied(request.Service.Name, "", newest, applied, 0), token);
    }

    /// <summary>Versions that this rollout has applied and not taken back, oldest first, as journal and database tell it now. Nothing is recorded.</summary>
    public static async Task<IReadOnlyList<string>> StandingAsync(RolloutSession session, RolloutState state, PlanService service, NetworkCredential? login, CancellationToken token)
    {
        IReadOnlyList<string> known = state.Migrations.GetValueOrDefault(service.Name) ?? [];
        return state.OpenMigrations.ContainsKey(service.Name) ? [.. known, .. (await AppliedSinceAsync(session, state, service, login, token)).Applied] : known;
    }

    private static async Task FindAsync(RolloutSession session, PlanService service, NetworkCredential? login, CancellationToken token)
    {
        var (applied, newest) = await AppliedSinceAsync(session, await session.StateAsync(token), service, login, token);
        if (applied.Count > 0) await session.RecordAsync(new MigrationsApplied(service.Name, "", newest, applied, 0) { Interrupted = true }, token);
    }

    /// <summary>What stands in the database, stood neither there before the first command without an end nor is known already; and the newest version.</summary>
    private static async Task<(IReadOnlyList<string> Applied, string Newest)> AppliedSinceAsync(RolloutSession session, RolloutState state, PlanService service, NetworkCredential? login, CancellationToken token)
    {
        var now = await VersionsAsync(session, service, login, token);
        IReadOnlyList<string> before = state.OpenMigrations.GetValueOrDefault(service.Name)?.Versions ?? now;
        return ([.. now.Except(before, StringComparer.Ordinal).Except(state.Migrations.GetValueOrDefault(service.Name) ?? [], StringComparer.Ordinal).Reverse()], now.Count > 0 ? now[0] : "");
    }

    private static async Task<IReadOnlyList<string>> VersionsAsync(RolloutSession session, PlanService service, NetworkCredential? login, CancellationToken token) =>
        [.. (await session.World.Databases.ReadMigrationsAsync(service, login, token)).Select(row => row.Version)];
}
