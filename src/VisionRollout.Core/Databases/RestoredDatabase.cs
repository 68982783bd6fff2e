namespace VisionRollout.Core.Databases;

/// <summary>A database that was made from a backup.</summary>
/// <param name="Service">The plan's service.</param>
/// <param name="Database">Name of the new database.</param>
/// <param name="Location">Backup that it was made from.</param>
/// <param name="Replaced">True when it took the place of an existing one.</param>
/// <param name="Bytes">Its size in bytes.</param>
/// <param name="Duration">How long it took.</param>
public sealed record RestoredDatabase(string Service, string Database, string Location, bool Replaced, long Bytes, TimeSpan Duration);
