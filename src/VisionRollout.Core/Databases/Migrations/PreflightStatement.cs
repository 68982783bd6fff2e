using VisionRollout.Core.Evidence;

namespace VisionRollout.Core.Databases.Migrations;

/// <summary>One statement of a pending migration, judged.</summary>
public sealed record PreflightStatement
{
    /// <summary>The plan's service.</summary>
    public required string Service { get; init; }

    /// <summary>Version of the migration; empty when the tool's log did not say.</summary>
    public required string Version { get; init; }

    /// <summary>Its text.</summary>
    public required string Sql { get; init; }

    /// <summary>The worst verdict of all rules.</summary>
    public MigrationVerdict Verdict => Findings.Count == 0 ? MigrationVerdict.Ok : Findings.Max(finding => finding.Verdict);

    /// <summary>The rule with the worst verdict.</summary>
    public MigrationRule Rule => Worst?.Rule ?? MigrationRule.None;

    /// <summary>Why; empty when nothing is against it.</summary>
    public string Reason => Worst?.Reason ?? "";

    /// <summary>What to do instead, in one line.</summary>
    public string Remedy => Worst?.Remedy ?? "";

    /// <summary>Table that it is about, <c>schema.name</c>; empty for none.</summary>
    public string Table { get; init; } = "";

    /// <summary>Size of that table in bytes, without indexes; 0 for a new one.</summary>
    public long TableBytes { get; init; }

    /// <summary>Rows of that table when the backup was taken; 0 for a new one.</summary>
    public long TableRows { get; init; }

    /// <summary>Strongest lock on that table, as in pg_locks; empty for none.</summary>
    public string Lock { get; init; } = "";

    /// <summary>How long that lock was held on the scratch database: from the statement to the end of its transaction.</summary>
    public TimeSpan Held { get; init; }

    /// <summary>What each rule says.</summary>
    public IReadOnlyList<MigrationFinding> Findings { get; init => field = IndexedList.Of(value); } = [];

    private MigrationFinding? Worst => Findings.MaxBy(finding => finding.Verdict);
}
