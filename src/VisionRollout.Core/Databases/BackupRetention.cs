namespace VisionRollout.Core.Databases;

/// <summary>How many backups are kept, grandfather-father-son: of the newest days, weeks (ISO 8601) and months (UTC) that have any, one each.</summary>
/// <param name="Daily">Days.</param>
/// <param name="Weekly">Weeks.</param>
/// <param name="Monthly">Months.</param>
public sealed record BackupRetention(int Daily, int Weekly, int Monthly)
{
    /// <summary>What counts when the plan says nothing.</summary>
    public static BackupRetention Standard { get; } = new(7, 4, 12);
}
