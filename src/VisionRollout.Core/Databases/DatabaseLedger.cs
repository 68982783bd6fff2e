namespace VisionRollout.Core.Databases;

/// <summary>The contents of a service's database at one moment, all tables on one snapshot.</summary>
public sealed record DatabaseLedger
{
    /// <summary>The plan's service.</summary>
    public required string Service { get; init; }

    /// <summary>Name of the database.</summary>
    public required string Database { get; init; }

    /// <summary>When it was taken (UTC).</summary>
    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>The snapshot's transactions as <c>txid_current_snapshot()</c> writes them: what a later ledger tells written rows from kept ones by.
    /// Null where it was not noted.</summary>
    public string? Transactions { get; init; }

    /// <summary>How the rows were digested. What takes a later ledger to compare with this one takes it in the same form.</summary>
    public DigestForm Form { get; init; }

    /// <summary>The tables, by name.</summary>
    public required IReadOnlyList<TableDigest> Tables { get; init; }

    /// <summary>Rows of all tables.</summary>
    public long Rows => Tables.Sum(table => table.Rows);
}
