namespace VisionRollout.Core.Databases;

/// <summary>A backup and what retention says about it.</summary>
/// <param name="Backup">The backup.</param>
/// <param name="KeptAs">Why it is kept, e.g. <c>daily 2026-11-23</c>; empty when it may go.</param>
public sealed record RetainedBackup(DatabaseBackup Backup, string KeptAs)
{
    /// <summary>True when it stays.</summary>
    public bool IsKept => KeptAs.Length > 0;
}
