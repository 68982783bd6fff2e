namespace VisionRollout.Core.Databases;

/// <summary>One stored data object of a backup.</summary>
/// <param name="Name">Name, relative to the backup's location.</param>
/// <param name="Bytes">Stored size in bytes.</param>
/// <param name="Sha256">SHA-256 of the stored bytes, lower-case hexadecimal.</param>
/// <param name="Format">How to read it, from the outside in, e.g. <c>zstd, pg_dump custom</c>.</param>
/// <param name="DumpBytes">Size of the dump before compression, in bytes; 0 from the second volume on.</param>
/// <param name="ETag">What the store calls it by its content; null where it has none.</param>
/// <param name="VersionId">Which version of the object it is; null where the store keeps no versions.</param>
public sealed record BackupObject(string Name, long Bytes, string Sha256, string Format, long DumpBytes, string? ETag = null, string? VersionId = null);
