namespace VisionRollout.Core.Databases;

/// <summary>One table in two ledgers.</summary>
/// <param name="Service">The plan's service.</param>
/// <param name="Table"><c>schema.table</c>.</param>
/// <param name="Kind">How it differs.</param>
/// <param name="RowsBefore">Rows before; 0 when it did not exist.</param>
/// <param name="RowsAfter">Rows after; 0 when it is gone.</param>
public sealed record TableChange(string Service, string Table, TableChangeKind Kind, long RowsBefore, long RowsAfter)
{
    /// <summary>Net number of rows that are missing now; never negative.</summary>
    public long RowsLost => Math.Max(0, RowsBefore - RowsAfter);
}
