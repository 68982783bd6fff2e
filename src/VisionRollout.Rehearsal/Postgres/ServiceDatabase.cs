using Npgsql;

namespace VisionRollout.Rehearsal.Postgres;

/// <summary>The database of one service and how its pods connect.</summary>
/// <param name="Service">The service.</param>
/// <param name="Host">The server's address.</param>
/// <param name="Port">The server's port.</param>
/// <param name="Database">The database's name.</param>
/// <param name="Username">The service's role, owner of the database.</param>
/// <param name="Password">The role's password.</param>
internal sealed record ServiceDatabase(string Service, string Host, int Port, string Database, string Username, string Password)
{
    /// <summary>A connection string of the service's role, pooled per application name.</summary>
    public string Connection(string applicationName, string? options = null) => new NpgsqlConnectionStringBuilder
    {
        Host = Host,
        Port = Port,
        Database = Database,
        Username = Username,
        Password = Password,
        ApplicationName = applicationName,
        Options = options,
        MaxPoolSize = 10,
        IncludeErrorDetail = true,
    }.ConnectionString;

    /// <summary>Leaves the password out.</summary>
    public override string ToString() => $"{Service}: {Username}@{Host}:{Port}/{Database}";
}
