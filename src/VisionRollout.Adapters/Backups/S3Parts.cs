namespace VisionRollout.Adapters.Backups;

/// <summary>Parts of an upload. S3 takes at most 10,000 parts of at least 5 MiB (but the last); with volumes of a fixed size their size need not grow.</summary>
internal static class S3Parts
{
    /// <summary>Size of a part in bytes.</summary>
    public const int Bytes = 8 << 20;

    /// <summary>Largest size of an object: about 8,000 parts.</summary>
    public const long VolumeBytes = 8_000L * Bytes;

    /// <summary>Parts on the way at the same time, for a number of backups side by side: 64 MiB for all of them, and two at least, so that one
    /// fills while the other travels.</summary>
    public static int Concurrency(int parallel) => Math.Clamp(8 / Math.Max(1, parallel), 2, 4);
}
