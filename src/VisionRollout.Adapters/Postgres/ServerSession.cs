using System.Globalization;
using Npgsql;
using VisionRollout.Core.Errors;

namespace VisionRollout.Adapters.Postgres;

/// <summary>Tells a session of the server from one that a pooler lends for a transaction.</summary>
internal static class ServerSession
{
    /// <summary>Fails where a connection is no session of the server itself. A pooler makes up the process number that it tells its clients. A snapshot
    /// that another connection uses, an advisory lock or a setting that outlives a transaction is not to be had through it.</summary>
    /// <exception cref="RolloutException"><c>DatabaseThroughPooler</c>.</exception>
    public static async Task RequireAsync(NpgsqlConnection connection, DatabaseAddress address, CancellationToken token)
    {
        await using var command = new NpgsqlCommand("SELECT pg_backend_pid()", connection);
        if (Convert.ToInt32(await command.ExecuteScalarAsync(token), CultureInfo.InvariantCulture) == connection.ProcessID) return;
        throw new RolloutException("DatabaseThroughPooler", RolloutErrorKind.InvalidState, $"The {address} is reached through a connection pooler.",
            "Name the server itself (host and port) in the Secret or in the plan's Database: backups, restores and preflights need sessions of their own.", address.Service);
    }
}
