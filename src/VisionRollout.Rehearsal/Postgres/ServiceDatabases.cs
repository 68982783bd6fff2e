using System.Security.Cryptography;
using Npgsql;
using VisionRollout.Rehearsal.Pods;
using VisionRollout.Rehearsal.Scenario;
using VisionRollout.Rehearsal.Seed;

namespace VisionRollout.Rehearsal.Postgres;

/// <summary>The databases of all services.</summary>
internal sealed class ServiceDatabases : IServiceDatabases, IAsyncDisposable
{
    private const string PoolName = "service";

    private readonly Dictionary<string, ServiceDatabase> databases;
    private readonly Dictionary<string, NpgsqlDataSource> pools;

    private ServiceDatabases(IReadOnlyCollection<ServiceDatabase> databases)
    {
        this.databases = databases.ToDictionary(database => database.Service, StringComparer.Ordinal);
        pools = databases.ToDictionary(
            database => database.Service, database => NpgsqlDataSource.Create(database.Connection(PoolName)), StringComparer.Ordinal);
    }

    /// <summary>All databases.</summary>
    public IReadOnlyCollection<ServiceDatabase> All => databases.Values;

    /// <summary>The database of a service.</summary>
    public ServiceDatabase this[string service] => databases[service];

    /// <inheritdoc/>
    public NpgsqlDataSource? Find(string service) => pools.GetValueOrDefault(service);

    /// <summary>Closes the pools.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var pool in pools.Values)
            await pool.DisposeAsync();
    }

    /// <summary>Creates a role, a database, the schema and its rows for each service.</summary>
    public static async Task<ServiceDatabases> CreateAsync(IPostgresServer server, IReadOnlyList<ScenarioService> services, CancellationToken token)
    {
        var databases = services.Select(service => new ServiceDatabase(
            service.Name, server.Host, server.Port, service.Database + server.NameSuffix, $"{service.Name}_app{server.NameSuffix}",
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)))).ToArray();
        await CreateEmptyAsync(server, databases, token);
        await Task.WhenAll(databases.Select(database => FillAsync(database, token)));
        return new ServiceDatabases(databases);
    }

    private static async Task CreateEmptyAsync(IPostgresServer server, IReadOnlyList<ServiceDatabase> databases, CancellationToken token)
    {
        await using var administrator = new NpgsqlConnection(server.AdministratorConnection("postgres", "rehearsal"));
        await administrator.OpenAsync(token);
        foreach (var database in databases)
        {
            var (role, name) = (SqlName.Quote(database.Username), SqlName.Quote(database.Database));
            await RunAsync(administrator, $"CREATE ROLE {role} LOGIN CREATEDB PASSWORD {SqlName.Text(database.Password)}", token);

            // On a given server that is no superuser's: only a member of the role may make it an owner.
            await RunAsync(administrator, $"GRANT {role} TO CURRENT_USER", token);
            await RunAsync(administrator, $"CREATE DATABASE {name} OWNER {role} TEMPLATE template0", token);
            await RunAsync(administrator, $"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC", token);
        }
    }

    private static async Task FillAsync(ServiceDatabase database, CancellationToken token)
    {
        await using var connection = new NpgsqlConnection(database.Connection("rehearsal-seed"));
        await connection.OpenAsync(token);
        await RunAsync(connection, ServiceSchema.Of(database.Service).Setup, token);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(token);
    }
}
