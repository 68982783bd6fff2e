using System.IO.Enumeration;

namespace VisionRollout.Core.Databases;

/// <summary>What became of a database's data between two ledgers: the evidence for the criterion <c>DataLoss</c>.</summary>
/// <remarks>A row that somebody deleted is missing whoever did it: net, per table. Where others were added at the same time, the rows that nobody has
/// written since still prove that all are there, or say how many were updated or deleted.</remarks>
public sealed record LedgerComparison
{
    /// <summary>The plan's service.</summary>
    public required string Service { get; init; }

    /// <summary>When the ledger before was taken (UTC).</summary>
    public required DateTimeOffset Before { get; init; }

    /// <summary>When the ledger after was taken (UTC).</summary>
    public required DateTimeOffset After { get; init; }

    /// <summary>Every table of either ledger.</summary>
    public required IReadOnlyList<TableChange> Tables { get; init; }

    /// <summary>Names of tables to leave out that no table has.</summary>
    public required IReadOnlyList<string> Unmatched { get; init; }

    /// <summary>Rows that lost something, summed over the tables. 0: no loss was seen.</summary>
    public long RowsLost => Tables.Sum(table => table.RowsLost);

    /// <summary>The tables that lost rows or columns.</summary>
    public IEnumerable<TableChange> Losses => Tables.Where(table => table.RowsLost > 0);

    /// <summary>Compares two ledgers of one database. A table that grew or was written is reported, not counted as a loss.</summary>
    /// <param name="before">The earlier ledger.</param>
    /// <param name="after">The later one, read against the earlier one where written rows are to be told from kept ones.</param>
    /// <param name="rewritten">Tables to leave out: <c>schema.table</c>, where * stands for any letters.</param>
    public static LedgerComparison Of(DatabaseLedger before, DatabaseLedger after, IReadOnlyList<string>? rewritten = null)
    {
        var now = after.Tables.ToDictionary(table => table.Name, StringComparer.Ordinal);
        var known = before.Tables.Select(table => table.Name).ToHashSet(StringComparer.Ordinal);
        var changes = before.Tables.Select(table => Change(before.Service, table, now.GetValueOrDefault(table.Name)));
        var added = after.Tables.Where(table => !known.Contains(table.Name))
            .Select(table => new TableChange(before.Service, table.Name, TableChangeKind.Added, 0, table.Rows) { DigestAfter = table.Digest });
        var patterns = rewritten ?? [];
        var tables = changes.Concat(added).Select(change => patterns.Any(pattern => Matches(pattern, change.Table)) ? change with { Kind = TableChangeKind.Rewritten } : change).ToList();
        return new()
        {
            Service = before.Service,
            Before = before.TakenAt,
            After = after.TakenAt,
            Tables = tables,
            Unmatched = [.. patterns.Where(pattern => !tables.Exists(change => Matches(pattern, change.Table)))],
        };
    }

    private static bool Matches(string pattern, string table) => FileSystemName.MatchesSimpleExpression(pattern, table, ignoreCase: false);

    private static TableChange Change(string service, TableDigest before, TableDigest? after)
    {
        if (after is null) return new(service, before.Name, TableChangeKind.Removed, before.Rows, 0) { DigestBefore = before.Digest };
        IReadOnlyList<string> lost = before.Columns is null || after.Columns is null ? [] : [.. before.Columns.Except(after.Columns, StringComparer.Ordinal)];
        return new(service, before.Name, Kind(before, after, lost), before.Rows, after.Rows)
        {
            DigestBefore = before.Digest,
            DigestAfter = after.Digest,
            LostColumns = lost,
            RowsWritten = after.Kept is null || lost.Count > 0 ? null : after.Digest == before.Digest && after.Rows == before.Rows ? 0 : Math.Max(0, before.Rows - after.Kept.Rows),
        };
    }

    private static TableChangeKind Kind(TableDigest before, TableDigest after, IReadOnlyList<string> lost)
    {
        if (lost.Count > 0 && before.Rows > 0) return TableChangeKind.ColumnsLost;
        if (after.Rows < before.Rows) return TableChangeKind.Shrunk;
        if (after.Rows == before.Rows && after.Digest == before.Digest) return TableChangeKind.Same;
        if (after.Kept is not { } kept || lost.Count > 0) return after.Rows > before.Rows ? TableChangeKind.Grown : TableChangeKind.Changed;
        if (kept.Rows < before.Rows) return TableChangeKind.Changed;
        return kept.Rows == before.Rows && kept.Digest == before.Digest ? TableChangeKind.Grown : TableChangeKind.Altered;
    }
}
