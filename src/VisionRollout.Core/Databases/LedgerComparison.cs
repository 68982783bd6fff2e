namespace VisionRollout.Core.Databases;

/// <summary>What became of the data between two ledgers: the evidence for the criterion <c>DataLoss</c>.</summary>
public sealed record LedgerComparison
{
    /// <summary>Every table of either ledger.</summary>
    public required IReadOnlyList<TableChange> Tables { get; init; }

    /// <summary>Net rows missing, summed over the tables that shrank or vanished. 0: no loss was seen.</summary>
    public long RowsLost => Tables.Sum(table => table.RowsLost);

    /// <summary>The tables that lost rows.</summary>
    public IEnumerable<TableChange> Losses => Tables.Where(table => table.RowsLost > 0);

    /// <summary>Compares two ledgers of one database. A table that grew or changed is reported, not counted as a loss.</summary>
    public static LedgerComparison Of(DatabaseLedger before, DatabaseLedger after)
    {
        var now = after.Tables.ToDictionary(table => table.Name, StringComparer.Ordinal);
        var known = before.Tables.Select(table => table.Name).ToHashSet(StringComparer.Ordinal);
        var changes = before.Tables.Select(table => Change(before.Service, table, now.GetValueOrDefault(table.Name)));
        var added = after.Tables.Where(table => !known.Contains(table.Name))
            .Select(table => new TableChange(before.Service, table.Name, TableChangeKind.Added, 0, table.Rows));
        return new() { Tables = [.. changes, .. added] };
    }

    /// <summary>Joins the comparisons of several databases.</summary>
    public static LedgerComparison Join(IEnumerable<LedgerComparison> parts) => new() { Tables = [.. parts.SelectMany(part => part.Tables)] };

    private static TableChange Change(string service, TableDigest before, TableDigest? after)
    {
        if (after is null) return new(service, before.Name, TableChangeKind.Removed, before.Rows, 0);
        var kind = after.Rows > before.Rows ? TableChangeKind.Grown
            : after.Rows < before.Rows ? TableChangeKind.Shrunk
            : after.Digest == before.Digest ? TableChangeKind.Same : TableChangeKind.Changed;
        return new(service, before.Name, kind, before.Rows, after.Rows);
    }
}
