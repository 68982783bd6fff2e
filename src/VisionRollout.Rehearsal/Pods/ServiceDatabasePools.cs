using Npgsql;
using VisionRollout.Rehearsal.Postgres;

namespace VisionRollout.Rehearsal.Pods;

/// <summary>One pool of connections per service, shared by its pods.</summary>
internal sealed class ServiceDatabasePools(ServiceDatabases databases) : IServiceDatabases, IAsyncDisposable
{
    private readonly Dictionary<string, NpgsqlDataSource> pools = databases.All.ToDictionary(
        database => database.Service,
        database => NpgsqlDataSource.Create(database.Connection($"{database.Service}-pods")),
        StringComparer.Ordinal);

    /// <inheritdoc/>
    public NpgsqlDataSource? Find(string service) => pools.GetValueOrDefault(service);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var pool in pools.Values)
            await pool.DisposeAsync();
    }
}
