namespace VisionRollout.Core.Databases.Migrations;

/// <summary>What one rule says.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Verdict">How bad it is.</param>
/// <param name="Reason">Why, in one sentence.</param>
/// <param name="Remedy">What to do instead, in one line.</param>
/// <param name="Table">Table that it is about, <c>schema.name</c>; empty for none.</param>
public sealed record MigrationFinding(MigrationRule Rule, MigrationVerdict Verdict, string Reason, string Remedy, string Table = "");
