namespace VisionRollout.Core.Databases;

/// <summary>Where a backup or restore stands.</summary>
/// <param name="Service">The plan's service.</param>
/// <param name="Done">Bytes of the dump that went through.</param>
/// <param name="Total">Bytes expected (an estimate while backing up).</param>
/// <param name="Stored">Bytes stored or read, compressed.</param>
/// <param name="Elapsed">Time since the start.</param>
public sealed record BackupProgress(string Service, long Done, long Total, long Stored, TimeSpan Elapsed)
{
    /// <summary>0 to 99 while it runs: the total is an estimate.</summary>
    public int Percent => Total <= 0 ? -1 : (int)Math.Min(99, Done * 100.0 / Total);

    /// <summary>Seconds left at the speed so far; -1 when unknown.</summary>
    public int SecondsLeft => Done <= 0 || Total <= Done ? -1 : (int)Math.Min(int.MaxValue, Elapsed.TotalSeconds * (Total - Done) / Done);
}
