namespace VisionRollout.Core.Databases.Migrations;

/// <summary>One version taken back on the scratch database.</summary>
/// <param name="Version">The version.</param>
/// <param name="Failure">Why it could not be taken back; null when it was.</param>
/// <param name="After">The schema afterwards.</param>
/// <param name="Written">Rows that the undo wrote.</param>
public sealed record MigrationUndoTrial(string Version, string? Failure, SchemaCatalogue After, IReadOnlyList<RowsWritten> Written);
