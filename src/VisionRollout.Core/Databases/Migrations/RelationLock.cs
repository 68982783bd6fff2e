namespace VisionRollout.Core.Databases.Migrations;

/// <summary>A lock that a transaction held just before it committed.</summary>
/// <param name="Oid">The table.</param>
/// <param name="Mode">Mode as in pg_locks, e.g. <c>AccessExclusiveLock</c>.</param>
public sealed record RelationLock(long Oid, string Mode)
{
    private static readonly string[] Modes =
        ["AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"];

    /// <summary>1 for the weakest mode to 8 for the strongest; 0 for none.</summary>
    public static int StrengthOf(string? mode) => Array.IndexOf(Modes, mode) + 1;

    /// <summary>True when the mode makes those wait who write to the table.</summary>
    public static bool HoldsUpWriters(string? mode) => StrengthOf(mode) >= 5;
}
