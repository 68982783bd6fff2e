namespace VisionRollout.Core.Databases;

/// <summary>What one table holds: its row count and a digest that does not depend on the order of the rows.</summary>
/// <param name="Schema">Schema of the table.</param>
/// <param name="Table">Name of the table (partitions count, their parents don't).</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Digest">Sum of a 64-bit hash of each row (<see cref="DatabaseLedger.Form"/>), in decimal.</param>
public sealed record TableDigest(string Schema, string Table, long Rows, string Digest)
{
    /// <summary><c>schema.table</c>.</summary>
    public string Name => $"{Schema}.{Table}";

    /// <summary>Its columns, in the order in which they stand in the digest; null where it was not noted.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>PostgreSQL's names of its columns' types, without lengths; null where it was not noted.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>The rows that nobody has written since an earlier ledger; null when it was not read against one.</summary>
    public KeptRows? Kept { get; init; }

    /// <summary>Equal are tables of the same name with the same contents.</summary>
    public bool Equals(TableDigest? other) => other is not null && (Schema, Table, Rows, Digest) == (other.Schema, other.Table, other.Rows, other.Digest);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Schema, Table, Rows, Digest);
}
