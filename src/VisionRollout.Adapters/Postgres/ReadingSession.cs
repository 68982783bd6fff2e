using Npgsql;

namespace VisionRollout.Adapters.Postgres;

/// <summary>Begins the read-only transactions in which a database's contents are measured.</summary>
internal static class ReadingSession
{
    // Every setting that the text form of a value depends on, so that the same row has the same digest everywhere;
    // row_security off: a table that hides rows from us is an error, never a smaller count.
    private const string Begin = """
        BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
        SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL timezone = 'UTC'; SET LOCAL intervalstyle = 'iso_8601';
        SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL xmlbinary = 'base64'; SET LOCAL lc_monetary = 'C';
        SET LOCAL search_path = pg_catalog; SET LOCAL row_security = off; SET LOCAL statement_timeout = 0;
        SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = '30s';
        """;

    /// <summary>Begins the transaction; it ends with the connection.</summary>
    public static async Task BeginAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Begin, connection);
        await command.ExecuteNonQueryAsync(token);
    }
}
