namespace VisionRollout.Core.Databases.Migrations;

/// <summary>A statement that a migration tool logged.</summary>
/// <param name="Version">Version of the migration; null when the log did not say.</param>
/// <param name="Sql">Its text.</param>
/// <param name="Duration">Time that it took, by the tool; zero when it did not say.</param>
/// <param name="Failed">True when it ended with an error.</param>
public sealed record LoggedStatement(string? Version, string Sql, TimeSpan Duration, bool Failed);
