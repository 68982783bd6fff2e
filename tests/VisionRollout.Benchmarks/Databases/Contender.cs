namespace VisionRollout.Benchmarks.Databases;

/// <summary>One way to back up and restore the same database.</summary>
/// <param name="Name">Its name in the report.</param>
/// <param name="BackupAsync">Takes a backup.</param>
/// <param name="RestoreAsync">Restores that backup into a new database, and drops that again.</param>
internal sealed record Contender(string Name, Func<Task<Measured>> BackupAsync, Func<Task<Measured>> RestoreAsync);
