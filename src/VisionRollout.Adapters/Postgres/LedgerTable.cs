using VisionRollout.Core.Databases;

namespace VisionRollout.Adapters.Postgres;

/// <summary>A table that a ledger digests.</summary>
internal sealed record LedgerTable(string Schema, string Table, IReadOnlyList<LedgerColumn> Columns)
{
    /// <summary><c>schema.table</c>.</summary>
    public string Name => $"{Schema}.{Table}";

    /// <summary>What was read of it.</summary>
    public TableDigest Digest(long rows, string digest) =>
        new(Schema, Table, rows, digest) { Columns = [.. Columns.Select(column => column.Name)], Types = [.. Columns.Select(column => column.Type)] };
}
