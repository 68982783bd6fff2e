using System.Security.Cryptography;
using Npgsql;
using VisionRollout.Rehearsal.Hosting;

namespace VisionRollout.Rehearsal.Postgres;

/// <summary>A PostgreSQL server that was there before. Names carry a random suffix; what carries it is dropped at the end.</summary>
internal sealed class GivenPostgres : IPostgresServer
{
    private readonly NpgsqlConnectionStringBuilder connection;

    private GivenPostgres(NpgsqlConnectionStringBuilder connection)
    {
        this.connection = connection;
        NameSuffix = "_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
    }

    /// <inheritdoc/>
    public string Host => connection.Host!;

    /// <inheritdoc/>
    public int Port => connection.Port;

    /// <inheritdoc/>
    public string NameSuffix { get; }

    /// <summary>Connects once, to see that the server is there and lets us create databases and roles.</summary>
    /// <exception cref="StartFailureException">It cannot be reached, or its user may not create databases and roles.</exception>
    public static async Task<GivenPostgres> OpenAsync(string connectionString, CancellationToken token)
    {
        try
        {
            var builder = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
            builder.Database ??= "postgres";
            var server = new GivenPostgres(builder);
            await using var probe = new NpgsqlConnection(builder.ConnectionString);
            await probe.OpenAsync(token);
            await using var command = new NpgsqlCommand(
                "SELECT rolsuper OR (rolcreatedb AND rolcreaterole) FROM pg_roles WHERE rolname = current_user", probe);
            if (await command.ExecuteScalarAsync(token) is not true)
                throw Failure("its user may not create databases and roles (needs CREATEDB and CREATEROLE)", null);
            return server;
        }
        catch (Exception e) when (e is NpgsqlException or ArgumentException)
        {
            throw Failure(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public string AdministratorConnection(string database, string applicationName) => new NpgsqlConnectionStringBuilder(connection.ConnectionString)
    {
        Database = database,
        ApplicationName = applicationName,
    }.ConnectionString;

    /// <summary>Drops every database and role that carries the suffix.</summary>
    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await using var administrator = new NpgsqlConnection(connection.ConnectionString);
        await administrator.OpenAsync();
        foreach (var database in await NamesAsync(administrator, "SELECT datname FROM pg_database WHERE right(datname, $2) = $1"))
            await RunAsync(administrator, $"DROP DATABASE IF EXISTS {SqlName.Quote(database)} WITH (FORCE)");
        foreach (var role in await NamesAsync(administrator, "SELECT rolname FROM pg_roles WHERE right(rolname, $2) = $1"))
            await RunAsync(administrator, $"DROP ROLE IF EXISTS {SqlName.Quote(role)}");
    }

    private async Task<List<string>> NamesAsync(NpgsqlConnection administrator, string query)
    {
        await using var command = new NpgsqlCommand(query, administrator)
        {
            Parameters = { new() { Value = NameSuffix }, new() { Value = NameSuffix.Length } },
        };
        await using var reader = await command.ExecuteReaderAsync();
        var names = new List<string>();
        while (await reader.ReadAsync())
            names.Add(reader.GetString(0));
        return names;
    }

    private static async Task RunAsync(NpgsqlConnection administrator, string sql)
    {
        await using var command = new NpgsqlCommand(sql, administrator);
        await command.ExecuteNonQueryAsync();
    }

    private static StartFailureException Failure(string why, Exception? cause) =>
        new(StartFailureException.StartFailed, $"The PostgreSQL server given by --postgres cannot be used: {why}", cause);
}
