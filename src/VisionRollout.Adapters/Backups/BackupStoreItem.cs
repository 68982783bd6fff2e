namespace VisionRollout.Adapters.Backups;

/// <summary>One object in a store.</summary>
/// <param name="Name">Name below the store's root.</param>
/// <param name="Bytes">Size in bytes.</param>
/// <param name="ModifiedAt">When it was completed, by the store's clock (UTC).</param>
public sealed record BackupStoreItem(string Name, long Bytes, DateTimeOffset ModifiedAt);
