using System.Net;
using Npgsql;
using VisionRollout.Core.Clock;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Plan;

namespace VisionRollout.Adapters.Postgres;

/// <summary>Reads the services' databases over connections of its own.</summary>
/// <param name="addresses">Where the databases are.</param>
/// <param name="clock">The session's clock.</param>
public sealed class ServiceDatabases(DatabaseAddresses addresses, IRolloutClock clock) : IServiceDatabases
{
    /// <inheritdoc/>
    public Task<DatabaseLedger> ReadLedgerAsync(PlanService service, NetworkCredential? credential, CancellationToken token) => LedgerAsync(service, null, credential, token);

    /// <inheritdoc/>
    public Task<DatabaseLedger> ReadLedgerSinceAsync(PlanService service, DatabaseLedger earlier, NetworkCredential? credential, CancellationToken token) =>
        LedgerAsync(service, earlier, credential, token);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AppliedMigration>> ReadMigrationsAsync(PlanService service, NetworkCredential? credential, CancellationToken token)
    {
        var address = await addresses.FindAsync(service, credential, token);
        return await ReadAsync(address, connection => MigrationTable.ReadAsync(connection, service.Name, token), token);
    }

    private async Task<DatabaseLedger> LedgerAsync(PlanService service, DatabaseLedger? earlier, NetworkCredential? credential, CancellationToken token)
    {
        var address = await addresses.FindAsync(service, credential, token);
        var now = await clock.GetNowAsync(token);
        return await ReadAsync(address, async connection =>
        {
            await ReadingSession.BeginAsync(connection, token);
            var transactions = await TransactionSnapshot.ReadAsync(connection, token);
            return new DatabaseLedger
            {
                Service = service.Name,
                Database = address.Database,
                TakenAt = now,
                Transactions = transactions.ToString(),
                Form = earlier?.Form ?? LedgerReader.FormOf(connection),
                Tables = await (earlier is null ? LedgerReader.ReadAsync(connection, LedgerReader.FormOf(connection), token) : LedgerReader.ReadSinceAsync(connection, earlier, transactions, token)),
            };
        }, token);
    }

    private static async Task<T> ReadAsync<T>(DatabaseAddress address, Func<NpgsqlConnection, Task<T>> read, CancellationToken token)
    {
        await using var connection = await address.OpenAsync(token);
        try
        {
            return await read(connection);
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException)
        {
            throw PostgresErrors.From(exception, address);
        }
    }
}
