using System.Globalization;
using Npgsql;

namespace VisionRollout.Adapters.Postgres;

/// <summary>Which transactions a snapshot saw as ended, as <c>txid_current_snapshot()</c> writes it (PostgreSQL manual, 9.26.8 in version 12:
/// <c>xmin:xmax:xip_list</c>, 64 bits wide).</summary>
/// <param name="Next">The first transaction that had not begun.</param>
/// <param name="Running">Those before it that had not ended.</param>
internal sealed record TransactionSnapshot(long Next, IReadOnlyList<long> Running)
{
    private long Oldest { get; init; }

    /// <summary>Reads the snapshot of the transaction under way.</summary>
    public static async Task<TransactionSnapshot> ReadAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await using var command = new NpgsqlCommand("SELECT txid_current_snapshot()::text", connection);
        return TryParse((string)(await command.ExecuteScalarAsync(token))!) ?? throw new InvalidOperationException("The server writes snapshots in an unknown form.");
    }

    /// <summary>Reads what <see cref="ToString"/> writes; null for anything else.</summary>
    public static TransactionSnapshot? TryParse(string? text)
    {
        if (text?.Split(':') is not [var oldest, var next, var running]) return null;
        var numbers = new List<long>();
        foreach (var part in (string[])[oldest, next, .. running.Split(',', StringSplitOptions.RemoveEmptyEntries)])
        {
            if (!long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
            numbers.Add(number);
        }

        return new(numbers[1], numbers[2..]) { Oldest = numbers[0] };
    }

    /// <summary>SQL that is true for the rows of an alias that a transaction wrote which this snapshot saw as ended. A row holds only the lower 32 bits
    /// of its transaction; the upper ones follow from the present snapshot.</summary>
    public string SawWriterOf(string alias, TransactionSnapshot present)
    {
        var low = $"{alias}.xmin::text::bigint";
        var full = string.Create(CultureInfo.InvariantCulture, $"({present.Next} - (({present.Next} - {low}) & 4294967295))");
        var running = Running.Count == 0 ? "" : $" AND {full} <> ALL ('{{{string.Join(',', Running.Select(number => number.ToString(CultureInfo.InvariantCulture)))}}}'::bigint[])";
        // Below 3 are the numbers that PostgreSQL itself gives to rows that everybody sees.
        return string.Create(CultureInfo.InvariantCulture, $"({low} < 3 OR ({full} < {Next}{running}))");
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Oldest}:{Next}:{string.Join(',', Running)}");
}
