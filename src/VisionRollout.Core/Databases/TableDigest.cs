namespace VisionRollout.Core.Databases;

/// <summary>What one table holds: its row count and a digest that does not depend on the order of the rows.</summary>
/// <param name="Schema">Schema of the table.</param>
/// <param name="Table">Name of the table (partitions count, their parents don't).</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Digest">Sum of <c>hashtextextended(row::text, 0)</c> over all rows, in decimal.</param>
public sealed record TableDigest(string Schema, string Table, long Rows, string Digest)
{
    /// <summary><c>schema.table</c>.</summary>
    public string Name => $"{Schema}.{Table}";
}
