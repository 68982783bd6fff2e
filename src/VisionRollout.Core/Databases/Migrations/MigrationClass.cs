namespace VisionRollout.Core.Databases.Migrations;

/// <summary>Whether a migration can be taken back, as its preflight has shown.</summary>
/// <param name="Version">Version.</param>
/// <param name="Reversibility">The class.</param>
/// <param name="Reason">Why.</param>
public sealed record MigrationClass(string Version, Reversibility Reversibility, string Reason);
