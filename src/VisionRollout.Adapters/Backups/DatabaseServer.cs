using System.Globalization;
using System.Security.Cryptography;
using Npgsql;
using VisionRollout.Adapters.Postgres;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Backups;

/// <summary>Makes, renames and drops databases on the server of an address, over one connection to its maintenance database.</summary>
internal sealed class DatabaseServer : IAsyncDisposable
{
    private const string Maintenance = "postgres";
    private const string ScratchPrefix = "visionrollout_scratch_";

    // Only what this user may drop; a lock that can be had is given back at once.
    private const string LeftQuery = """
        SELECT d.datname FROM pg_database d
        WHERE starts_with(d.datname, ($1::text[])[1]) AND pg_has_role(d.datdba, 'MEMBER') AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.datid = d.oid)
          AND CASE WHEN pg_try_advisory_lock(hashtextextended(d.datname, 0)) THEN pg_advisory_unlock(hashtextextended(d.datname, 0)) ELSE false END
        """;

    private const int DropForceSince = 13;
    private const int ProviderSince = 15;
    private readonly NpgsqlConnection connection;
    private readonly DatabaseAddress address;

    private DatabaseServer(NpgsqlConnection connection, DatabaseAddress address)
    {
        this.connection = connection;
        this.address = address;
        Major = connection.PostgreSqlVersion.Major;
    }

    /// <summary>Major version of the server.</summary>
    public int Major { get; }

    /// <summary>Version of the server.</summary>
    public string Version => connection.PostgreSqlVersion.ToString();

    /// <summary>Connects to the database <c>postgres</c>, or to the service's own where the user may not.</summary>
    /// <exception cref="RolloutException"><c>DatabaseThroughPooler</c>, or the server does not answer or refuses.</exception>
    public static async Task<DatabaseServer> OpenAsync(DatabaseAddress address, CancellationToken token)
    {
        var connection = await ConnectAsync(address, token);
        try
        {
            await ServerSession.RequireAsync(connection, address, token);
            return new(connection, address);
        }
        catch (Exception exception)
        {
            await connection.DisposeAsync();
            if (exception is NpgsqlException or IOException) throw PostgresErrors.From(exception, address);
            throw;
        }
    }

    /// <summary>True when a database of that name exists.</summary>
    public async Task<bool> ExistsAsync(string database, CancellationToken token) =>
        await RunAsync("SELECT 1 FROM pg_database WHERE datname = $1", database, token) is not null;

    /// <summary>Those of some extensions that the server cannot make.</summary>
    public Task<IReadOnlyList<string>> MissingExtensionsAsync(IEnumerable<string> names, CancellationToken token) =>
        ListAsync("SELECT wanted FROM unnest($1::text[]) AS wanted WHERE wanted NOT IN (SELECT name FROM pg_available_extensions)", names, token);

    /// <summary>Those of some roles that the server does not have.</summary>
    public Task<IReadOnlyList<string>> MissingRolesAsync(IEnumerable<string> names, CancellationToken token) =>
        ListAsync("SELECT wanted FROM unnest($1::text[]) AS wanted WHERE wanted NOT IN (SELECT rolname FROM pg_roles)", names, token);

    /// <summary>Size of a database in bytes.</summary>
    public async Task<long> SizeAsync(string database, CancellationToken token) =>
        Convert.ToInt64(await RunAsync("SELECT pg_database_size($1::name)", database, token), CultureInfo.InvariantCulture);

    /// <summary>Makes an empty database with an encoding and locale.</summary>
    public Task CreateAsync(string database, DatabaseLocale locale, CancellationToken token)
    {
        var provider = Major < ProviderSince || locale.Locale is null ? ""
            : locale.Provider == "icu" ? $" LOCALE_PROVIDER icu ICU_LOCALE {SqlText.Literal(locale.Locale)}"
            : locale.Provider == "builtin" ? $" LOCALE_PROVIDER builtin BUILTIN_LOCALE {SqlText.Literal(locale.Locale)}" : "";
        return RunAsync($"CREATE DATABASE {SqlText.Name(database)} TEMPLATE template0 ENCODING {SqlText.Literal(locale.Encoding)} "
            + $"LC_COLLATE {SqlText.Literal(locale.Collate)} LC_CTYPE {SqlText.Literal(locale.CharacterType)}{provider}", null, token);
    }

    /// <summary>Drops a database, with its connections; one that is not there is no error.</summary>
    /// <remarks>FORCE fails where an autovacuum worker is at work in the database and the user may not signal it. Without FORCE the server itself ends
    /// autovacuum workers and waits for 5 s (CountOtherDBBackends in its procarray.c); our own connections are ended before.</remarks>
    public async Task DropAsync(string database, CancellationToken token)
    {
        var drop = $"DROP DATABASE IF EXISTS {SqlText.Name(database)}";
        try
        {
            await RunAsync($"{drop}{(Major >= DropForceSince ? " WITH (FORCE)" : "")}", null, token);
        }
        catch (RolloutException cause) when (cause.InnerException is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } && Major >= DropForceSince)
        {
            await RunAsync("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = $1 AND usename = current_user AND pid <> pg_backend_pid()", database, token);
            await RunAsync(drop, null, token);
        }
    }

    /// <summary>Makes a name for a scratch database and marks it as in use for as long as this connection lives; drops scratch databases that
    /// runs which were killed have left: nobody marks them and nobody is connected to them.</summary>
    public async Task<string> BeginScratchAsync(CancellationToken token)
    {
        // The marks are advisory locks, which count within one database only.
        if (connection.Database == Maintenance)
        {
            foreach (var left in await ListAsync(LeftQuery, [ScratchPrefix], token)) await DropAsync(left, token);
        }

        var scratch = $"{ScratchPrefix}{RandomNumberGenerator.GetHexString(12, lowercase: true)}";
        await RunAsync("SELECT pg_advisory_lock(hashtextextended($1, 0))", scratch, token);
        return scratch;
    }

    /// <summary>Renames a database.</summary>
    public Task RenameAsync(string from, string to, CancellationToken token) =>
        RunAsync($"ALTER DATABASE {SqlText.Name(from)} RENAME TO {SqlText.Name(to)}", null, token);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private static async Task<NpgsqlConnection> ConnectAsync(DatabaseAddress address, CancellationToken token)
    {
        try
        {
            return await address.With(Maintenance).OpenAsync(token);
        }
        catch (RolloutException exception) when (exception.Kind is RolloutErrorKind.NotFound or RolloutErrorKind.AccessDenied)
        {
            return await address.OpenAsync(token);
        }
    }

    private async Task<IReadOnlyList<string>> ListAsync(string sql, IEnumerable<string> names, CancellationToken token)
    {
        try
        {
            await using var command = new NpgsqlCommand(sql, connection);
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. names] });
            await using var reader = await command.ExecuteReaderAsync(token);
            var found = new List<string>();
            while (await reader.ReadAsync(token)) found.Add(reader.GetString(0));
            return found;
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException)
        {
            throw PostgresErrors.From(exception, address);
        }
    }

    private async Task<object?> RunAsync(string sql, string? parameter, CancellationToken token)
    {
        try
        {
            await using var command = new NpgsqlCommand(sql, connection);
            if (parameter is not null) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = parameter });
            return await command.ExecuteScalarAsync(token);
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException)
        {
            throw PostgresErrors.From(exception, address);
        }
    }
}
