namespace VisionRollout.Adapters.Postgres;

/// <summary>A column that a ledger digests.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as <c>format_type(oid, NULL)</c> writes it.</param>
internal sealed record LedgerColumn(string Name, string Type);
