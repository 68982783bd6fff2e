namespace VisionRollout.Core.Databases.Migrations;

/// <summary>Rows that one transaction wrote into a table.</summary>
/// <param name="Oid">The table.</param>
/// <param name="Updated">Rows updated.</param>
/// <param name="Deleted">Rows deleted.</param>
public sealed record RowsWritten(long Oid, long Updated, long Deleted);
