namespace VisionRollout.Core.Databases;

/// <summary>One table in two ledgers.</summary>
/// <param name="Service">The plan's service.</param>
/// <param name="Table"><c>schema.table</c>.</param>
/// <param name="Kind">How it differs.</param>
/// <param name="RowsBefore">Rows before; 0 when it did not exist.</param>
/// <param name="RowsAfter">Rows after; 0 when it is gone.</param>
public sealed record TableChange(string Service, string Table, TableChangeKind Kind, long RowsBefore, long RowsAfter)
{
    /// <summary>Digest before; empty when it did not exist.</summary>
    public string DigestBefore { get; init; } = "";

    /// <summary>Digest after, over the columns of before; empty when it is gone.</summary>
    public string DigestAfter { get; init; } = "";

    /// <summary>Rows of before that were updated or deleted since; null when it is not known.</summary>
    public long? RowsWritten { get; init; }

    /// <summary>Columns that are gone.</summary>
    public IReadOnlyList<string> LostColumns { get; init; } = [];

    /// <summary>Rows that lost something: the net number that is missing, or all when a column is gone; never negative.</summary>
    public long RowsLost => Kind switch
    {
        TableChangeKind.Rewritten => 0,
        TableChangeKind.ColumnsLost => RowsBefore,
        _ => Math.Max(0, RowsBefore - RowsAfter),
    };

    /// <summary>Says how it differs in a few words.</summary>
    public override string ToString() => Kind switch
    {
        TableChangeKind.Removed => $"{Service}: table {Table} with {RowsBefore} rows is gone",
        TableChangeKind.Shrunk => $"{Service}: table {Table} has {RowsAfter} rows, not {RowsBefore}",
        TableChangeKind.ColumnsLost => $"{Service}: table {Table} with {RowsBefore} rows has lost {string.Join(", ", LostColumns)}",
        TableChangeKind.Altered => $"{Service}: table {Table} has other contents in rows that nobody has written",
        _ => $"{Service}: table {Table} is {Kind.ToString().ToLowerInvariant()}",
    };
}
