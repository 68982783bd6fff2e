using VisionRollout.Core.Databases;
using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Journal;

/// <summary>The data of a service was compared with the ledger of its backup.</summary>
/// <param name="Service">The service.</param>
/// <param name="Backup">Location of the backup, whose manifest holds the whole ledger of then.</param>
/// <param name="Before">When the backup's snapshot was taken (UTC).</param>
/// <param name="RowsLost">Rows that lost something.</param>
/// <param name="TableCount">Number of tables that were compared.</param>
/// <param name="Tables">The tables with their counts and digests of then and now: at most <see cref="Most"/>, losses first.</param>
public sealed record DataCompared(string Service, string Backup, DateTimeOffset Before, long RowsLost, int TableCount, IReadOnlyList<TableChange> Tables) : JournalEntry
{
    /// <summary>How many tables a record holds at most.</summary>
    public const int Most = 200;

    /// <summary>The tables.</summary>
    public IReadOnlyList<TableChange> Tables { get; init => field = IndexedList.Of(value); } = IndexedList.Of(Tables);

    /// <summary>The record of a comparison.</summary>
    public static DataCompared Of(LedgerComparison comparison, string backup) => new(comparison.Service, backup, comparison.Before, comparison.RowsLost, comparison.Tables.Count,
        [.. comparison.Tables.OrderByDescending(table => table.RowsLost).ThenBy(table => table.Kind == TableChangeKind.Same).ThenBy(table => table.Table, StringComparer.Ordinal).Take(Most)]);
}
