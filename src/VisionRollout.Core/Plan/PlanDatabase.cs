namespace VisionRollout.Core.Plan;

/// <summary>A service's PostgreSQL database. Passwords never stand in the plan.</summary>
public sealed record PlanDatabase
{
    /// <summary>Name of the database; a Secret's <c>database</c> key wins.</summary>
    public required string Name { get; init; }

    /// <summary>Kubernetes Secret with keys host, port, database, username, password; null: libpq's own places.</summary>
    public string? Secret { get; init; }

    /// <summary>Host when there is no Secret.</summary>
    public string? Host { get; init; }

    /// <summary>Port when there is no Secret.</summary>
    public int Port { get; init; } = 5432;

    /// <summary>Command that migrates, run in the service's own pod.</summary>
    public required IReadOnlyList<string> Migrate { get; init; }

    /// <summary>Command that takes migrations back; <c>{Version}</c> stands for the version to go back to, <c>{Steps}</c> for the number of migrations. Empty: irreversible.</summary>
    public IReadOnlyList<string> Undo { get; init; } = [];

    /// <summary>Words that, put before a command, lead it to the database <c>{Database}</c> instead of the service's own, for the preflight of migrations. Empty: no preflight.</summary>
    public IReadOnlyList<string> Scratch { get; init; } = [];

    /// <summary>Commands that read and write the database as the version in their pod does; run on the migrated scratch database.</summary>
    public IReadOnlyList<PlanDatabaseCheck> Checks { get; init; } = [];

    /// <summary>Tables that the comparison of data before and after leaves out, because the migration rewrites them on purpose or the service itself
    /// deletes from them: <c>schema.table</c>, where * stands for any letters.</summary>
    public IReadOnlyList<string> Rewrites { get; init; } = [];

    /// <summary>Longest time that the migration may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);
}
