namespace VisionRollout.Core.Databases;

/// <summary>An extension that the database uses.</summary>
/// <param name="Name">Name.</param>
/// <param name="Version">Installed version.</param>
public sealed record BackupExtension(string Name, string Version);
