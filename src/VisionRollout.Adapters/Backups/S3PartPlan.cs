namespace VisionRollout.Adapters.Backups;

/// <summary>Sizes of the parts of an upload. S3 takes at most 10,000 parts of at least 5 MiB (but the last) and at most 5 GiB.</summary>
/// <param name="FirstBytes">Size of the first parts.</param>
/// <param name="Concurrency">Parts on the way at the same time.</param>
internal sealed record S3PartPlan(int FirstBytes, int Concurrency)
{
    private const int MiB = 1 << 20;
    private const int SmallestBytes = 8 * MiB;
    private const int LargestBytes = 512 * MiB;
    private const long BufferBytes = 96L * MiB;
    private const int PartsPerStep = 2000;

    /// <summary>Plans for an expected size: about a fifth of the parts suffices, so an estimate may be too small by far.</summary>
    public static S3PartPlan For(long expectedBytes)
    {
        var wanted = Math.Clamp(expectedBytes / PartsPerStep, SmallestBytes, LargestBytes);
        var bytes = (int)((wanted + MiB - 1) / MiB * MiB);
        return new(bytes, (int)Math.Clamp(BufferBytes / bytes, 1, 4));
    }

    /// <summary>Size of a part: it doubles every 2,000 parts, so that the number of parts never ends an upload.</summary>
    /// <param name="number">Number of the part, from 1.</param>
    public int BytesOf(int number) => (int)Math.Min(LargestBytes, (long)FirstBytes << ((number - 1) / PartsPerStep));
}
